//! What JavaScript says of a response to keep: whatever it says, an answer made of it is one message and no more.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use strata_engine::flight::{Joined, Waiter};
use strata_engine::framing::Framing;
use strata_engine::head::{Limits, Parsed, parse_head};
use strata_engine::request::Request;
use strata_engine::rule::Rule;
use strata_engine::store::{Outcome, Scratch, Store};

const LIMITS: Limits = Limits {
    header_bytes: 512,
    header_fields: 8,
    target_bytes: 256,
};

const ASKED: &[u8] =
    b"GET /a HTTP/1.1\r\nHost: x\r\nAccept-Encoding: br, gzip\r\nIf-None-Match: \"e\"\r\n\r\n";

static RULE: LazyLock<Rule> = LazyLock::new(|| Rule {
    id: 1,
    has_policy: true,
    query: None,
    headers: Box::default(),
    cookies: None,
    cookie_bypasses: false,
    server_timing: false,
});

fuzz_target!(|bytes: &[u8]| {
    let Some((&size, bytes)) = bytes.split_first() else {
        return;
    };
    let (packed, meta) = bytes.split_at(usize::from(size).min(bytes.len()));
    let Parsed::Head { head, .. } = parse_head(ASKED, &LIMITS) else {
        panic!("it is a head");
    };
    let store = Store::new(1 << 20);
    store.coherent_until(f64::INFINITY);
    let request = Request {
        front: 1,
        rule: &RULE,
        method: head.method,
        has_body: head.framing != Framing::Empty,
        authority: &head.authority,
        path: b"/a",
        query: None,
        fields: head.fields,
        seen: &head.seen,
        is_collapsed: false,
        lines: b"",
        now: store.now(),
    };
    let mut scratch = Scratch::default();
    let mut out = Vec::new();
    assert!(matches!(
        store.answer(&request, &mut scratch, &mut out),
        Outcome::Miss
    ));
    let waiter = Waiter {
        slot: 0,
        generation: 0,
    };
    let Joined::Leader(leader) = store.join(&request, &scratch, waiter, 1) else {
        panic!("nobody else fills it");
    };
    let handle = store.put(leader.token, meta, packed, &["label".to_owned()], 0);
    if handle == 0 {
        return;
    }
    assert_eq!(store.read(handle).as_deref(), Some(packed));
    let Outcome::Answered(answered) = store.answer(&request, &mut scratch, &mut out) else {
        return;
    };
    let head = out
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .expect("a head");
    let behind = out.len() - head - 4 + answered.body.map_or(0, |body| body.bytes().len());
    assert!(
        behind <= packed.len(),
        "a body of bytes that were not given"
    );
    let lines = &out[..head];
    assert!(lines.starts_with(b"HTTP/1.1 "));
    assert!(!lines.contains(&0));
    for (at, byte) in lines.iter().enumerate() {
        match byte {
            b'\r' => assert_eq!(lines.get(at + 1), Some(&b'\n')),
            b'\n' => assert_eq!(lines.get(at.wrapping_sub(1)), Some(&b'\r')),
            _ => {}
        }
    }
});
