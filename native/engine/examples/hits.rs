//! A front without Node, to measure and profile hits: `GET /posts/:id` is answered with 1 kB, by this thread the first time and
//! from the store ever after. Tells its port on standard output; `hits 2` has two threads for connections. With the load of
//! `bench/http` and a build that keeps its symbols:
//!
//! `CARGO_PROFILE_RELEASE_STRIP=none CARGO_PROFILE_RELEASE_DEBUG=1 cargo build --release --example hits`

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use strata_engine::program::Program;
use strata_engine::store::Store;
use strata_engine::{Config, Front};

type Fault = Box<dyn std::error::Error>;

const PROGRAM: &str = r#"{
    "version": 1,
    "table": {
        "version": 1,
        "nodes": [[["posts", 1], -1, -1, -1], [[], 2, -1, -1], [[], -1, 0, -1]],
        "leaves": [["GET", 0]],
        "names": [["id"]]
    },
    "methods": ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"],
    "allow": "GET, HEAD, OPTIONS",
    "hosts": null,
    "redirectTrailingSlash": false,
    "rules": [{
        "id": 1, "policy": true, "query": null, "headers": [], "cookies": null,
        "cookieBypasses": false, "serverTiming": false
    }]
}"#;

const FIELDS: &str = "content-type: application/json; charset=utf-8\r\ncache-control: no-cache\r\n\
    date: Sat, 28 Nov 2026 11:37:29 GMT\r\netag: \"2jmj7l5rSw0yVb_vlWAYkK_YBwk\"\r\n";

fn main() -> Result<(), Fault> {
    let threads = std::env::args().nth(1).map_or(Ok(1), |word| word.parse())?;
    let store = Store::new(64 << 20);
    store.coherent_for(f64::INFINITY);
    let own = thread::current();
    let wake = Arc::new(move || own.unpark());
    let program = Program::parse(PROGRAM)?;
    let front = Front::open(config(threads), program, Arc::clone(&store), wake)?;
    println!("{}", front.address().port());
    let mut records = vec![0; 1 << 20];
    let mut replies = Vec::new();
    loop {
        let filled = front.exchange(&replies, &mut records)?;
        replies.clear();
        if filled == 0 {
            thread::park();
        }
        for request in requests(records.get(..filled).unwrap_or_default()) {
            let body = vec![b'x'; 1_000];
            store.put(request.token, &meta(body.len()), &body, &[], 0);
            respond(&mut replies, &request, &body);
        }
    }
}

/// All deadlines are on, with their defaults.
fn config(threads: usize) -> Config {
    Config {
        front: 1,
        ip: Ipv4Addr::LOCALHOST.into(),
        port: 0,
        threads,
        header_bytes: 16_384,
        header_fields: 100,
        connections: 20_000,
        pending: 10_000,
        waiters: 1_000,
        header_timeout: Duration::from_secs(10),
        idle_timeout: Duration::from_secs(75),
        request_timeout: Duration::from_secs(300),
        body_timeout: Duration::from_secs(30),
        write_timeout: Duration::from_secs(30),
        handler_timeout: Duration::from_secs(30),
    }
}

struct Asked {
    slot: u32,
    generation: u32,
    token: u32,
}

/// Of the records, those that are requests.
fn requests(mut records: &[u8]) -> Vec<Asked> {
    let mut found = Vec::new();
    while let Some(length) = word(records, 0) {
        let fields = [2, 3, 6].map(|place| word(records, place));
        if let (Some(1), [Some(slot), Some(generation), Some(token)]) =
            (word(records, 1).map(|kind| kind & 0xff), fields)
        {
            found.push(Asked {
                slot,
                generation,
                token,
            });
        }
        records = records.get(length as usize..).unwrap_or_default();
    }
    found
}

fn word(bytes: &[u8], place: usize) -> Option<u32> {
    let word = bytes.get(place * 4..)?.first_chunk()?;
    Some(u32::from_le_bytes(*word))
}

/// One representation, fresh for an hour.
fn meta(length: usize) -> Vec<u8> {
    let head = format!("{FIELDS}content-length: {length}\r\n");
    let etag = "\"2jmj7l5rSw0yVb_vlWAYkK_YBwk\"";
    let mut meta = 200_u32.to_le_bytes().to_vec();
    for span in [0.0_f64, 3_600_000.0, 0.0] {
        meta.extend(span.to_le_bytes());
    }
    let lengths = [length, head.len(), FIELDS.len(), etag.len(), 0, 0, 0];
    for word in [0, 1, 0, 0].into_iter().chain(lengths) {
        meta.extend(u32::try_from(word).unwrap_or_default().to_le_bytes());
    }
    [&meta, head.as_bytes(), FIELDS.as_bytes(), etag.as_bytes()].concat()
}

fn respond(replies: &mut Vec<u8>, to: &Asked, body: &[u8]) {
    let padded = |length: usize| length.next_multiple_of(4);
    let total = 9 * 4 + padded(FIELDS.len()) + padded(body.len());
    let lengths =
        [FIELDS.len(), body.len()].map(|length| u32::try_from(length).unwrap_or_default());
    let total = u32::try_from(total).unwrap_or_default();
    let begin = [total, 1 | 2 << 8, to.slot, to.generation, 200];
    for word in begin.into_iter().chain(lengths).chain([0, 0]) {
        replies.extend(word.to_le_bytes());
    }
    for part in [FIELDS.as_bytes(), body] {
        replies.extend(part);
        replies.resize(replies.len() + padded(part.len()) - part.len(), 0);
    }
}
