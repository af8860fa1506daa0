//! Hits, those who wait for a fill, and stale answers, over real sockets.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may panic"
)]

mod front_support;

use std::{sync::Arc, time::Duration};

use front_support::{Asked, Event, Id, Stage, config, eventually, get, statuses_of};
use strata_engine::{Config, store::Store};

/// What a put says: status 200, fresh and stale for so many milliseconds, one representation as it is.
fn meta(fresh: f64, stale: f64, body: &[u8]) -> Vec<u8> {
    let head = format!("date: x\r\ncontent-length: {}\r\n", body.len());
    let small = "date: x\r\n";
    let mut meta = Vec::new();
    let word =
        |meta: &mut Vec<u8>, word: usize| meta.extend(u32::try_from(word).unwrap().to_le_bytes());
    word(&mut meta, 200);
    for ms in [0.0, fresh, stale] {
        meta.extend(f64::to_le_bytes(ms));
    }
    for value in [0, 1, 0, 0, body.len(), head.len(), small.len(), 0, 0, 0, 0] {
        word(&mut meta, value);
    }
    meta.extend(head.as_bytes());
    meta.extend(small.as_bytes());
    meta
}

fn put(store: &Store, token: u32, (fresh, stale): (f64, f64), body: &[u8]) -> u64 {
    store.put(
        token,
        &meta(fresh, stale, body),
        body,
        &["label".to_owned()],
        0,
    )
}

const MINUTE: (f64, f64) = (60_000.0, 60_000.0);

fn asked(stage: &Stage) -> Vec<(Id, Box<Asked>)> {
    let requests = stage.events().into_iter().filter_map(|event| match event {
        Event::Request(id, asked) => Some((id, asked)),
        _ => None,
    });
    requests.collect()
}

fn until_asked(stage: &Stage, count: usize) -> Vec<(Id, Box<Asked>)> {
    eventually(|| asked(stage).len() >= count, "it is asked");
    asked(stage)
}

#[test]
fn what_was_put_is_answered_without_javascript() {
    for body in [b"page".to_vec(), vec![b'x'; 20_000], vec![b'x'; 1_000_000]] {
        let stage = Stage::open(config(), |_, _| {});
        let mut client = stage.client();
        client.send(get("/a"));
        let (id, first) = until_asked(&stage, 1).remove(0);
        assert!(first.token != 0 && first.route == 0);
        assert_ne!(put(&stage.store, first.token, MINUTE, &body), 0);
        stage.send(|replies| {
            replies.fill_end(first.token, false);
            replies.respond(id, 200, b"first");
        });
        client.until("first");
        for _ in 0..3 {
            client.send(get("/a"));
            let head = client.until("\r\n\r\n");
            assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
            assert!(head.contains("cache-status: strata; hit; ttl="), "{head}");
            client.take(body.len());
        }
        client.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n");
        client.until(&format!("content-length: {}\r\n", body.len()));
        client.until("\r\n\r\n");
        client.send(get("/a").repeat(20));
        for _ in 0..20 {
            client.until("\r\n\r\n");
            client.take(body.len());
        }
        client.send("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assert!(
            client
                .until("\r\n\r\n")
                .contains("\r\nconnection: close\r\n")
        );
        assert_eq!(client.closed().len(), body.len());
        let mut old = stage.client();
        old.send("GET /a HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\n\r\n");
        assert!(
            old.until("\r\n\r\n")
                .contains("\r\nconnection: keep-alive\r\n")
        );
        let stats = stage.front.stats();
        assert_eq!((stats.hits, stats.requests, stats.pending), (26, 27, 0));
    }
}

#[test]
fn requests_for_one_key_wait_for_the_first() {
    let stage = Stage::open(config(), |_, _| {});
    let mut clients: Vec<_> = (0..20).map(|_| stage.client()).collect();
    for client in &mut clients {
        client.send(get("/a"));
    }
    let (id, first) = until_asked(&stage, 1).remove(0);
    eventually(|| stage.store.stats().waiters == 19, "the others wait");
    // one loses patience
    clients.pop();
    eventually(
        || stage.store.stats().waiters == 18 || stage.store.stats().waiters == 19,
        "it went",
    );
    put(&stage.store, first.token, MINUTE, b"page");
    stage.send(|replies| {
        replies.fill_end(first.token, false);
        replies.respond(id, 200, b"page");
    });
    for client in &mut clients {
        let answer = client.until("page");
        assert_eq!(statuses_of(&answer), [200]);
    }
    assert_eq!(asked(&stage).len(), 1);
}

#[test]
fn requests_that_waited_in_vain_are_asked_for_side_by_side() {
    let stage = Stage::open(config(), |_, _| {});
    let mut clients: Vec<_> = (0..3).map(|_| stage.client()).collect();
    for client in &mut clients {
        client.send(get("/a"));
    }
    let (_, first) = until_asked(&stage, 1).remove(0);
    eventually(|| stage.store.stats().waiters == 2, "the others wait");
    stage.send(|replies| replies.fill_end(first.token, true));
    let all = until_asked(&stage, 3);
    assert_eq!(
        all[1..]
            .iter()
            .map(|(_, asked)| asked.token)
            .collect::<Vec<_>>(),
        [0, 0]
    );
    stage.send(|replies| {
        for (id, _) in &all {
            replies.respond(*id, 200, b"own");
        }
    });
    for client in &mut clients {
        client.until("own");
    }
    // and nobody waits for a while
    clients[0].send(get("/a"));
    clients[1].send(get("/a"));
    until_asked(&stage, 5);
}

#[test]
fn a_request_waits_no_longer_than_a_handler_may_take() {
    let config = Config {
        handler_timeout: Duration::from_millis(100),
        ..config()
    };
    let stage = Stage::open(config, |_, _| {});
    let mut clients: Vec<_> = (0..2).map(|_| stage.client()).collect();
    for client in &mut clients {
        client.send(get("/a"));
    }
    let all = until_asked(&stage, 2);
    assert_eq!(stage.store.stats().waiters, 0);
    stage.send(|replies| replies.respond(all[1].0, 200, b"own"));
    eventually(|| stage.front.stats().pending == 1, "it is answered");
}

#[test]
fn too_many_that_wait_are_told_503() {
    let stage = Stage::open(
        Config {
            waiters: 1,
            ..config()
        },
        |_, _| {},
    );
    let mut clients: Vec<_> = (0..3).map(|_| stage.client()).collect();
    for client in &mut clients {
        client.send(get("/a"));
        std::thread::sleep(Duration::from_millis(30));
    }
    assert_eq!(statuses_of(&clients[2].until("}")), [503]);
}

#[test]
fn a_client_that_goes_while_it_waits_is_forgotten() {
    let stage = Stage::open(config(), |_, _| {});
    let mut first = stage.client();
    first.send(get("/a"));
    until_asked(&stage, 1);
    let mut second = stage.client();
    second.send(get("/a"));
    eventually(|| stage.store.stats().waiters == 1, "it waits");
    drop(second);
    eventually(|| stage.store.stats().waiters == 0, "it is forgotten");
    eventually(|| stage.front.stats().connections == 1, "it is gone");
    assert_eq!(
        (stage.front.stats().aborted, stage.front.stats().pending),
        (1, 1)
    );
}

#[test]
fn what_is_stale_is_answered_and_asked_for_once_in_the_background() {
    let stage = Stage::open(config(), |_, _| {});
    let mut client = stage.client();
    client.send(get("/a"));
    let (id, first) = until_asked(&stage, 1).remove(0);
    put(&stage.store, first.token, (0.0, 60_000.0), b"old");
    stage.send(|replies| {
        replies.fill_end(first.token, false);
        replies.respond(id, 200, b"old");
    });
    client.until("old");
    client.send(get("/a").repeat(3));
    for _ in 0..3 {
        assert!(
            client
                .until("old")
                .contains("detail=stale-while-revalidate")
        );
    }
    let all = until_asked(&stage, 2);
    assert_eq!(
        (all.len(), all[1].0, all[1].1.flags & 1 << 3),
        (2, front_support::NOBODY, 1 << 3)
    );
    put(&stage.store, all[1].1.token, MINUTE, b"new");
    stage.send(|replies| replies.fill_end(all[1].1.token, false));
    client.send(get("/a")).until("new");
    assert_eq!(stage.front.stats().pending, 0);
}

#[test]
fn hits_before_and_behind_a_miss_stay_in_order() {
    let stage = Stage::open(config(), |event, replies| {
        if let Event::Request(id, asked) = event
            && asked.target.starts_with("/b")
        {
            replies.respond(*id, 200, asked.target.as_bytes());
        }
    });
    let mut client = stage.client();
    client.send(get("/a"));
    let (id, first) = until_asked(&stage, 1).remove(0);
    put(&stage.store, first.token, MINUTE, &vec![b'h'; 100_000]);
    stage.send(|replies| replies.respond(id, 200, b"first"));
    client.until("first");
    for round in 0..20 {
        client.send([get("/a"), get(&format!("/b/{round}")), get("/a"), get("/a")].concat());
        client.until("\r\n\r\n");
        client.take(100_000);
        client.until(&format!("/b/{round}"));
        for _ in 0..2 {
            client.until("\r\n\r\n");
            client.take(100_000);
        }
    }
    assert_eq!(client.got, "");
}

#[test]
fn two_fronts_share_a_store_without_sharing_answers() {
    let one = Stage::open(config(), |_, _| {});
    let two = Stage::open_with(
        Config {
            front: 2,
            ..config()
        },
        Arc::clone(&one.store),
        |_, _| {},
    );
    let mut clients = [one.client(), two.client()];
    for client in &mut clients {
        client.send(get("/a"));
    }
    let (id, first) = until_asked(&one, 1).remove(0);
    until_asked(&two, 1);
    put(&one.store, first.token, MINUTE, b"one");
    one.send(|replies| replies.respond(id, 200, b"one"));
    clients[0].until("one");
    clients[0].send(get("/a")).until("one");
    assert_eq!((one.front.stats().hits, two.front.stats().hits), (1, 0));
}
