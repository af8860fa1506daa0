//! What may be put: everything JavaScript says is checked, and nothing broken is ever sent.

use proptest::prelude::*;

use crate::site::{Response, Site, get, response};

fn is_kept(meta: &[u8], packed: &[u8]) -> bool {
    let site = Site::new();
    let leader = site.lead(&get("/"));
    let kept = site.store.put(leader.token, meta, packed, &[], 0) != 0;
    assert_eq!(site.store.stats().entries, u64::from(kept));
    site.ask(&get("/"));
    kept
}

fn replaced(text: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let at = text
        .windows(from.len())
        .position(|own| own == from.as_bytes());
    let at = at.expect("it is there");
    let mut text = text.to_vec();
    text.splice(at..at + to.len(), to.bytes());
    text
}

#[test]
fn refuses_heads_that_would_frame_something_else() {
    let (meta, packed) = response("hello").described();
    assert!(is_kept(&meta, &packed));
    for (from, to) in [
        ("content-length: 5", "content-length: 4"),
        ("content-length: 5", "content-length:5 "),
        ("content-length: 5", "content-length: x"),
        ("content-length: 5", "xontent-length: 5"),
        ("date: now", "date: n\nw"),
        ("date: now", "date: n\rw"),
        ("date: now", "date: n\0w"),
        ("date: now", "date; now"),
        ("date: now", ": datenow"),
        ("date: now", "age: soon"),
        ("date: now\r\n", "date: now\n\n"),
        ("date: now\r\n", "date: n\r\n\r\n"),
        ("content-type: text/plain", "cache-status: none at all"),
    ] {
        if from.len() == to.len() {
            assert!(!is_kept(&replaced(&meta, from, to), &packed), "{to}");
        }
    }
    assert!(!is_kept(&meta, b"descriptionhell"));
    assert!(!is_kept(&meta, b""));
    assert!(!is_kept(b"", &packed));
    for end in 0..meta.len() {
        assert!(!is_kept(&meta[..end], &packed), "{end}");
    }
}

#[test]
fn takes_what_makes_sense_only() {
    let rows: &[(Response, bool)] = &[
        (response("x"), true),
        (response("x").status(199), false),
        (response("x").status(600), false),
        (response("x").status(70_000), false),
        (response("x").status(599), true),
        (response("x").status(204), false),
        (response("").status(204), true),
        (response("x").status(205), false),
        (response("").status(205), true),
        (response("x").status(304), false),
        (response("x").fresh(f64::NAN), false),
        (response("x").aged(f64::NAN), false),
        (response("x").stale(f64::NEG_INFINITY), true),
        (response("x").etag("\"\r\""), false),
        (response("x").prefix("a\r\nb"), false),
        (response("x").vary(&["a", ""]), false),
        (response("x").vary(&["a"; 32]), true),
        (response("x").vary(&["a"; 33]), false),
        (response("x").coded(1, "b").coded(2, "g"), true),
        (response("x").coded(3, "b"), false),
        (
            response("x").coded(1, "b").coded(2, "g").coded(1, "b"),
            false,
        ),
    ];
    for (response, wanted) in rows {
        let (meta, packed) = response.described();
        assert_eq!(is_kept(&meta, &packed), *wanted, "{response:?}");
    }
}

#[test]
fn refuses_too_many_labels() {
    let site = Site::new();
    let leader = site.lead(&get("/"));
    let (meta, packed) = response("x").described();
    let labels = (0..1_025)
        .map(|number| number.to_string())
        .collect::<Vec<_>>();
    assert_eq!(site.store.put(leader.token, &meta, &packed, &labels, 0), 0);
    assert_ne!(
        site.store
            .put(leader.token, &meta, &packed, &labels[1..], 0),
        0
    );
}

#[test]
fn refuses_tokens_it_does_not_know() {
    let site = Site::new();
    let (meta, packed) = response("x").described();
    for token in [0, 1, u32::MAX] {
        assert_eq!(site.store.put(token, &meta, &packed, &[], 0), 0);
        assert!(!site.store.alias(token, 1));
        site.store.end(token, true);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn takes_any_bytes_without_panic(
        meta in prop::collection::vec(any::<u8>(), 0..200),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
    ) {
        is_kept(&meta, b"packed");
        let (mut meta, packed) = response("hello").coded(1, "br").vary(&["x"]).prefix("edge").described();
        for (at, byte) in changes {
            let at = at.index(meta.len());
            meta[at] = byte;
        }
        is_kept(&meta, &packed);
    }
}
