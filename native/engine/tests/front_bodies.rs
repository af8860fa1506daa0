//! Bodies of requests.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may panic"
)]

mod front_support;

use std::time::Duration;

use front_support::{Event, Stage, config, echo, eventually, get, reader, statuses_of};
use strata_engine::Config;

const POST: &str = "POST /read HTTP/1.1\r\nHost: x\r\n";

#[test]
fn a_body_is_read_however_it_is_framed_and_the_next_request_begins_behind_it() {
    let long = "y".repeat(300_000);
    let rows = [
        ("Content-Length: 3\r\n\r\nabc".to_owned(), 3),
        ("Content-Length: 0\r\n\r\n".to_owned(), 0),
        (
            "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n".to_owned(),
            3,
        ),
        ("Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n".to_owned(), 0),
        (
            "Transfer-Encoding: chunked\r\n\r\n2;a=b\r\nab\r\n1\r\nc\r\n0\r\nx: y\r\n\r\n"
                .to_owned(),
            3,
        ),
        (format!("Content-Length: 300000\r\n\r\n{long}"), 300_000),
        (
            format!(
                "Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{long}\r\n0\r\n\r\n",
                300_000
            ),
            300_000,
        ),
        (
            format!("Content-Length: 16384\r\n\r\n{}", &long[..16_384]),
            16_384,
        ),
        (
            format!("Content-Length: 16385\r\n\r\n{}", &long[..16_385]),
            16_385,
        ),
    ];
    let stage = Stage::open(config(), reader());
    let mut client = stage.client();
    for (framing, bytes) in &rows {
        client.send(format!("{POST}{framing}"));
        client.until(&format!("\r\n\r\ngot {bytes}"));
    }
    let all: Vec<_> = rows
        .iter()
        .map(|(framing, _)| format!("{POST}{framing}"))
        .collect();
    let all = all.concat();
    // one thread writes, since neither side buffers all of it
    let mut other = stage.client();
    let mut sending = other.socket.try_clone().unwrap();
    let writer =
        std::thread::spawn(move || std::io::Write::write_all(&mut sending, all.as_bytes()));
    for (_, bytes) in &rows {
        other.until(&format!("\r\n\r\ngot {bytes}"));
    }
    writer.join().unwrap().unwrap();
    assert_eq!(stage.front.stats().accepted, 2);
}

#[test]
fn a_short_body_that_is_there_comes_with_its_request() {
    let stage = Stage::open(config(), reader());
    let mut client = stage.client();
    client
        .send(format!("{POST}Content-Length: 3\r\n\r\nabc"))
        .until("got 3");
    client
        .send(format!(
            "{POST}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
        ))
        .until("got 3");
    let bodies: Vec<_> = stage
        .events()
        .into_iter()
        .filter_map(|event| match event {
            Event::Request(_, asked) => Some((asked.flags, asked.length, asked.body)),
            _ => None,
        })
        .collect();
    let whole = 1 << 4;
    assert_eq!(
        bodies,
        [
            (whole, Some(3), b"abc".to_vec()),
            (whole, None, b"abc".to_vec())
        ]
    );
}

#[test]
fn a_client_that_waits_is_told_to_continue_when_its_body_is_wanted() {
    let stage = Stage::open(config(), reader());
    let mut client = stage.client();
    client.send(format!(
        "{POST}Expect: 100-continue\r\nContent-Length: 3\r\n\r\n"
    ));
    assert_eq!(client.until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("abc").until("got 3");
    client.send(get("/next")).until("got 0");
}

#[test]
fn a_client_whose_body_nobody_wants_is_not_told_so() {
    let stage = Stage::open(config(), echo);
    let mut client = stage.client();
    client.send(format!(
        "{POST}Expect: 100-continue\r\nContent-Length: 3\r\n\r\n"
    ));
    let answer = client.until("/read");
    assert_eq!(statuses_of(&answer), [200]);
    assert!(answer.contains("\r\nconnection: close\r\n"));
    client.end();
    assert_eq!(client.closed(), "");
}

#[test]
fn a_short_body_that_nobody_reads_is_swallowed() {
    let stage = Stage::open(config(), echo);
    let mut client = stage.client();
    client.send(format!("{POST}Content-Length: 10000\r\n\r\nab"));
    assert!(!client.until("/read").contains("connection"));
    client
        .send("y".repeat(9_998))
        .send(get("/next"))
        .until("/next");
}

#[test]
fn a_client_that_sends_what_nobody_reads_gets_its_answer_all_the_same() {
    let stage = Stage::open(config(), echo);
    for framing in [
        "Content-Length: 50000000\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n1e8480\r\n",
    ] {
        let mut client = stage.client();
        let mut sending = client.socket.try_clone().unwrap();
        let writer = std::thread::spawn(move || {
            let message = format!("{POST}{framing}{}", "y".repeat(900_000));
            std::io::Write::write_all(&mut sending, message.as_bytes())
        });
        let answer = client.until("/read");
        assert!(answer.contains("\r\nconnection: close\r\n"));
        writer.join().unwrap().unwrap();
        client.end();
        assert_eq!(client.closed(), "");
    }
    let mut client = stage.client();
    client
        .send(format!("{POST}Content-Length: 50000000\r\n\r\n"))
        .until("/read");
    // but not for ever
    eventually(|| stage.front.stats().connections == 0, "it is closed");
}

#[test]
fn a_body_that_breaks_is_told_to_who_reads_it() {
    let stage = Stage::open(config(), reader());
    for rest in [
        "zz\r\nabc\r\n0\r\n\r\n",
        "2\r\nabc\r\n0\r\n\r\n",
        "3\nabc\r\n0\r\n\r\n",
        "ffffffffffffffff1\r\n",
    ] {
        for is_split in [false, true] {
            let mut client = stage.client();
            client.send(format!("{POST}Transfer-Encoding: chunked\r\n\r\n"));
            if is_split {
                client.send("1\r\na\r\n");
                let before = stage.front.stats().requests;
                eventually(|| stage.front.stats().requests >= before, "it is asked");
            }
            client.send(rest).send(get("/smuggled"));
            let answer = client.until("\r\n\r\n");
            assert_eq!(statuses_of(&answer), [400], "{rest:?}");
            client.end();
            client.closed();
        }
    }
    let asked = stage
        .events()
        .into_iter()
        .filter(|event| matches!(event, Event::Request(_, asked) if asked.target == "/smuggled"));
    assert_eq!(asked.count(), 0);
}

#[test]
fn a_message_whose_body_is_broken_from_the_start_is_refused() {
    let stage = Stage::open(config(), echo);
    let mut client = stage.client();
    client.send(format!(
        "GET /b/1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}",
        get("/smuggled")
    ));
    client.end();
    assert_eq!(statuses_of(&client.closed()), [400]);
    assert_eq!(stage.events(), []);
}

#[test]
fn a_body_that_breaks_off_is_told_and_the_client_is_gone() {
    let stage = Stage::open(config(), |event, replies| {
        if matches!(event, Event::Request(..) | Event::Data(..)) {
            replies.pull(event.id());
        }
    });
    let mut client = stage.client();
    client.send(format!("{POST}Content-Length: 5\r\n\r\nab"));
    let id = stage.until_request("/read");
    stage.until(|event| (*event == Event::Data(id, b"ab".to_vec())).then_some(()));
    client.end();
    stage.until_gone(id);
    let events = stage.events();
    assert_eq!(
        events[events.len() - 2..],
        [Event::Error(id, 400), Event::Gone(id)]
    );
    assert_eq!(client.closed(), "");
    assert_eq!(
        (stage.front.stats().aborted, stage.front.stats().pending),
        (1, 0)
    );
}

#[test]
fn a_body_that_does_not_come_in_time_is_told_as_408() {
    let config = Config {
        body_timeout: Duration::from_millis(100),
        ..config()
    };
    let stage = Stage::open(config, reader());
    let mut client = stage.client();
    client.send(format!("{POST}Content-Length: 5\r\n\r\nab"));
    let answer = client.until("broken");
    assert_eq!(statuses_of(&answer), [408]);
    assert!(answer.contains("connection: close"));
}

#[test]
fn a_body_is_read_no_faster_than_it_is_wanted() {
    let stage = Stage::open(config(), |_, _| {});
    let mut client = stage.client();
    client.send(format!("{POST}Content-Length: 100000000\r\n\r\n"));
    client.socket.set_nonblocking(true).unwrap();
    let piece = vec![0; 65_536];
    let mut sent = 0;
    let mut idle = 0;
    while idle < 20 {
        if let Ok(bytes) = std::io::Write::write(&mut client.socket, &piece) {
            (sent, idle) = (sent + bytes, 0);
        } else {
            idle += 1;
            std::thread::sleep(Duration::from_millis(10));
        }
    }
    // what the kernels at both ends hold, and 64 KB
    assert!(sent < 20_000_000, "{sent}");
    let id = stage.until_request("/read");
    let pieces = |stage: &Stage| {
        stage
            .events()
            .iter()
            .filter(|event| matches!(event, Event::Data(..)))
            .count()
    };
    for number in 1..=20 {
        stage.send(|replies| replies.pull(id));
        eventually(|| pieces(&stage) == number, "one piece for each pull");
    }
    assert!(
        stage
            .events()
            .iter()
            .all(|event| !matches!(event, Event::Data(_, data) if data.len() > 65_536))
    );
}
