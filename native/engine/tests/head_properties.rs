//! Heads made of pieces that are right and pieces that are not.

use httparse::{EMPTY_HEADER, Request, Status};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use strata_engine::fields::Field;
use strata_engine::framing::Framing;
use strata_engine::head::{Limits, Parsed, is_due, parse_head};

/// Small, so that they are met.
const LIMITS: Limits = Limits {
    header_bytes: 200,
    header_fields: 8,
    target_bytes: 40,
};

const LINES: &[&str] = &[
    "GET / HTTP/1.1\r\n",
    "POST /a?b HTTP/1.1\r\n",
    "GET http://x/a HTTP/1.1\r\n",
    "GET / HTTP/1.0\r\n",
    "GET / HTTP/2.0\r\n",
    "GET /\r\n",
    "OPTIONS * HTTP/1.1\r\n",
    "CONNECT x:1 HTTP/1.1\r\n",
    "\r\nGET / HTTP/1.1\r\n",
];

const FIELDS: &[&str] = &[
    "Host: x\r\n",
    "Host: y\r\n",
    "Content-Length: 3\r\n",
    "Content-Length: 0\r\n",
    "Content-Length: 4, 3\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Transfer-Encoding: gzip\r\n",
    "Connection: close\r\n",
    "Upgrade: x\r\n",
    "Expect: 100-continue\r\n",
    "Expect: x\r\n",
    "A:\t b \t\r\n",
    "B:\r\n",
    "C: \u{e9}\r\n",
    " folded\r\n",
    "D : e\r\n",
    "E: f\n",
    "F: g\rh\r\n",
    "long: 0123456789012345678901234567890123456789012345678901234567890123456789\r\n",
];

const ODDS: &[&str] = &[
    "\r", "\n", "\r\n", "\0", " ", "\t", ":", "a", "/", "HTTP/1.1", "\u{7f}", "\u{b}", "%", ",",
];

fn bytes_of(text: &str) -> Vec<u8> {
    text.chars()
        .filter_map(|char| u8::try_from(u32::from(char)).ok())
        .collect()
}

/// A head that is often right, with some bytes in it replaced or put in.
fn heads() -> impl Strategy<Value = Vec<u8>> {
    let text = (select(LINES), vec(select(FIELDS), 0..10), any::<bool>()).prop_map(
        |(line, fields, has_host)| {
            let host = if has_host { "Host: x\r\n" } else { "" };
            format!("{line}{host}{}\r\nGET / HTTP/1.1\r\n\r\n", fields.concat())
        },
    );
    let odds = vec(
        (any::<prop::sample::Index>(), select(ODDS), any::<bool>()),
        0..3,
    );
    (text, odds).prop_map(|(text, odds)| {
        let mut bytes = bytes_of(&text);
        for (at, odd, replaces) in odds {
            let at = at.index(bytes.len());
            let end = if replaces { at + 1 } else { at };
            bytes.splice(at..end, bytes_of(odd));
        }
        bytes
    })
}

/// What is told of them, in a form that can be compared.
fn told(bytes: &[u8]) -> Option<String> {
    match parse_head(bytes, &LIMITS) {
        Parsed::Partial => None,
        parsed => Some(format!("{parsed:?}")),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_told_stays_told(bytes in heads()) {
        let mut before: Option<String> = None;
        for len in 0..=bytes.len() {
            let now = told(bytes.get(..len).unwrap_or_default());
            if before.is_some() {
                prop_assert_eq!(&now, &before, "after {} bytes", len);
            }
            before = now;
        }
    }

    #[test]
    fn reading_only_when_it_is_due_tells_the_same(bytes in heads(), step in 1_usize..7) {
        let mut parsed = 0;
        let mut result = None;
        for len in (1..=bytes.len()).filter(|len| len % step == 0 || *len == bytes.len()) {
            let part = bytes.get(..len).unwrap_or_default();
            if result.is_none() && is_due(part, parsed, &LIMITS) {
                parsed = len;
                result = told(part);
            }
        }
        // what is never due again is an unfinished line
        if result.is_some() || bytes.ends_with(b"\n") {
            prop_assert_eq!(result, told(&bytes));
        }
    }

    #[test]
    fn what_is_taken_httparse_takes_as_the_same(bytes in heads()) {
        let Parsed::Head { head, len } = parse_head(&bytes, &LIMITS) else { return Ok(()) };
        let mut headers = [EMPTY_HEADER; 32];
        let mut request = Request::new(&mut headers);
        prop_assert_eq!(request.parse(&bytes), Ok(Status::Complete(len)));
        prop_assert_eq!(request.method.map(str::as_bytes), Some(head.method.name()));
        let ours: Vec<(&[u8], &[u8])> = head.fields.iter().collect();
        let theirs: Vec<(&[u8], &[u8])> =
            request.headers.iter().map(|header| (header.name.as_bytes(), header.value)).collect();
        prop_assert_eq!(ours.len(), head.fields.len());
        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn what_is_taken_keeps_to_the_rules(bytes in heads()) {
        let Parsed::Head { head, len } = parse_head(&bytes, &LIMITS) else { return Ok(()) };
        let taken = bytes.get(..len).unwrap_or_default();
        prop_assert!(taken.ends_with(b"\r\n\r\n"));
        prop_assert!(!taken.contains(&0));
        let mut before = 0;
        for &byte in taken {
            prop_assert_eq!(byte == b'\n', before == b'\r');
            before = byte;
        }
        let count = |name: &[u8]| head.fields.named(name).count();
        prop_assert!(count(b"host") <= 1 && count(b"content-length") + count(b"transfer-encoding") <= 1);
        prop_assert!(head.fields.len() <= LIMITS.header_fields);
        prop_assert!(head.target.len() <= LIMITS.target_bytes);
        let is_chunked = head.fields.named(b"transfer-encoding").any(|value| value.eq_ignore_ascii_case(b"chunked"));
        prop_assert_eq!(head.framing == Framing::Chunked, is_chunked);
        for (name, value) in head.fields {
            if let Some(field) = Field::of(name) {
                prop_assert_eq!(head.seen.first(field), head.fields.named(name).next());
                prop_assert_eq!(head.seen.is_repeated(field), count(name) > 1);
            }
            prop_assert!(!value.starts_with(b" ") && !value.ends_with(b"\t"));
        }
    }

    #[test]
    fn any_bytes_get_an_answer(bytes in vec(any::<u8>(), 0..300)) {
        let _ = parse_head(&bytes, &LIMITS);
    }
}
