//! The bytes of an answer: 200, 304, HEAD, codings, lines of the connection.

use strata_engine::store::Kind;

use crate::site::{Asked, Site, Told, get, response};

#[test]
fn writes_what_was_stored_and_what_changes() {
    let site = Site::new();
    site.fill(&get("/"), &response("hello"));
    site.pass(3_500);
    let asked = get("/").lines("connection: close\r\n");
    let answer = site.ask(&asked).answer();
    assert_eq!(answer.status_line, "HTTP/1.1 200 OK");
    let fields = answer.fields.iter();
    let fields = fields.map(|(name, value)| (name.as_str(), value.as_str()));
    assert_eq!(
        fields.collect::<Vec<_>>(),
        [
            ("content-type", "text/plain"),
            ("date", "now"),
            ("etag", "\"e\""),
            ("content-length", "5"),
            ("age", "3"),
            ("cache-status", "strata; hit; ttl=56"),
            ("connection", "close"),
        ]
    );
    assert_eq!(answer.text(), "hello");
}

#[test]
fn says_what_caches_before_said_first() {
    for (prefix, wanted) in [
        ("", "strata; hit; ttl=60"),
        ("edge; hit", "edge; hit, strata; hit; ttl=60"),
        ("  ", "strata; hit; ttl=60"),
    ] {
        let site = Site::new();
        site.fill(&get("/"), &response("hello").prefix(prefix));
        let answer = site.ask(&get("/")).answer();
        assert_eq!(answer.field("cache-status").map(str::trim), Some(wanted));
    }
}

#[test]
fn tells_one_that_waited_that_it_did() {
    let site = Site::new();
    site.fill(&get("/"), &response("hello").fresh(1_000.0).stale(9_000.0));
    let answer = site.ask(&get("/").collapsed()).answer();
    let said = answer.field("cache-status");
    assert_eq!(said, Some("strata; fwd=uri-miss; collapsed; ttl=1"));
    assert_eq!(answer.kind, Kind::Collapsed);
    assert_eq!(site.store.drain_hits(), []);
    site.pass(1_500);
    let answer = site.ask(&get("/").collapsed()).answer();
    let said = answer.field("cache-status");
    assert_eq!(
        said,
        Some("strata; hit; ttl=-1; detail=stale-while-revalidate")
    );
}

#[test]
fn leaves_large_bodies_where_they_are() {
    for (length, is_apart) in [(0, false), (16_383, false), (16_384, true), (100_000, true)] {
        let site = Site::new();
        let body = "x".repeat(length);
        site.fill(&get("/"), &response(&body));
        let answer = site.ask(&get("/")).answer();
        assert_eq!((answer.text(), answer.is_apart), (body.as_str(), is_apart));
        let head = site.ask(&get("/").method("HEAD")).answer();
        assert_eq!((head.body.len(), head.is_apart), (0, false));
        assert_eq!(head.field("content-length"), Some(&*length.to_string()));
    }
}

#[test]
fn answers_304_to_one_that_has_it() {
    const UNCHANGED: &str = "HTTP/1.1 304 Not Modified";
    const WHOLE: &str = "HTTP/1.1 200 OK";
    let rows: &[(&str, &str, &str)] = &[
        ("\"e\"", "\"e\"", UNCHANGED),
        ("\"e\"", "W/\"e\"", UNCHANGED),
        ("W/\"e\"", "\"e\"", UNCHANGED),
        ("\"e\"", "\"x\", \"e\"", UNCHANGED),
        ("\"e\"", "\"x\" , W/\"e\",", UNCHANGED),
        ("\"e\"", "*", UNCHANGED),
        ("", "*", UNCHANGED),
        ("", "\"\"", WHOLE),
        ("\"e\"", "\"E\"", WHOLE),
        ("\"e\"", "\"x\"", WHOLE),
        ("\"e\"", "", WHOLE),
        ("\"e\"", "e", "judged"),
        ("\"e\"", "\"e\", *", "judged"),
        ("\"e\"", "\"e", "judged"),
        ("\"e\"", "w/\"e\"", "judged"),
    ];
    for row @ (etag, known, wanted) in rows {
        for method in ["GET", "HEAD"] {
            let site = Site::new();
            site.fill(&get("/"), &response("hello").etag(etag));
            let asked = get("/").method(method).with("if-none-match", known);
            let told = site.ask(&asked);
            if *wanted == "judged" {
                assert_eq!(told, Told::Bypass, "{row:?}");
                continue;
            }
            let answer = told.answer();
            assert_eq!(&answer.status_line, wanted, "{row:?}");
            let is_whole = *wanted == WHOLE;
            assert_eq!(
                answer.field("content-length").is_some(),
                is_whole,
                "{row:?}"
            );
            assert_eq!(
                answer.body.is_empty(),
                !is_whole || method == "HEAD",
                "{row:?}"
            );
            assert_eq!(answer.field("age"), Some("0"));
            assert_eq!(answer.field("cache-status"), Some("strata; hit; ttl=60"));
        }
    }
}

#[test]
fn has_no_304_for_what_is_no_success() {
    for (status, line) in [
        (203, "HTTP/1.1 304 Not Modified"),
        (301, "HTTP/1.1 301 Moved Permanently"),
        (404, "HTTP/1.1 404 Not Found"),
        (599, "HTTP/1.1 599 unknown"),
    ] {
        let site = Site::new();
        site.fill(&get("/"), &response("hello").status(status));
        let answer = site.ask(&get("/").with("if-none-match", "\"e\"")).answer();
        assert_eq!(answer.status_line, line);
    }
}

#[test]
fn answers_a_stale_304_as_well() {
    let site = Site::new();
    site.fill(&get("/"), &response("hello").fresh(1_000.0).stale(9_000.0));
    site.pass(2_000);
    let answer = site.ask(&get("/").with("if-none-match", "\"e\"")).answer();
    assert_eq!(answer.status_line, "HTTP/1.1 304 Not Modified");
    assert!(answer.is_due);
}

#[test]
fn sends_the_coding_that_is_taken_most_gladly() {
    let rows: &[(&[&str], Option<&str>)] = &[
        (&[], Some("identity")),
        (&["gzip"], Some("gzip")),
        (&["br"], Some("br")),
        (&["gzip, br"], Some("br")),
        (&["gzip;q=1, br;q=0.5"], Some("gzip")),
        (&["identity"], Some("identity")),
        (&["*"], Some("br")),
        (&["gzip;q=0, *"], Some("br")),
        (&["deflate"], Some("identity")),
        (&["gzip", "br"], None),
        (&["gzip \u{e4}"], None),
    ];
    for row @ (accepted, wanted) in rows {
        let site = Site::new();
        let stored = response("identity").coded(1, "br").coded(2, "gzip");
        site.fill(&get("/"), &stored);
        let mut asked = get("/");
        for line in *accepted {
            asked = asked.with("Accept-Encoding", line);
        }
        let told = site.ask(&asked);
        let Some(wanted) = wanted else {
            assert_eq!(told, Told::Bypass, "{row:?}");
            continue;
        };
        let answer = told.answer();
        assert_eq!(answer.text(), *wanted, "{row:?}");
        let etag = match *wanted {
            "identity" => "\"e\"".to_owned(),
            coding => format!("\"e-{coding}\""),
        };
        assert_eq!(answer.field("etag"), Some(&*etag));
        // each representation has a tag of its own
        let known = site
            .ask(&asked.clone().with("if-none-match", &etag))
            .answer();
        assert_eq!(known.status_line, "HTTP/1.1 304 Not Modified");
        let other = site
            .ask(&asked.with("if-none-match", "\"e-other\""))
            .answer();
        assert_eq!(other.status_line, "HTTP/1.1 200 OK");
    }
}

#[test]
fn does_not_look_at_codings_where_there_is_one() {
    let site = Site::new();
    site.fill(&get("/"), &response("hello"));
    let asked = get("/")
        .with("accept-encoding", "gzip")
        .with("accept-encoding", "\u{e4}");
    assert_eq!(site.ask(&asked).answer().text(), "hello");
}

#[test]
fn leaves_to_javascript_what_needs_judgement() {
    let plain = |asked: Asked| (asked, true);
    let judged = |asked: Asked| (asked, false);
    // with a policy, without one
    let rows = [
        (plain(get("/")), true),
        (plain(get("/").method("HEAD")), true),
        (
            judged(get("/").method("POST").with("content-length", "0")),
            false,
        ),
        (judged(get("/").method("OPTIONS")), false),
        (judged(get("/").method("DELETE")), false),
        (judged(get("/").with("content-length", "1")), false),
        (judged(get("/").with("Authorization", "Basic x")), false),
        (judged(get("/").with("range", "bytes=0-1")), false),
        (judged(get("/").with("if-range", "\"e\"")), false),
        (judged(get("/").with("if-match", "*")), false),
        (judged(get("/").with("if-unmodified-since", "x")), false),
        (judged(get("/").with("if-modified-since", "x")), false),
        (
            plain(
                get("/")
                    .with("if-modified-since", "x")
                    .with("if-none-match", "\"x\""),
            ),
            true,
        ),
        (
            judged(
                get("/")
                    .with("if-none-match", "\"x\"")
                    .with("if-none-match", "\"x\""),
            ),
            false,
        ),
        (plain(get("/").with("cookie", "a=b")), true),
        (plain(get("/").with("cache-control", "no-cache")), false),
        (plain(get("/").with("Pragma", "no-cache")), false),
    ];
    for ((asked, with_policy), without) in rows {
        for (has_policy, wanted) in [(true, with_policy), (false, without)] {
            let mut site = Site::new();
            site.rule.has_policy = has_policy;
            site.fill(&get("/"), &response("hello"));
            let is_answered = matches!(site.ask(&asked), Told::Answer(_));
            assert_eq!(is_answered, wanted, "{asked:?} {has_policy}");
            // nor does it become the request of others
            if !with_policy {
                let cold = Site::new();
                assert_eq!(
                    cold.ask(&asked) == Told::Bypass,
                    !asked_twice(&asked),
                    "{asked:?}"
                );
            }
        }
    }
}

/// What is only judged beside a stored response.
fn asked_twice(asked: &Asked) -> bool {
    format!("{asked:?}").matches("if-none-match").count() == 2
}

#[test]
fn lets_cookies_pass_by_where_the_rule_says_so() {
    let mut site = Site::new();
    site.fill(&get("/"), &response("hello"));
    site.rule.cookie_bypasses = true;
    assert_eq!(site.ask(&get("/").with("cookie", "a=b")), Told::Bypass);
    assert_eq!(site.ask(&get("/")).answer().text(), "hello");
}

#[test]
fn lets_pass_by_what_comes_back_to_the_proxy_it_came_from() {
    let mut site = Site::new();
    site.rule.via = Some(b"strata-1".as_slice().into());
    let passed = |via: &str| site.ask(&get("/").with("Via", via)) == Told::Bypass;
    assert!(passed("1.1 other, 1.1 Strata-1"));
    assert!(!passed("1.1 other, 1.1 strata-2"));
    assert!(!passed("1.1"));
}

#[test]
fn sends_a_head_to_its_origin_where_responses_speak_for_themselves() {
    for (has_policy, wanted) in [(true, Told::Miss), (false, Told::Bypass)] {
        let mut site = Site::new();
        site.rule.has_policy = has_policy;
        let head = get("/").method("HEAD");
        assert_eq!(site.ask(&head), wanted);
        site.fill(&get("/"), &response("hello").fresh(1_000.0).stale(5_000.0));
        assert_eq!(site.ask(&head).answer().kind, Kind::Fresh);
        site.pass(1_000);
        assert_eq!(site.ask(&head) == Told::Bypass, !has_policy);
    }
}

#[test]
fn counts_hits_of_each_record_between_two_batches() {
    let site = Site::new();
    let one = site.fill(&get("/1"), &response("1"));
    let two = site.fill(&get("/2"), &response("2").fresh(1_000.0).stale(9_000.0));
    assert_eq!(site.store.drain_hits(), []);
    site.ask(&get("/1"));
    site.ask(&get("/1").with("if-none-match", "*"));
    site.ask(&get("/none"));
    site.pass(1_000);
    site.ask(&get("/2"));
    let counts = || {
        let hits = site.store.drain_hits().into_iter();
        hits.map(|hits| (hits.handle, hits.hits, hits.not_modified, hits.stale))
            .collect::<Vec<_>>()
    };
    assert_eq!(counts(), [(one, 2, 1, 0), (two, 1, 0, 1)]);
    assert_eq!(counts(), []);
    site.ask(&get("/1"));
    assert_eq!(counts(), [(one, 1, 0, 0)]);
}
