//! Responses of one key that differ by fields named in Vary.

use crate::site::{Site, Told, get, response};

#[test]
fn gives_each_request_its_own() {
    let site = Site::new();
    for language in ["de", "en"] {
        let asked = get("/").with("Accept-Language", language);
        site.fill(&asked, &response(language).vary(&["accept-language"]));
    }
    // of the request, then of what is answered
    let rows: &[(&[&str], Option<&str>)] = &[
        (&["de"], Some("de")),
        (&["en"], Some("en")),
        (&["EN"], None),
        (&["en "], Some("en")),
        (&["e"], None),
        (&["enx"], None),
        (&[""], None),
        (&[], None),
        (&["de", "en"], None),
    ];
    for row @ (lines, wanted) in rows {
        let mut asked = get("/");
        for line in *lines {
            asked = asked.with("accept-language", line);
        }
        match (site.ask(&asked), wanted) {
            (Told::Answer(answer), Some(wanted)) => assert_eq!(answer.text(), *wanted),
            (told, _) => assert_eq!((told, *wanted), (Told::Miss, None), "{row:?}"),
        }
    }
}

#[test]
fn joins_lines_as_one_value() {
    // name, lines of the fill, lines of the request, whether they are the same
    let rows: &[(&str, &[&str], &[&str], bool)] = &[
        ("x-a", &["1", "2"], &["1", "2"], true),
        ("x-a", &["1", "2"], &["1, 2"], true),
        ("x-a", &["1, 2"], &["1", "2"], true),
        ("x-a", &["1, 2"], &["1,2"], false),
        ("x-a", &["1", "2"], &["2", "1"], false),
        ("x-a", &["1", "2"], &["1"], false),
        ("x-a", &["1"], &["1", "2"], false),
        ("x-a", &["", ""], &[", "], false),
        ("x-a", &[""], &[""], true),
        ("x-a", &[""], &[], false),
        ("x-a", &[], &[""], false),
        ("x-a", &[], &[], true),
        ("cookie", &["a=1", "b=2"], &["a=1; b=2"], true),
        ("cookie", &["a=1", "b=2"], &["a=1, b=2"], false),
    ];
    for row @ (name, then, now, is_same) in rows {
        let site = Site::new();
        let asked = |lines: &[&str]| {
            let lines = lines.iter();
            lines.fold(get("/"), |asked, line| asked.with(name, line))
        };
        site.fill(&asked(then), &response("x").vary(&[name]));
        assert_eq!(site.ask(&asked(now)) != Told::Miss, *is_same, "{row:?}");
    }
}

#[test]
fn keeps_sixteen_the_newest_of_them() {
    let site = Site::new();
    for number in 0..20 {
        let asked = get("/").with("x", &number.to_string());
        site.fill(&asked, &response(&number.to_string()).vary(&["x"]));
    }
    for number in 0..20 {
        let told = site.ask(&get("/").with("x", &number.to_string()));
        match told {
            Told::Answer(answer) => assert_eq!(answer.text(), number.to_string()),
            told => assert!(told == Told::Miss && number < 4, "{number}"),
        }
    }
    assert_eq!(site.store.stats().entries, 1);
}

#[test]
fn puts_the_newest_in_front() {
    let site = Site::new();
    let asked = get("/").with("a", "1").with("b", "1");
    let leader = site.lead(&asked);
    let old = site.put(leader, &response("by a").vary(&["a"]));
    site.put(leader, &response("by b").vary(&["b"]));
    assert_eq!(site.ask(&asked).answer().text(), "by b");
    assert_eq!(site.ask(&get("/").with("a", "1")).answer().text(), "by a");
    let new = site.put(leader, &response("by a again").vary(&["a"]));
    assert_eq!(site.ask(&asked).answer().text(), "by a again");
    assert_eq!((site.store.has(old), site.store.has(new)), (false, true));
    // one for everybody leaves no room for others, and gives way to any
    site.put(leader, &response("for all"));
    assert_eq!(site.ask(&asked).answer().text(), "for all");
    assert!(!site.store.has(new));
    site.put(leader, &response("by a at last").vary(&["a"]));
    assert_eq!(site.ask(&get("/")), Told::Miss);
}

#[test]
fn selects_by_all_names() {
    let site = Site::new();
    let asked = get("/").with("a", "1").with("b", "2");
    site.fill(&asked, &response("12").vary(&["a", "b"]));
    assert_eq!(site.ask(&asked).answer().text(), "12");
    assert_eq!(site.ask(&get("/").with("a", "1")), Told::Miss);
    assert_eq!(
        site.ask(&get("/").with("a", "2").with("b", "1")),
        Told::Miss
    );
}

#[test]
fn does_not_keep_what_varies_by_fields_it_could_not_keep() {
    let site = Site::new();
    let asked = get("/").with("x", &"y".repeat(17_000));
    let leader = site.lead(&asked);
    assert_eq!(site.put(leader, &response("x").vary(&["x"])), 0);
    assert_ne!(site.put(leader, &response("x")), 0);
}
