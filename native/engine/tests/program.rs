//! Programs as JavaScript gives them. What they find is compared with the TypeScript router in
//! `test/conformance/native-router.test.ts`.
#![expect(
    clippy::panic,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

use std::borrow::Cow;

use serde_json::{Value, json};
use strata_engine::method::Method;
use strata_engine::program::{Found, Program};
use strata_engine::router::Ranges;

/// `GET /posts/:id`, `* /files/*rest`, `GET /`.
fn table() -> Value {
    json!({
        "version": 1,
        "nodes": [
            [["posts", 1, "files", 3, "", 4], -1, -1, -1],
            [[], 2, -1, -1],
            [[], -1, 0, -1],
            [[], -1, -1, 1],
            [[], -1, 2, -1],
        ],
        "leaves": [["GET", 0], ["*", 1], ["GET", 2]],
        "names": [["id"], ["rest"], []],
    })
}

fn json_of(table: &Value, more: &Value) -> String {
    let mut json = json!({
        "version": 7,
        "table": table,
        "methods": ["GET", "HEAD", "OPTIONS", "POST", "PURGE"],
        "allow": "GET, HEAD, OPTIONS",
    });
    for (name, value) in more.as_object().expect("an object") {
        json.as_object_mut()
            .expect("an object")
            .insert(name.clone(), value.clone());
    }
    json.to_string()
}

fn program_with(more: &Value) -> Program {
    Program::parse(&json_of(&table(), more)).expect("a program")
}

fn found<'t>(method: &str, target: &'t str) -> (Found<'t>, Vec<(u32, u32)>) {
    let mut ranges = Ranges::new();
    let program = program_with(&json!({}));
    let found = program.find(
        Method::of(method.as_bytes()),
        target.as_bytes(),
        &mut ranges,
    );
    (found, ranges.as_slice().to_vec())
}

#[test]
fn finds_routes_or_says_why_not() {
    let rows: &[(&str, &str, Result<u32, u16>)] = &[
        ("GET", "/posts/1", Ok(0)),
        ("HEAD", "/posts/1?a=/b", Ok(0)),
        ("PURGE", "/files/a/b", Ok(1)),
        ("GET", "/", Ok(2)),
        ("POST", "/posts/1", Err(0)),
        ("GET", "/posts/", Err(0)),
        ("OPTIONS", "*", Err(0)),
        ("GET", "*", Err(400)),
        ("GET", "", Err(400)),
        ("GET", "/a#b", Err(400)),
        ("GET", "/../a", Err(400)),
        ("TRACE", "/posts/1", Err(405)),
        ("CONNECT", "x:1", Err(405)),
        ("get", "/posts/1", Err(501)),
        ("*", "/files/a", Err(501)),
        ("", "/files/a", Err(501)),
    ];
    for &(method, target, expected) in rows {
        let actual = match found(method, target).0 {
            Found::Route { route, .. } => Ok(route),
            Found::Nothing => Err(0),
            Found::Refused(status) => Err(status),
        };
        assert_eq!(actual, expected, "{method} {target}");
    }
}

#[test]
fn copies_a_path_only_if_it_is_spelled_otherwise() {
    let rows = [
        ("/posts/1", "/posts/1", true),
        ("/posts/%20%2F", "/posts/%20%2F", true),
        ("/posts/%2f", "/posts/%2F", false),
        ("/%70osts/%7E", "/posts/~", false),
        ("/posts/%20%2f%61", "/posts/%20%2Fa", false),
    ];
    for (target, canonical, is_borrowed) in rows {
        let (Found::Route { path, query, .. }, ranges) = found("GET", target) else {
            panic!("{target} has a route");
        };
        assert_eq!(&*path, canonical.as_bytes());
        assert_eq!(matches!(path, Cow::Borrowed(_)), is_borrowed, "{target}");
        assert_eq!(query, None);
        let end = u32::try_from(canonical.len()).expect("short");
        assert_eq!(ranges, [(7, end)]);
    }
}

#[test]
fn tells_no_query_from_an_empty_one() {
    for (target, expected) in [("/", None), ("/?", Some("")), ("/?a?b", Some("a?b"))] {
        let (Found::Route { query, .. }, _) = found("GET", target) else {
            panic!("{target} has a route");
        };
        assert_eq!(query, expected.map(str::as_bytes));
    }
}

#[test]
fn keeps_ranges_of_the_route_that_was_found() {
    let mut ranges = Ranges::new();
    let program = program_with(&json!({}));
    for (target, expected) in [
        ("/files/a/b", vec![(7, 10)]),
        ("/", vec![]),
        ("/posts/1", vec![(7, 8)]),
    ] {
        let found = program.find(Method::Get, target.as_bytes(), &mut ranges);
        assert!(matches!(found, Found::Route { .. }));
        assert_eq!(ranges.as_slice(), expected);
    }
}

#[test]
fn answers_for_its_hosts() {
    let any = program_with(&json!({}));
    let some = program_with(&json!({ "hosts": ["example.com", "x:8080", "[::1]"] }));
    let rows = [
        ("example.com", true),
        ("example.com:81", true),
        ("x:8080", true),
        ("x", false),
        ("x:81", false),
        ("[::1]", true),
        ("[::1]:81", true),
        ("www.example.com", false),
        ("example.com.", false),
        ("", false),
    ];
    for (authority, is_ours) in rows {
        assert_eq!(some.is_ours(authority.as_bytes()), is_ours, "{authority}");
        assert!(any.is_ours(authority.as_bytes()));
    }
}

#[test]
fn reads_rules() {
    let program = program_with(&json!({
        "redirectTrailingSlash": true,
        "rules": [
            null,
            { "id": 3, "policy": true, "query": ["page"], "headers": ["accept"], "cookies": ["s\u{e9}"],
              "cookieBypasses": true, "serverTiming": true },
            { "id": 4, "policy": false, "query": null, "headers": [], "cookies": null,
              "cookieBypasses": false, "serverTiming": false },
        ],
    }));
    assert_eq!(program.version(), 7);
    assert!(program.redirects_trailing_slash());
    assert!(program.rule(0).is_none());
    assert!(program.rule(3).is_none());
    let rule = program.rule(1).expect("a rule");
    assert_eq!((rule.id, rule.has_policy), (3, true));
    assert!(rule.cookie_bypasses && rule.server_timing);
    assert_eq!(
        rule.query.as_deref(),
        Some([b"page".as_slice().into()].as_slice())
    );
    assert_eq!(*rule.headers, [b"accept".as_slice().into()]);
    // as it stands in a head
    assert_eq!(
        rule.cookies.as_deref(),
        Some([b"s\xe9".as_slice().into()].as_slice())
    );
    let other = program.rule(2).expect("a rule");
    assert_eq!((other.id, other.has_policy), (4, false));
    assert!(other.query.is_none() && other.cookies.is_none() && other.headers.is_empty());
}

#[test]
fn refuses_what_is_no_program() {
    assert!(Program::parse("").is_err());
    assert!(Program::parse("{}").is_err());
    assert!(Program::parse("[]").is_err());
    let changes: [(&str, Value); 14] = [
        ("/version", json!(2)),
        ("/nodes", json!([])),
        ("/nodes/0/1", json!(0)), // itself
        ("/nodes/2/1", json!(1)), // a node before it
        ("/nodes/2/1", json!(2)), // itself
        ("/nodes/0/1", json!(2)), // a node that has a way already
        ("/nodes/0/1", json!(9)), // not there
        ("/nodes/2/2", json!(3)), // no such leaf
        ("/nodes/2/3", json!(3)), // no such leaf
        ("/nodes/0/0/1", json!(-1)),
        ("/nodes/0/0/1", json!("1")),
        ("/nodes/0/0", json!(["a"])),
        ("/leaves/0/1", json!(3)), // no such route
        ("/leaves/0", json!([0, "GET"])),
    ];
    for (place, value) in changes {
        let mut table = table();
        *table.pointer_mut(place).expect("a place") = value;
        let error = Program::parse(&json_of(&table, &json!({}))).expect_err(place);
        assert!(!error.to_string().is_empty());
    }
}
