//! What a hit costs, one thread: `cargo run --release -p strata-engine --example hit`.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::cast_precision_loss,
    reason = "a measurement that cannot go on ends"
)]

use std::fs;
use std::hint::black_box;
use std::time::Instant;

use strata_engine::flight::{Joined, Waiter};
use strata_engine::framing::Framing;
use strata_engine::head::{Head, Limits, Parsed, parse_head};
use strata_engine::key::write_key;
use strata_engine::request::Request;
use strata_engine::rule::Rule;
use strata_engine::store::{Outcome, Scratch, Store};

const ROUNDS: u32 = 2_000_000;
const LIMITS: Limits = Limits {
    header_bytes: 16_384,
    header_fields: 100,
    target_bytes: 65_536,
};

fn text(path: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nhost: shop.example:3000\r\nuser-agent: Mozilla/5.0 (X11; Linux x86_64)\r\n\
         accept: text/html,application/xhtml+xml\r\naccept-language: en-GB,en;q=0.5\r\n\
         accept-encoding: gzip, deflate, br\r\nconnection: keep-alive\r\ncookie: sid=0123456789; theme=dark\r\n\r\n"
    )
}

fn head_of(text: &str) -> Head<'_> {
    match parse_head(text.as_bytes(), &LIMITS) {
        Parsed::Head { head, .. } => head,
        other => panic!("{other:?}"),
    }
}

fn request_of<'a>(head: &'a Head<'a>, rule: &'a Rule, store: &Store) -> Request<'a> {
    Request {
        front: 1,
        rule,
        method: head.method,
        has_body: head.framing != Framing::Empty,
        authority: &head.authority,
        path: &head.target,
        query: None,
        fields: head.fields,
        seen: &head.seen,
        is_collapsed: false,
        lines: b"",
        now: store.now(),
    }
}

fn meta_of(body: usize) -> Vec<u8> {
    let head = format!(
        "content-type: application/json; charset=utf-8\r\ncache-control: no-cache\r\netag: \"0123456789\"\r\n\
         date: Sat, 28 Nov 2026 11:08:54 GMT\r\ncontent-length: {body}\r\n"
    );
    let mut meta = 200_u32.to_le_bytes().to_vec();
    for millis in [0.0_f64, 1e9, 1e9] {
        meta.extend_from_slice(&millis.to_le_bytes());
    }
    for number in [0, 1, 0, 0, body, head.len(), 0, 12, 0, 0, 0] {
        let word = u32::try_from(number).expect("short");
        meta.extend_from_slice(&word.to_le_bytes());
    }
    meta.extend_from_slice(head.as_bytes());
    meta.extend_from_slice(b"\"0123456789\"");
    meta
}

fn fill(store: &Store, request: &Request, body: usize, labels: &[String]) {
    let mut scratch = Scratch::default();
    store.answer(request, &mut scratch, &mut Vec::new());
    let waiter = Waiter {
        slot: 0,
        generation: 0,
    };
    let Joined::Leader(leader) = store.join(request, &scratch, waiter, 1) else {
        panic!("it is there");
    };
    let handle = store.put(leader.token, &meta_of(body), &vec![b'x'; body], labels, 0);
    assert_ne!(handle, 0);
    store.end(leader.token, false);
}

/// Nanoseconds that this thread ran, where the system tells; else all that passed.
fn nanos(begun: Instant) -> f64 {
    let told = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let ran = told.split(' ').next().and_then(|ran| ran.parse().ok());
    ran.unwrap_or_else(|| begun.elapsed().as_nanos() as f64)
}

fn measure(name: &str, mut round: impl FnMut()) {
    let mut best = f64::INFINITY;
    for _ in 0..5 {
        let begun = Instant::now();
        let before = nanos(begun);
        for _ in 0..ROUNDS / 5 {
            round();
        }
        let each = (nanos(begun) - before) / f64::from(ROUNDS / 5);
        best = best.min(each);
    }
    println!("{name:<52} {best:>7.1} ns");
}

fn rule(headers: &[&str], cookies: &[&str]) -> Rule {
    let names = |names: &[&str]| names.iter().map(|name| name.as_bytes().into()).collect();
    Rule {
        id: 1,
        has_policy: true,
        query: None,
        headers: names(headers),
        cookies: Some(names(cookies)),
        cookie_bypasses: false,
        via: None,
        server_timing: false,
    }
}

fn hit(store: &Store, request: &Request, scratch: &mut Scratch, out: &mut Vec<u8>) {
    out.clear();
    let outcome = store.answer(black_box(request), scratch, out);
    assert!(matches!(outcome, Outcome::Answered(_)));
}

fn main() {
    let labels = ["url:shop", "route:/p/:id", "a", "b", "c"].map(str::to_owned);
    let plain = rule(&[], &[]);
    let keyed = rule(&["accept-language"], &["sid"]);
    let mut scratch = Scratch::default();
    let mut out = Vec::with_capacity(64 * 1024);
    for body in [100, 2_000, 15_000, 100_000] {
        let store = Store::new(64 * 1024 * 1024);
        store.coherent_until(f64::INFINITY);
        let text = text("/products/1234");
        let head = head_of(&text);
        let request = request_of(&head, &plain, &store);
        fill(&store, &request, body, &labels);
        measure(&format!("hit, {body} bytes, 5 labels"), || {
            hit(&store, &request, &mut scratch, &mut out);
        });
    }
    let store = Store::new(256 * 1024 * 1024);
    store.coherent_until(f64::INFINITY);
    let text_of_one = text("/products/1234");
    let head = head_of(&text_of_one);
    let request = request_of(&head, &keyed, &store);
    fill(&store, &request, 2_000, &labels);
    measure("hit, 2000 bytes, a header and a cookie in the key", || {
        hit(&store, &request, &mut scratch, &mut out);
    });
    let mut turn = 0_u32;
    let other = ["other".to_owned()];
    measure(
        "hit, 2000 bytes, a purge of another label each time",
        || {
            store.purge_labels(&other);
            hit(&store, &request, &mut scratch, &mut out);
        },
    );
    measure("purge of one label", || store.purge_labels(&other));
    let mut key = Vec::new();
    measure("key alone", || {
        black_box(write_key(black_box(&request), &mut key));
    });
    measure("the clock", || {
        black_box(store.now());
    });
    let texts = (0..20_000).map(|number| text(&format!("/products/{number}")));
    let texts = texts.collect::<Vec<_>>();
    let heads = texts.iter().map(|text| head_of(text)).collect::<Vec<_>>();
    let requests = heads.iter().map(|head| request_of(head, &plain, &store));
    let requests = requests.collect::<Vec<_>>();
    for (number, request) in requests.iter().enumerate() {
        let mut labels = labels.to_vec();
        labels.push(number.to_string());
        fill(&store, request, 2_000, &labels);
    }
    measure("hit, 2000 bytes, one of 20000 keys at random", || {
        turn = turn.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let request = requests.get((turn >> 8) as usize % requests.len());
        hit(
            &store,
            request.expect("one of them"),
            &mut scratch,
            &mut out,
        );
    });
    drop(store.drain_hits());
}
