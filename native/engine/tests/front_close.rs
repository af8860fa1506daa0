//! How a front ends.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may panic"
)]

mod front_support;

use std::{
    net::{Ipv4Addr, TcpListener, TcpStream},
    time::{Duration, Instant},
};

use front_support::{Event, Stage, config, echo, eventually, get, statuses_of};
use strata_engine::Config;

const LONG: Duration = Duration::from_secs(60);

fn until_closed(stage: &Stage) {
    stage.until(|event| (*event == Event::Closed).then_some(()));
}

#[test]
fn what_is_idle_ends_at_once_what_runs_is_finished_and_the_port_is_free() {
    for threads in [1, 3] {
        let stage = Stage::open(
            Config {
                threads,
                ..config()
            },
            |event, replies| {
                if matches!(event, Event::Request(_, asked) if asked.target == "/idle") {
                    replies.respond(event.id(), 200, b"idle");
                }
            },
        );
        let port = stage.front.address().port();
        let mut idle = stage.client();
        idle.send(get("/idle")).until("idle");
        let fresh = stage.client();
        let mut slow = stage.client();
        slow.send(get("/slow"));
        let id = stage.until_request("/slow");
        eventually(|| stage.front.stats().connections == 3, "all are there");

        stage.front.close(LONG);
        assert_eq!(idle.closed(), "");
        assert_eq!(fresh.closed(), "");
        eventually(
            || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err(),
            "it is refused",
        );
        assert!(!stage.events().contains(&Event::Closed));

        stage.send(|replies| replies.respond(id, 200, b"finished"));
        let answer = slow.closed();
        assert!(answer.contains("\r\nconnection: close\r\n") && answer.ends_with("finished"));
        until_closed(&stage);
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("the port is free");
        assert_eq!(stage.front.stats().connections, 0);
        assert_eq!(stage.events().last(), Some(&Event::Closed));
    }
}

#[test]
fn what_does_not_end_in_time_is_cut_off() {
    let stage = Stage::open(config(), |event, replies| {
        if matches!(event, Event::Request(_, asked) if asked.target == "/stream") {
            replies.start(event.id(), 200, "", None);
        }
    });
    let mut waiting = stage.client();
    waiting.send(get("/waiting"));
    let mut streaming = stage.client();
    streaming.send(get("/stream"));
    let mut partial = stage.client();
    partial.send("GET /");
    let ids = [
        stage.until_request("/waiting"),
        stage.until_request("/stream"),
    ];
    let begin = Instant::now();
    stage.front.close(Duration::from_millis(50));
    until_closed(&stage);
    assert!(begin.elapsed() < Duration::from_secs(2));
    for id in ids {
        assert!(stage.events().contains(&Event::Gone(id)));
    }
    assert_eq!(waiting.closed(), "");
    assert!(!streaming.closed().ends_with("0\r\n\r\n"));
    assert_eq!(partial.closed(), "");
    assert_eq!(stage.front.stats().pending, 0);
}

#[test]
fn a_client_may_take_all_of_an_answer_that_was_begun_before() {
    let stage = Stage::open(config(), |event, replies| {
        if let Event::Request(id, _) = event {
            replies.respond(*id, 200, &vec![b'x'; 20_000_000]);
        }
    });
    let mut client = stage.client();
    client.send(get("/"));
    client.until("\r\n\r\n");
    stage.front.close(LONG);
    std::thread::sleep(Duration::from_millis(50));
    let mut bytes = client.got.len();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match std::io::Read::read(&mut client.socket, &mut buffer).unwrap() {
            0 => break,
            read => bytes += read,
        }
    }
    assert_eq!(bytes, 20_000_000);
    until_closed(&stage);
}

#[test]
fn pipelined_requests_behind_the_last_are_not_looked_at() {
    let stage = Stage::open(config(), |_, _| {});
    let mut client = stage.client();
    client.send(get("/1")).send(get("/2"));
    let id = stage.until_request("/1");
    stage.front.close(LONG);
    std::thread::sleep(Duration::from_millis(50));
    stage.send(|replies| replies.respond(id, 200, b"one"));
    assert_eq!(statuses_of(&client.closed()), [200]);
    until_closed(&stage);
    assert_eq!(stage.front.stats().requests, 1);
}

#[test]
fn join_ends_everything_also_twice_and_without_close() {
    let stage = Stage::open(config(), |_, _| {});
    let mut client = stage.client();
    client.send(get("/1"));
    let id = stage.until_request("/1");
    stage.front.join();
    stage.front.join();
    stage.until_gone(id);
    until_closed(&stage);
    assert_eq!(client.closed(), "");
    stage.front.close(LONG);
    stage.send(|replies| replies.respond(id, 200, b"late"));
}

#[test]
fn a_second_close_shortens_the_first() {
    let stage = Stage::open(config(), |_, _| {});
    let mut client = stage.client();
    client.send(get("/1"));
    stage.until_request("/1");
    stage.front.close(LONG);
    stage.front.close(Duration::from_millis(20));
    until_closed(&stage);
    assert_eq!(client.closed(), "");
}

#[test]
fn closing_tells_close_to_whoever_asks_meanwhile() {
    let stage = Stage::open(config(), echo);
    let mut client = stage.client();
    client.send("GET /half HTTP/1.1\r\n");
    eventually(|| stage.front.stats().connections == 1, "it is there");
    std::thread::sleep(Duration::from_millis(50));
    stage.front.close(LONG);
    std::thread::sleep(Duration::from_millis(50));
    client.send("Host: x\r\n\r\n");
    assert!(client.closed().contains("\r\nconnection: close\r\n"));
    until_closed(&stage);
}
