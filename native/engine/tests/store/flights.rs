//! Who fetches, who waits, and what they are told.

use strata_engine::flight::{Joined, Landed, Waiter};

use crate::site::{Site, Told, get, response};

#[test]
fn lets_one_fetch_and_others_wait() {
    let site = Site::new();
    let leader = site.lead(&get("/"));
    assert_eq!(leader.birth, site.store.birth());
    assert_eq!(site.join(&get("/"), 1), Joined::Waiter(leader.token));
    assert_eq!(
        site.join(&get("/").method("HEAD"), 2),
        Joined::Waiter(leader.token)
    );
    let other = site.lead(&get("/other"));
    assert_ne!(other.token, leader.token);
    assert_eq!(
        (site.store.stats().flights, site.store.stats().waiters),
        (2, 2)
    );
    assert_eq!(site.woken(), []);
    assert_ne!(site.put(leader, &response("x")), 0);
    assert_eq!(site.woken(), [(1, Landed::Filled), (2, Landed::Filled)]);
    assert_eq!(site.ask(&get("/").collapsed()).answer().text(), "x");
    site.store.end(leader.token, false);
    assert_eq!(site.woken(), []);
}

#[test]
fn sends_those_who_waited_for_nothing_to_javascript() {
    let site = Site::new();
    let leader = site.lead(&get("/"));
    site.join(&get("/"), 1);
    site.store.end(leader.token, false);
    assert_eq!(site.woken(), [(1, Landed::Empty)]);
    // the next one leads again
    assert_ne!(site.lead(&get("/")).token, leader.token);
}

#[test]
fn waits_for_nobody_where_responses_are_not_for_others() {
    let site = Site::new();
    let leader = site.lead(&get("/"));
    site.store.end(leader.token, true);
    assert_eq!(site.join(&get("/"), 1), Joined::Alone);
    assert!(matches!(site.join(&get("/other"), 1), Joined::Leader(_)));
    site.pass(9_999);
    assert_eq!(site.join(&get("/"), 1), Joined::Alone);
    site.pass(1);
    site.lead(&get("/"));
}

#[test]
fn forgets_that_when_something_is_put() {
    let site = Site::new();
    let (one, two) = (site.lead(&get("/")), site.lead(&get("/?")));
    site.store.end(one.token, true);
    site.put(two, &response("x"));
    assert_eq!(site.join(&get("/"), 1), Joined::Alone);
    let site = Site::new();
    let one = site.lead(&get("/"));
    site.store.clear(); // others do not join it any more
    let two = site.lead(&get("/"));
    site.store.end(one.token, true);
    let handle = site.put(two, &response("x"));
    assert_ne!(handle, 0);
    site.store.renew(handle, 0.0, 0.0);
    assert!(matches!(site.join(&get("/"), 1), Joined::Leader(_)));
}

#[test]
fn bounds_those_who_wait() {
    let site = Site::new();
    let leader = site.lead(&get("/"));
    let joined = [1, 2, 3].map(|slot| site.join_of(&get("/"), slot, 2));
    let waits = Joined::Waiter(leader.token);
    assert_eq!(joined, [waits, waits, Joined::Full]);
    let first = Waiter {
        slot: 1,
        generation: 1,
    };
    site.store.leave(leader.token, first);
    assert_eq!(site.join_of(&get("/"), 4, 2), waits);
    site.put(leader, &response("x"));
    assert_eq!(site.woken(), [(2, Landed::Filled), (4, Landed::Filled)]);
}

#[test]
fn looks_again_for_what_was_put_between() {
    let site = Site::new();
    let asked = get("/");
    site.within(&asked, |request, scratch| {
        let outcome = site.store.answer(request, scratch, &mut Vec::new());
        assert!(matches!(outcome, strata_engine::store::Outcome::Miss));
        site.fill(&asked, &response("x"));
        let waiter = Waiter {
            slot: 1,
            generation: 1,
        };
        assert_eq!(site.store.join(request, scratch, waiter, 10), Joined::Ready);
    });
}

#[test]
fn takes_more_for_a_token_until_it_ends() {
    let site = Site::new();
    let leader = site.lead(&get("/").with("x", "1"));
    let by_x = |body| response(body).vary(&["x"]);
    assert_ne!(site.put(leader, &by_x("1")), 0);
    // its flight has ended, and it can still be put to
    let other = site.lead(&get("/").with("x", "2"));
    assert_ne!(site.put(leader, &by_x("one")), 0);
    assert_eq!(
        site.join(&get("/").with("x", "2"), 9),
        Joined::Waiter(other.token)
    );
    site.store.end(leader.token, false);
    assert_eq!(site.put(leader, &by_x("no")), 0);
    assert_eq!(site.ask(&get("/").with("x", "1")).answer().text(), "one");
    assert_eq!(
        site.join(&get("/").with("x", "2"), 10),
        Joined::Waiter(other.token)
    );
}

#[test]
fn ends_a_fill_by_itself_after_ten_minutes() {
    let site = Site::new();
    let leader = site.lead(&get("/"));
    site.join(&get("/"), 1);
    site.pass(599_999);
    site.lead(&get("/other"));
    assert_eq!(site.woken(), []);
    site.pass(1);
    site.lead(&get("/another"));
    assert_eq!(site.woken(), [(1, Landed::Empty)]);
    assert_eq!(site.put(leader, &response("x")), 0);
    assert_eq!(site.ask(&get("/")), Told::Miss);
}

#[test]
fn is_joined_by_nobody_after_everything_was_forgotten() {
    for forget in [
        |site: &Site| site.store.clear(),
        |site: &Site| site.store.distrust(),
    ] {
        let site = Site::new();
        let leader = site.lead(&get("/"));
        site.join(&get("/"), 1);
        forget(&site);
        let next = site.lead(&get("/"));
        assert_eq!(site.put(leader, &response("old")), 0);
        assert_eq!(site.woken(), []);
        site.store.end(leader.token, false);
        assert_eq!(site.woken(), [(1, Landed::Empty)]);
        assert_eq!(site.join(&get("/"), 2), Joined::Waiter(next.token));
        assert_ne!(site.put(next, &response("new")), 0);
        assert_eq!(site.woken(), [(2, Landed::Filled)]);
    }
}

#[test]
fn tells_a_front_that_is_gone_nothing() {
    let site = Site::new();
    let leader = site.lead(&get("/"));
    site.join(&get("/"), 1);
    site.store.detach(site.front);
    assert_eq!(site.put(leader, &response("x")), 0);
    assert_eq!(site.woken(), []);
    assert_eq!(site.store.stats().flights, 0);
}

#[test]
fn gives_the_same_record_to_another_key() {
    let site = Site::new();
    let one = site.lead(&get("/1"));
    let two = site.lead(&get("/2"));
    site.join(&get("/2"), 5);
    let handle = site.put(one, &response("x").labels(&["l"]));
    assert!(site.store.alias(two.token, handle));
    assert_eq!(site.woken(), [(5, Landed::Filled)]);
    assert_eq!(site.ask(&get("/2")).answer().text(), "x");
    assert!(!site.store.alias(two.token, handle + 1));
    assert!(!site.store.alias(two.token + 1, handle));
    site.purge("l");
    assert_eq!(site.ask(&get("/1")), Told::Miss);
    assert_eq!(site.ask(&get("/2")), Told::Miss);
    let three = site.lead(&get("/3"));
    assert!(!site.store.alias(three.token, handle));
}

#[test]
fn gives_a_record_to_other_values_of_what_it_varies_by() {
    let site = Site::new();
    let handle = site.fill(&get("/").with("x", "a,b"), &response("x").vary(&["x"]));
    let other = get("/").with("x", "a, b");
    let leader = site.lead(&other);
    assert!(site.store.alias(leader.token, handle));
    for value in ["a,b", "a, b"] {
        assert_eq!(site.ask(&get("/").with("x", value)).answer().text(), "x");
    }
    assert_eq!(site.ask(&get("/").with("x", "a")), Told::Miss);
}
