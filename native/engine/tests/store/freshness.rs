//! By time: fresh, stale, gone, and what `age` and `cache-status` say.

use strata_engine::store::Kind;

use crate::site::{Site, Told, get, response};

/// Fresh for, stale for (both from the put), and how long ago that was; milliseconds.
type Times = (f64, f64, i64);

/// Age, and the end of Cache-Status. A stale one has a detail.
type Said = (&'static str, &'static str);

const TIMES: [(Times, Option<Said>); 16] = [
    ((2_000.0, 0.0, 0), Some(("0", "ttl=2"))),
    ((2_000.0, 0.0, 1), Some(("0", "ttl=1"))),
    ((2_000.0, 0.0, 999), Some(("0", "ttl=1"))),
    ((2_000.0, 0.0, 1_000), Some(("1", "ttl=1"))),
    ((2_000.0, 0.0, 1_999), Some(("1", "ttl=0"))),
    ((2_000.0, 0.0, 2_000), None),
    ((2_000.5, 0.0, 2_000), Some(("2", "ttl=0"))),
    ((2_000.5, 0.0, 2_001), None),
    (
        (2_000.0, 5_000.0, 2_000),
        Some(("2", "ttl=0; detail=stale-while-revalidate")),
    ),
    (
        (2_000.0, 5_000.0, 2_001),
        Some(("2", "ttl=-1; detail=stale-while-revalidate")),
    ),
    (
        (2_000.0, 5_000.0, 4_999),
        Some(("4", "ttl=-3; detail=stale-while-revalidate")),
    ),
    ((2_000.0, 5_000.0, 5_000), None),
    ((0.0, 0.0, 0), None),
    ((-1.0, -1.0, 0), None),
    (
        (-1_500.0, 10.0, 0),
        Some(("0", "ttl=-2; detail=stale-while-revalidate")),
    ),
    (
        (2e15, 0.0, 1_000_000_000),
        Some(("1000000", "ttl=1152920504606")),
    ),
];

#[test]
fn answers_as_long_as_it_is_fresh_then_stale_then_not() {
    for row @ ((fresh, stale, passed), wanted) in TIMES {
        let site = Site::new();
        site.fill(&get("/"), &response("body").fresh(fresh).stale(stale));
        site.pass(passed);
        let told = site.ask(&get("/"));
        let Some((age, said)) = wanted else {
            assert_eq!(told, Told::Miss, "{row:?}");
            continue;
        };
        let answer = told.answer();
        assert_eq!(answer.field("age"), Some(age), "{row:?}");
        let said = format!("strata; hit; {said}");
        assert_eq!(answer.field("cache-status"), Some(&*said), "{row:?}");
        let is_stale = answer.kind == Kind::Stale;
        assert_eq!(is_stale, said.contains("stale"), "{row:?}");
    }
}

#[test]
fn counts_the_age_it_came_with() {
    for (age, passed, wanted) in [
        (0.0, 0, "0"),
        (999.9, 0, "0"),
        (999.9, 1, "1"),
        (1_500.0, 600, "2"),
        (86_400_000.0, 1_000, "86401"),
        (-5_000.0, 1_000, "0"),
        (-5_000.0, 6_500, "1"),
    ] {
        let site = Site::new();
        site.fill(&get("/"), &response("body").aged(age));
        site.pass(passed);
        assert_eq!(
            site.ask(&get("/")).answer().field("age"),
            Some(wanted),
            "{age} {passed}"
        );
    }
}

#[test]
fn has_a_new_one_fetched_once_a_second_while_it_is_stale() {
    let site = Site::new();
    site.fill(&get("/"), &response("old").fresh(1_000.0).stale(60_000.0));
    let due = |millis| {
        site.pass(millis);
        site.ask(&get("/")).answer().is_due
    };
    assert_eq!(
        [0, 999, 1, 0, 999, 1, 0, 5_000].map(due),
        [false, false, true, false, false, true, false, true]
    );
}

#[test]
fn lets_one_background_request_run_for_a_key() {
    let site = Site::new();
    site.fill(&get("/"), &response("old").fresh(1_000.0).stale(60_000.0));
    site.pass(2_000);
    let leader = site.background(&get("/")).expect("nobody fetches");
    assert_eq!(site.background(&get("/")), None);
    site.put(leader, &response("new"));
    site.store.end(leader.token, false);
    let answer = site.ask(&get("/")).answer();
    assert_eq!((answer.text(), answer.kind), ("new", Kind::Fresh));
    // somebody was faster
    assert_eq!(site.background(&get("/")), None);
}

#[test]
fn takes_new_deadlines() {
    let site = Site::new();
    let handle = site.fill(&get("/"), &response("body").fresh(1_000.0));
    site.pass(2_000);
    assert_eq!(site.ask(&get("/")), Told::Miss);
    assert!(site.store.renew(handle, 500.0, 3_000.0));
    assert_eq!(site.ask(&get("/")).answer().kind, Kind::Fresh);
    site.pass(500);
    assert_eq!(site.ask(&get("/")).answer().kind, Kind::Stale);
    assert!(site.store.renew(handle, 0.0, 0.0));
    assert_eq!(site.ask(&get("/")), Told::Miss);
    assert!(!site.store.renew(handle + 1, 500.0, 500.0));
}

#[test]
fn answers_what_is_measured_only_while_everything_is_heard() {
    let site = Site::new();
    site.fill(&get("/heard"), &response("heard"));
    site.fill(&get("/unheard"), &response("unheard").flags(1));
    let told = |target| site.ask(&get(target)) != Told::Miss;
    site.heard_for(1_000.0);
    site.pass(999);
    assert!(told("/heard") && told("/unheard"));
    site.pass(1);
    assert!(!told("/heard") && told("/unheard"));
    site.heard_for(1.0);
    assert!(told("/heard"));
    site.heard_for(0.0);
    assert!(!told("/heard"));
    site.store.coherent_until(f64::INFINITY);
    site.pass(59_000 - 1_000);
    assert!(told("/heard"));
}
