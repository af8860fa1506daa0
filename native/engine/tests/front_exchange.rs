//! Requests over real sockets, to a JavaScript that is a thread, and back.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may panic"
)]

mod front_support;

use front_support::{Client, Event, Stage, config, echo, get, reader, statuses_of};

#[test]
fn a_request_reaches_javascript_as_it_was_sent() {
    let stage = Stage::open(config(), echo);
    let mut client = stage.client();
    client.send("GET /b/%7ex?q=1 HTTP/1.1\r\nHOST: Example.com:80\r\nX-A:  b \r\nx-a: \r\n\r\n");
    let answer = client.until("/b/%7ex?q=1");
    assert!(
        answer.starts_with("HTTP/1.1 200 OK\r\nx-a: b\r\ndate: "),
        "{answer}"
    );
    assert!(
        answer.contains("\r\ncontent-length: 11\r\n\r\n"),
        "{answer}"
    );
    let asked = stage.until(|event| match event {
        Event::Request(_, asked) => Some(asked.clone()),
        _ => None,
    });
    assert_eq!((asked.program, asked.route, asked.token), (7, 1, 0));
    assert_eq!(
        (asked.method.as_str(), asked.authority.as_str()),
        ("GET", "example.com")
    );
    assert_eq!(
        (asked.path.as_str(), asked.ranges.as_slice()),
        ("/b/~x", [(3, 5)].as_slice())
    );
    assert_eq!((asked.client.as_str(), asked.flags), ("127.0.0.1", 1 << 5));
    let fields = asked
        .fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let fields: Vec<_> = fields.collect();
    assert_eq!(
        fields,
        [("host", "Example.com:80"), ("x-a", "b"), ("x-a", "")]
    );
}

#[test]
fn a_connection_stays_and_requests_are_answered_in_order() {
    let stage = Stage::open(config(), echo);
    let mut client = stage.client();
    for target in ["/1", "/22", "/333"] {
        client.send(get(target)).until(target);
    }
    let all: Vec<_> = (0..500).map(|number| get(&format!("/n{number}"))).collect();
    client.send(all.concat());
    for number in 0..500 {
        let answer = client.until(&format!("\r\n\r\n/n{number}"));
        assert_eq!(statuses_of(&answer), [200]);
    }
    assert_eq!(stage.front.stats().accepted, 1);
    assert_eq!(stage.front.stats().requests, 503);
}

#[test]
fn a_message_may_be_split_anywhere() {
    let stage = Stage::open(config(), reader());
    let messages = [
        "GET /b/1 HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST /b/2 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
        "POST /b/3 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
    ];
    let all = messages.concat();
    for at in 1..all.len() {
        let mut client = stage.client();
        client.send(&all[..at]);
        std::thread::yield_now();
        client.send(&all[at..]);
        client.until("got 0");
        client.until("got 5");
        client.until("got 5");
    }
    let mut client = stage.client();
    for byte in all.bytes() {
        client.send([byte]);
    }
    client.until("got 0");
    client.until("got 5");
    client.until("got 5");
    assert_eq!(stage.front.stats().refused, 0);
}

#[test]
fn an_address_that_is_taken_is_an_error() {
    let stage = Stage::open(config(), echo);
    let port = stage.front.address().port();
    let program = strata_engine::program::Program::parse(front_support::PROGRAM).unwrap();
    let config = strata_engine::Config { port, ..config() };
    let store = std::sync::Arc::clone(&stage.store);
    let other = strata_engine::Front::open(config, program, store, std::sync::Arc::new(|| {}));
    let error = other.err().expect("the port is taken");
    assert_eq!(error.code, "EADDRINUSE");
    Client::new(port).send(get("/still")).until("/still");
}
