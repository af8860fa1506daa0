//! What makes two requests one key, and what does not.

use std::collections::HashMap;

use proptest::prelude::*;
use strata_engine::key::write_key;

use crate::site::{Asked, RuleOf, Site, get, rule};

/// `None`: JavaScript makes it.
fn key_of(site: &Site, asked: &Asked) -> Option<Vec<u8>> {
    let mut key = b"of the one before".to_vec();
    site.within(asked, |request, _| write_key(request, &mut key))
        .then_some(key)
}

#[test]
fn tells_apart_what_its_rule_lists() {
    let all = rule();
    let by_query = RuleOf {
        query: Some(&["a", "b"]),
        ..rule()
    };
    let by_header = RuleOf {
        headers: &["accept-language"],
        ..rule()
    };
    let by_cookie = RuleOf {
        cookies: Some(&["sid"]),
        ..rule()
    };
    let language = |value| get("/").with("Accept-Language", value);
    let cookie = |value| get("/").with("Cookie", value);
    // two requests, whether they have one key
    let rows: &[(&RuleOf, Asked, Asked, bool)] = &[
        (&all, get("/a"), get("/a").method("HEAD"), true),
        (&all, get("/a"), get("/b"), false),
        (&all, get("/a"), get("/a?"), false),
        (&all, get("/a?b"), get("/a?c"), false),
        (&all, get("/a?x=1&y=2"), get("/a?y=2&x=1"), false),
        (&all, language("de"), language("en"), true),
        (&all, cookie("sid=1"), cookie("sid=2"), true),
        (&by_query, get("/?a=1&x=1"), get("/?x=2&a=1"), true),
        (&by_query, get("/?a=1&b=2"), get("/?b=2&a=1"), true),
        (&by_query, get("/?a=1&a=2"), get("/?a=2&a=1"), false),
        (&by_query, get("/?a=1"), get("/?b=1"), false),
        (&by_query, get("/?a"), get("/?a="), false),
        (&by_query, get("/?a"), get("/"), false),
        (&by_query, get("/?"), get("/"), true),
        (&by_query, get("/?x"), get("/"), true),
        (&by_query, get("/?ab=1"), get("/"), true),
        (&by_header, language("de"), language("en"), false),
        (&by_header, language("de"), get("/"), false),
        (&by_header, language(""), get("/"), false),
        (&by_header, cookie("sid=1"), get("/"), true),
        (
            &by_header,
            get("/").with("accept-language", "de"),
            language("de"),
            true,
        ),
        (
            &by_header,
            language("de").with("accept-language", "en"),
            language("de"),
            false,
        ),
        (&by_cookie, cookie("sid=1"), cookie("sid=2"), false),
        (&by_cookie, cookie("sid=1"), cookie(" sid = 1 ;x=2"), true),
        (&by_cookie, cookie("sid=1; sid=2"), cookie("sid=1"), true),
        (
            &by_cookie,
            cookie("x=1").with("cookie", "sid=1"),
            cookie("sid=1"),
            true,
        ),
        (&by_cookie, cookie("sid"), get("/"), true),
        (&by_cookie, cookie("sid="), get("/"), false),
        (&by_cookie, cookie("SID=1"), get("/"), true),
        (&by_cookie, cookie("sid=a=b"), cookie("sid=a"), false),
        (&by_cookie, cookie("x=1,sid=1"), get("/"), true),
    ];
    for (of, left, right, is_one) in rows {
        let site = Site::under(of);
        let keys = [left, right].map(|asked| key_of(&site, asked).expect("a key"));
        assert_eq!(keys[0] == keys[1], *is_one, "{left:?} {right:?}");
    }
}

#[test]
fn finds_the_first_cookie_as_javascript_trims() {
    let site = Site::under(&RuleOf {
        cookies: Some(&["sid"]),
        ..rule()
    });
    let cookie = |value: &[u8]| key_of(&site, &get("/").with_bytes("cookie", value));
    let one = cookie(b"sid=1");
    for same in [
        &b"\xa0sid=1; sid=2"[..],
        b"a=b;\t sid\xa0=\xa01\xa0; sid=2",
        b"=x; ;sid=1",
    ] {
        assert_eq!(cookie(same), one, "{same:?}");
    }
    assert_ne!(cookie(b"\xc2\xa0sid=1"), one);
}

#[test]
fn leaves_escaped_names_of_parameters_to_javascript() {
    let listed = Site::under(&RuleOf {
        query: Some(&["a"]),
        ..rule()
    });
    for (target, is_made) in [
        ("/?a=%20", true),
        ("/?a=+", true),
        ("/?x=%&a=1", true),
        ("/?%61=1", false),
        ("/?a+=1", false),
        ("/?a=1&%78", false),
    ] {
        assert_eq!(key_of(&listed, &get(target)).is_some(), is_made, "{target}");
        assert!(key_of(&Site::new(), &get(target)).is_some());
    }
    let many = format!("/?{}", "a&".repeat(300));
    assert_eq!(key_of(&listed, &get(&many)), None);
    let long = format!("/{}", "a".repeat(17_000));
    assert_eq!(key_of(&listed, &get(&long)), None);
}

#[test]
fn keeps_fronts_rules_and_hosts_apart() {
    let mut site = Site::new();
    let first = key_of(&site, &get("/"));
    site.front = 8;
    let front = key_of(&site, &get("/"));
    site.rule.id = 2;
    let rule = key_of(&site, &get("/"));
    assert!(first != front && front != rule && rule != first);
}

/// What a request is under a rule of everything, in TypeScript's eyes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Identity {
    path: String,
    parameters: Vec<Vec<String>>,
    header: Option<String>,
    cookie: Option<String>,
}

const PIECES: &[&str] = &["", "a", "b", "a=", "a=1", "a=1,2", "b=1", "c=1", "ab"];
const VALUES: &[&str] = &["", "1", "1, 2", "2", ",", "0:"];
const COOKIES: &[&str] = &[
    "sid=1",
    "sid=",
    "sid",
    "x=1; sid=2",
    "sid=1; sid=2",
    "x",
    "sid=1=2",
];

fn requests() -> impl Strategy<Value = (Identity, Asked)> {
    let piece = prop::sample::select(PIECES);
    let value = prop::sample::select(VALUES);
    let cookie = prop::sample::select(COOKIES);
    let path = prop::sample::select(&["/", "/a", "/ab", "/a/b"][..]);
    (
        path,
        prop::collection::vec(piece, 0..4),
        prop::collection::vec(value, 0..3),
        prop::collection::vec(cookie, 0..3),
    )
        .prop_map(|(path, pieces, values, cookies)| {
            let query = pieces.join("&");
            let mut asked = get(&format!("{path}?{query}"));
            for value in &values {
                asked = asked.with("x-h", value);
            }
            for cookie in &cookies {
                asked = asked.with("cookie", cookie);
            }
            let of = |name: &str| {
                let own = query.split('&').map(str::to_owned);
                own.filter(|piece| piece.split('=').next() == Some(name))
                    .collect()
            };
            let pairs = cookies.iter().flat_map(|line| line.split("; "));
            let mut found = pairs.filter_map(|pair| pair.strip_prefix("sid="));
            let identity = Identity {
                path: path.to_owned(),
                parameters: ["a", "b"].map(of).to_vec(),
                header: (!values.is_empty()).then(|| values.join(", ")),
                cookie: found.next().map(str::to_owned),
            };
            (identity, asked)
        })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn is_never_coarser_than_what_tells_requests_apart(rows in prop::collection::vec(requests(), 1..40)) {
        let site = Site::under(&RuleOf {
            query: Some(&["a", "b"]),
            headers: &["x-h"],
            cookies: Some(&["sid"]),
        });
        let mut known = HashMap::new();
        for (identity, asked) in rows {
            let key = key_of(&site, &asked).expect("a key");
            let first = known.entry(key).or_insert_with(|| identity.clone());
            prop_assert_eq!(&*first, &identity);
        }
    }

    /// Whatever stands in the parts, where one ends and the next begins is not lost.
    #[test]
    fn is_injective(rows in prop::collection::vec(("[a-c&=/]{0,6}", "[ -~]{0,6}", "[a-c=; ,]{0,8}"), 1..40)) {
        let site = Site::under(&RuleOf { query: None, headers: &["x-h"], cookies: Some(&["a", "b"]) });
        let mut known = HashMap::new();
        for (target, header, cookie) in rows {
            let header = header.trim();
            let asked = get(&format!("/{target}?{target}")).with("x-h", header).with("cookie", &cookie);
            let first_of = |name: &str| {
                let mut pairs = cookie.split(';').filter_map(|pair| pair.split_once('='));
                pairs.find(|(own, _)| own.trim() == name).map(|(_, value)| value.trim().to_owned())
            };
            let identity = (target, header.to_owned(), first_of("a"), first_of("b"));
            let key = key_of(&site, &asked).expect("a key");
            let first = known.entry(key.clone()).or_insert_with(|| identity.clone());
            prop_assert_eq!(&*first, &identity);
            let mut others = known.iter().filter(|(_, other)| **other == identity);
            prop_assert_eq!(others.next().map(|(other, _)| other), Some(&key));
        }
    }
}
