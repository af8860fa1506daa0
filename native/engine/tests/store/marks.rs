//! What is dropped, and from when on.

use crate::site::{Site, Told, get, response};

/// What happens between the birth of a fill and its end.
type Meanwhile = fn(&Site);

fn is_there(site: &Site, target: &str) -> bool {
    site.ask(&get(target)) != Told::Miss
}

#[test]
fn drops_what_was_born_before_a_purge_of_one_of_its_labels() {
    let site = Site::new();
    let handle = site.fill(&get("/1"), &response("1").labels(&["a", "b"]));
    site.fill(&get("/2"), &response("2").labels(&["b", "c"]));
    site.fill(&get("/3"), &response("3"));
    site.purge("x");
    assert!(is_there(&site, "/1") && is_there(&site, "/2"));
    site.purge("a");
    assert!(!is_there(&site, "/1") && is_there(&site, "/2"));
    // JavaScript judges it still
    assert!(site.store.has(handle));
    assert_eq!(
        site.store.read(handle).as_deref(),
        Some(&b"description1"[..])
    );
    assert!(!site.store.renew(handle, 60_000.0, 60_000.0));
    assert!(!is_there(&site, "/1"));
    site.store.purge_labels(&["b".to_owned(), "c".to_owned()]);
    assert!(!is_there(&site, "/2") && is_there(&site, "/3"));
    site.fill(&get("/1"), &response("new").labels(&["a", "b"]));
    assert_eq!(site.ask(&get("/1")).answer().text(), "new");
    assert!(!site.store.has(handle));
}

#[test]
fn refuses_what_was_born_before_a_purge() {
    let site = Site::new();
    let rows: [(Meanwhile, bool); 5] = [
        (|_| (), true),
        (|site| site.purge("other"), true),
        (|site| site.purge("l"), false),
        (|site| site.store.clear(), false),
        (|site| site.store.distrust(), false),
    ];
    for (number, (meanwhile, is_kept)) in rows.into_iter().enumerate() {
        let target = format!("/{number}");
        let before = site.lead(&get(&target));
        meanwhile(&site);
        let kept = site.put(before, &response("x").labels(&["m", "l"]).flags(1));
        assert_eq!(kept != 0, is_kept, "{number}");
        site.store.end(before.token, false);
        let after = site.lead(&get("/after"));
        assert_ne!(site.put(after, &response("x").labels(&["l"])), 0);
        site.store.end(after.token, false);
        assert!(is_there(&site, "/after"));
        site.purge("l");
    }
}

#[test]
fn drops_everything() {
    let site = Site::new();
    let handle = site.fill(&get("/"), &response("x"));
    site.store.clear();
    assert!(!is_there(&site, "/"));
    assert!(!site.store.has(handle));
    assert_eq!(
        (site.store.stats().entries, site.store.stats().bytes),
        (0, 0)
    );
    site.fill(&get("/"), &response("x"));
    assert!(is_there(&site, "/"));
}

#[test]
fn answers_nothing_it_distrusts_before_it_is_renewed() {
    let site = Site::new();
    let heard = site.fill(&get("/heard"), &response("heard").labels(&["l"]));
    let other = site.fill(&get("/other"), &response("other").labels(&["m"]));
    site.fill(&get("/unheard"), &response("unheard").flags(1));
    site.store.distrust();
    assert!(!is_there(&site, "/heard") && is_there(&site, "/unheard"));
    assert!(site.store.renew(heard, 60_000.0, 0.0));
    assert!(is_there(&site, "/heard") && !is_there(&site, "/other"));
    site.store.distrust();
    assert!(!is_there(&site, "/heard"));
    site.purge("m");
    assert!(!site.store.renew(other, 60_000.0, 0.0));
    assert!(site.store.renew(heard, 60_000.0, 0.0));
    site.purge("l");
    assert!(!is_there(&site, "/heard"));
}

#[test]
fn forgets_labels_that_nobody_has() {
    let site = Site::new();
    let put = |number: usize| {
        let target = format!("/{}", number % 10);
        let leader = site.lead(&get(&target));
        let (meta, packed) = response("x").described();
        let labels = [format!("label {number}"), "of all".to_owned()];
        assert_ne!(site.store.put(leader.token, &meta, &packed, &labels, 0), 0);
        site.store.end(leader.token, false);
        site.store.purge_labels(&[]);
        site.pass(60_000);
    };
    (0..2_000).for_each(put);
    let stats = site.store.stats();
    assert!(stats.labels < 40, "{stats:?}");
    assert!(stats.handles < 40, "{stats:?}");
}

#[test]
fn remembers_no_more_marks_than_it_may_and_refuses_older_work() {
    let site = Site::new();
    let (old, new) = ("/old", "/new");
    let early = site.lead(&get(old));
    let labels = |from: u32| {
        (from..from + 1_000)
            .map(|number| number.to_string())
            .collect::<Vec<_>>()
    };
    site.fill(&get("/kept"), &response("kept").labels(&["kept"]));
    for thousand in 0..101 {
        site.store.purge_labels(&labels(thousand * 1_000));
    }
    assert_eq!(site.put(early, &response("x").labels(&["unheard of"])), 0);
    let late = site.lead(&get(new));
    assert_ne!(site.put(late, &response("x").labels(&["unheard of"])), 0);
    // what is there has its own cells
    assert!(is_there(&site, "/kept"));
    site.purge("kept");
    assert!(!is_there(&site, "/kept"));
    for thousand in 0..30 {
        site.store.purge_labels(&labels(thousand * 1_000));
    }
    let stats = site.store.stats();
    assert!(stats.labels <= 135_000, "{stats:?}");
}

#[test]
fn remembers_a_label_that_is_purged_again_and_again_once() {
    let site = Site::new();
    let leader = site.lead(&get("/"));
    for _ in 0..150_000 {
        site.purge("busy");
    }
    assert_ne!(site.put(leader, &response("x").labels(&["calm"])), 0);
}
