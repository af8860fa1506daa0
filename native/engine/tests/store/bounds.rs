//! How much is kept.

use proptest::prelude::*;
use strata_engine::flight::Joined;

use crate::site::{MB, Site, Told, get, response};

#[test]
fn refuses_what_is_larger_than_it() {
    let site = Site::holding(MB);
    let leader = site.lead(&get("/"));
    assert_eq!(site.put(leader, &response(&"x".repeat(1_000_000))), 0);
    assert_ne!(site.put(leader, &response(&"x".repeat(900_000))), 0);
    assert_eq!(site.ask(&get("/")).answer().body.len(), 900_000);
}

#[test]
fn keeps_nothing_where_there_is_no_room() {
    for bytes in [0, 1, 100] {
        let site = Site::holding(bytes);
        assert_eq!(site.fill(&get("/"), &response("x")), 0);
    }
}

#[test]
fn lets_handles_die_with_their_records() {
    let site = Site::holding(MB);
    let fill = |number| {
        let target = format!("/{number}");
        (
            target.clone(),
            site.fill(&get(&target), &response(&"x".repeat(10_000))),
        )
    };
    let filled = (0..500).map(fill).collect::<Vec<_>>();
    let leader = site.lead(&get("/again"));
    let (there, gone): (Vec<_>, Vec<_>) = filled
        .iter()
        .partition(|(target, _)| site.ask(&get(target)) != Told::Miss);
    for (_, handle) in there {
        assert!(site.store.has(*handle) && site.store.read(*handle).is_some());
    }
    assert!(gone.len() > 390);
    for (_, handle) in gone {
        assert!(!site.store.has(*handle) && site.store.read(*handle).is_none());
        assert!(!site.store.renew(*handle, 1_000.0, 1_000.0));
        assert!(!site.store.alias(leader.token, *handle));
    }
    let stats = site.store.stats();
    assert!(stats.evictions >= 390, "{stats:?}");
    assert!(stats.handles < 300, "{stats:?}");
}

#[test]
fn drops_the_oldest_variants_where_all_do_not_fit() {
    let site = Site::holding(MB);
    for number in 0..10 {
        let asked = get("/").with("x", &number.to_string());
        let handle = site.fill(&asked, &response(&"x".repeat(200_000)).vary(&["x"]));
        assert_ne!(handle, 0);
        assert!(site.store.stats().bytes <= MB);
    }
    let there = |number: &i32| site.ask(&get("/").with("x", &number.to_string())) != Told::Miss;
    assert_eq!((0..10).filter(there).collect::<Vec<_>>(), [6, 7, 8, 9]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn never_weighs_more_than_it_may(
        max in prop::sample::select(&[10_000, 50_000, MB, 80 * MB][..]),
        puts in prop::collection::vec((0..30_u8, 0..4_u8, 0..60_000_usize), 1..60),
    ) {
        let site = Site::holding(max);
        let mut weight = 0;
        for (path, variant, length) in puts {
            let asked = get(&format!("/{path}")).with("x", &variant.to_string());
            let body = "x".repeat(length);
            let Joined::Leader(leader) = site.join(&asked, 0) else {
                continue;
            };
            let vary: &[&str] = if path % 2 == 0 { &["x"] } else { &[] };
            let kept = site.put(leader, &response(&body).vary(vary).fresh(1.0));
            site.store.end(leader.token, false);
            site.pass(1);
            if kept != 0 {
                weight += length;
            }
            let stats = site.store.stats();
            prop_assert!(stats.bytes <= max, "{:?}", stats);
            prop_assert!(stats.entries == 0 || stats.bytes > 0);
        }
        // there was room for all of it
        if max == 80 * MB {
            prop_assert!(weight == 0 || site.store.stats().evictions == 0);
        }
    }
}
