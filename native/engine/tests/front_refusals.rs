//! What is refused before anybody is asked, as it stands on the wire.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::too_many_lines,
    reason = "a test may panic, and a table is as long as it is"
)]

mod front_support;

use front_support::{Stage, config, echo, get, statuses_of};

const CLOSE: &str = "Host: x\r\nConnection: close\r\n";

#[test]
fn what_is_no_request_is_told_by_a_problem_and_nothing_behind_it_is_taken() {
    let rows: [(&str, String, &[u16]); 27] = [
        ("no Host", "GET /a HTTP/1.1\r\n\r\n".into(), &[400]),
        (
            "no Host in HTTP/1.0",
            "GET /b/1 HTTP/1.0\r\n\r\n".into(),
            &[200],
        ),
        (
            "two Hosts",
            "GET /a HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n".into(),
            &[400],
        ),
        (
            "a method that has no route is for JavaScript",
            format!("PROPFIND /a HTTP/1.1\r\n{CLOSE}\r\n"),
            &[200],
        ),
        (
            "a method that nobody knows",
            format!("FOO /a HTTP/1.1\r\n{CLOSE}\r\n"),
            &[501],
        ),
        (
            "HTTP/2.0",
            format!("GET /a HTTP/2.0\r\n{CLOSE}\r\n"),
            &[505],
        ),
        ("HTTP/0.9", "GET /a\r\n\r\n".into(), &[505]),
        (
            "another protocol",
            format!("GET /a FOO/1.1\r\n{CLOSE}\r\n"),
            &[400],
        ),
        ("no HTTP", "hello\r\n\r\n".into(), &[400]),
        ("TLS", "\x16\x03\x01\x02\x00\x01\x00\x01".into(), &[400]),
        ("a bare LF", format!("GET /a HTTP/1.1\n{CLOSE}\r\n"), &[400]),
        (
            "a folded line",
            format!("GET /a HTTP/1.1\r\n{CLOSE}A: b\r\n c\r\n\r\n"),
            &[400],
        ),
        (
            "length and coding",
            format!(
                "POST /a HTTP/1.1\r\n{CLOSE}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            ),
            &[400],
        ),
        (
            "two lengths",
            format!("POST /a HTTP/1.1\r\n{CLOSE}Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"),
            &[400],
        ),
        (
            "a coding that is not known",
            format!("POST /a HTTP/1.1\r\n{CLOSE}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
            &[501],
        ),
        (
            "another expectation",
            format!("GET /a HTTP/1.1\r\n{CLOSE}Expect: more\r\n\r\n"),
            &[417],
        ),
        (
            "100 fields",
            format!("GET /b/1 HTTP/1.1\r\n{CLOSE}{}\r\n", "A: b\r\n".repeat(98)),
            &[200],
        ),
        (
            "101 fields",
            format!("GET /b/1 HTTP/1.1\r\n{CLOSE}{}\r\n", "A: b\r\n".repeat(99)),
            &[431],
        ),
        (
            "5,000 fields",
            format!(
                "GET /b/1 HTTP/1.1\r\n{CLOSE}{}\r\n",
                "A: b\r\n".repeat(5_000)
            ),
            &[431],
        ),
        (
            "a field of 17 KB",
            format!(
                "GET /b/1 HTTP/1.1\r\n{CLOSE}A: {}\r\n\r\n",
                "b".repeat(17_000)
            ),
            &[431],
        ),
        (
            "a field of 1 MB",
            format!(
                "GET /b/1 HTTP/1.1\r\n{CLOSE}A: {}\r\n\r\n",
                "b".repeat(1_000_000)
            ),
            &[431],
        ),
        (
            "a target of 64 KB",
            format!("GET /a?{} HTTP/1.1\r\n{CLOSE}\r\n", "b".repeat(65_533)),
            &[200],
        ),
        (
            "a longer target",
            format!("GET /a?{} HTTP/1.1\r\n{CLOSE}\r\n", "b".repeat(65_534)),
            &[414],
        ),
        (
            "a target of 1 MB",
            format!("GET /a?{} HTTP/1.1\r\n{CLOSE}\r\n", "b".repeat(1_000_000)),
            &[414],
        ),
        (
            "what is malformed behind what is not",
            format!("{}FOO\r\n\r\n", get("/b/1")),
            &[200, 400],
        ),
        (
            "what stands behind a refusal",
            format!("GET /a HTTP/1.1\r\n\r\n{}", get("/b/1")),
            &[400],
        ),
        (
            "an upgrade, and what stands behind it",
            format!(
                "GET /b/1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n{}",
                get("/b/1")
            ),
            &[200],
        ),
    ];
    for (title, message, expected) in rows {
        let stage = Stage::open(config(), echo);
        let mut client = stage.client();
        client.send(message);
        let first = client.until("\r\n\r\n");
        if expected.len() > 1 {
            client.until("\r\n\r\n");
            client.until("}");
        }
        client.end();
        let answer = first + &client.closed();
        let statuses = statuses_of(&answer);
        assert!(expected.starts_with(&statuses), "{title}: {answer}");
        if let [status @ 400..=599] = *expected {
            assert!(
                answer.contains("\r\ncontent-type: application/problem+json\r\n"),
                "{title}: {answer}"
            );
            assert!(
                answer.contains("\r\nconnection: close\r\n"),
                "{title}: {answer}"
            );
            assert!(answer.contains("\r\ndate: "), "{title}: {answer}");
            assert!(
                answer.ends_with(&format!("\"status\":{status}}}")),
                "{title}: {answer}"
            );
            assert_eq!(stage.front.stats().refused, 1, "{title}");
        }
    }
}

#[test]
fn a_refusal_of_head_has_no_body() {
    let stage = Stage::open(config(), echo);
    let mut client = stage.client();
    client.send("HEAD /a HTTP/1.1\r\n\r\n");
    client.end();
    let answer = client.closed();
    assert_eq!(statuses_of(&answer), [400]);
    assert!(answer.ends_with("\r\n\r\n"), "{answer}");
}

#[test]
fn a_head_that_breaks_off_is_refused() {
    let stage = Stage::open(config(), echo);
    let mut client = stage.client();
    client.send("GET /a HTTP/1.1\r\nHos");
    client.end();
    assert_eq!(statuses_of(&client.closed()), [400]);
}

#[test]
fn a_client_that_sends_much_gets_its_refusal() {
    let stage = Stage::open(config(), echo);
    for _ in 0..20 {
        let mut client = stage.client();
        let mut sending = client.socket.try_clone().unwrap();
        let writer = std::thread::spawn(move || {
            let message = format!("GET /a HTTP/1.1\r\n\r\n{}", "y".repeat(900_000));
            std::io::Write::write_all(&mut sending, message.as_bytes())
        });
        assert_eq!(statuses_of(&client.until("}")), [400]);
        writer.join().unwrap().unwrap();
        client.end();
        assert_eq!(client.closed(), "");
    }
}
