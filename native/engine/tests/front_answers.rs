//! Answers as they stand on the wire.
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

use front_support::{Event, Replies, Stage, config, eventually, get, statuses_of};

/// Whole answers: what JavaScript says, what was asked, and what the client gets but for the date.
#[test]
fn a_whole_answer_is_framed_as_its_status_and_its_request_demand() {
    type Row = (
        &'static str,
        u32,
        &'static str,
        u32,
        &'static str,
        &'static str,
        Option<u64>,
        &'static str,
    );
    let rows: [Row; 22] = [
        // request method, flags, version, status, head, body, announced, answer
        (
            "GET",
            0,
            "1.1",
            200,
            "a: b\r\n",
            "abc",
            None,
            "200 OK\r\na: b\r\nDATE\r\ncontent-length: 3\r\n\r\nabc",
        ),
        (
            "GET",
            0,
            "1.1",
            200,
            "",
            "",
            None,
            "200 OK\r\nDATE\r\ncontent-length: 0\r\n\r\n",
        ),
        (
            "GET",
            2,
            "1.1",
            200,
            "date: x\r\n",
            "a",
            None,
            "200 OK\r\ndate: x\r\ncontent-length: 1\r\n\r\na",
        ),
        (
            "GET",
            1,
            "1.1",
            200,
            "",
            "a",
            None,
            "200 OK\r\nDATE\r\ncontent-length: 1\r\nconnection: close\r\n\r\na",
        ),
        (
            "GET",
            0,
            "1.1",
            418,
            "",
            "a",
            None,
            "418 I'm a Teapot\r\nDATE\r\ncontent-length: 1\r\n\r\na",
        ),
        (
            "GET",
            0,
            "1.1",
            299,
            "",
            "a",
            None,
            "299 unknown\r\nDATE\r\ncontent-length: 1\r\n\r\na",
        ),
        (
            "GET",
            0,
            "1.1",
            204,
            "",
            "a",
            None,
            "204 No Content\r\nDATE\r\n\r\n",
        ),
        (
            "GET",
            4,
            "1.1",
            204,
            "",
            "",
            None,
            "204 No Content\r\nDATE\r\n\r\n",
        ),
        (
            "GET",
            4,
            "1.1",
            204,
            "",
            "",
            Some(5),
            "204 No Content\r\nDATE\r\n\r\n",
        ),
        (
            "GET",
            4,
            "1.1",
            304,
            "",
            "",
            None,
            "304 Not Modified\r\nDATE\r\n\r\n",
        ),
        (
            "GET",
            4,
            "1.1",
            304,
            "",
            "",
            Some(5),
            "304 Not Modified\r\nDATE\r\ncontent-length: 5\r\n\r\n",
        ),
        (
            "GET",
            0,
            "1.1",
            205,
            "",
            "a",
            None,
            "205 Reset Content\r\nDATE\r\ncontent-length: 0\r\n\r\n",
        ),
        (
            "HEAD",
            4,
            "1.1",
            200,
            "",
            "",
            Some(5),
            "200 OK\r\nDATE\r\ncontent-length: 5\r\n\r\n",
        ),
        (
            "HEAD",
            4,
            "1.1",
            200,
            "",
            "",
            None,
            "200 OK\r\nDATE\r\n\r\n",
        ),
        (
            "HEAD",
            0,
            "1.1",
            200,
            "",
            "abc",
            None,
            "200 OK\r\nDATE\r\ncontent-length: 3\r\n\r\n",
        ),
        (
            "GET",
            0,
            "1.0",
            200,
            "",
            "a",
            None,
            "200 OK\r\nDATE\r\ncontent-length: 1\r\nconnection: close\r\n\r\na",
        ),
        ("GET", 0, "1.1", 99, "", "a", None, "500 Internal"),
        ("GET", 0, "1.1", 100, "", "a", None, "500 Internal"),
        ("GET", 0, "1.1", 600, "", "a", None, "500 Internal"),
        (
            "GET",
            0,
            "1.1",
            200,
            "a: b\r\n\r\nc",
            "a",
            None,
            "500 Internal",
        ),
        ("GET", 0, "1.1", 200, "a: \0\r\n", "a", None, "500 Internal"),
        (
            "GET",
            0,
            "1.1",
            200,
            "content-length: 9\r\n",
            "a",
            None,
            "500 Internal",
        ),
    ];
    for row in rows {
        let (method, flags, version, status, head, body, announced, expected) = row;
        let stage = Stage::open(config(), move |event, replies| {
            if let Event::Request(id, _) = event {
                replies.respond_with(*id, flags, status, head, body.as_bytes(), announced);
            }
        });
        let mut client = stage.client();
        client.send(format!("{method} /x HTTP/{version}\r\nHost: x\r\n\r\n"));
        let stays = !expected.contains("close") && version == "1.1";
        let answer = if stays {
            // the end of the answer is where the next one begins
            client.send("GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            let all = client.closed();
            let next = all.rfind("HTTP/1.1 ").unwrap();
            assert!(next > 0, "{row:?}: {all}");
            all[..next].to_owned()
        } else {
            client.closed()
        };
        let answer = without_date(&answer);
        let answer = answer.strip_prefix("HTTP/1.1 ").unwrap();
        if expected.starts_with("500") {
            assert!(answer.starts_with(expected), "{row:?}: {answer}");
            assert!(answer.ends_with(
                r#"{"type":"about:blank","title":"Internal Server Error","status":500}"#
            ));
            assert_eq!(stage.front.stats().unsendable, 2);
        } else {
            assert_eq!(answer, expected, "{row:?}");
        }
    }
}

fn without_date(answer: &str) -> String {
    let lines = answer.split("\r\n").map(|line| {
        if line.starts_with("date: ") && line.len() > 10 {
            "DATE"
        } else {
            line
        }
    });
    lines.collect::<Vec<_>>().join("\r\n")
}

#[test]
fn http_1_0_stays_when_it_asks_for_it() {
    let stage = Stage::open(config(), front_support::echo);
    let mut client = stage.client();
    for _ in 0..2 {
        client.send("GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        assert!(
            client
                .until("\r\n\r\n/x")
                .contains("\r\nconnection: keep-alive\r\n")
        );
    }
    client.send("GET /x HTTP/1.0\r\n\r\n");
    assert!(client.closed().contains("\r\nconnection: close\r\n"));
}

type Script = fn(&mut Replies, front_support::Id);

/// Streamed answers, what of them the client gets, and whether the connection stays.
#[test]
fn a_streamed_answer_is_framed_and_never_ends_as_a_whole_when_it_is_none() {
    let rows: [(&str, Script, &str, bool); 13] = [
        (
            "GET / HTTP/1.1",
            |r, id| {
                r.start(id, 200, "", None);
                r.data(id, b"one", false);
                r.data(id, &[b'x'; 26], false);
                r.end(id, "");
            },
            "transfer-encoding: chunked\r\n\r\n3\r\none\r\n1a\r\nxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n0\r\n\r\n",
            true,
        ),
        (
            "GET / HTTP/1.1",
            |r, id| {
                r.start(id, 200, "", None);
                r.data(id, b"", false);
                r.data(id, b"a", false);
                r.end(id, "x-t: 1\r\n");
            },
            "chunked\r\n\r\n1\r\na\r\n0\r\nx-t: 1\r\n\r\n",
            true,
        ),
        (
            "GET / HTTP/1.1",
            |r, id| {
                r.start(id, 200, "", None);
                r.end(id, "x-t: 1\r\n\r\n");
            },
            "chunked\r\n\r\n0\r\n\r\n",
            true,
        ),
        (
            "GET / HTTP/1.1",
            |r, id| {
                r.start(id, 200, "", Some(3));
                r.data(id, b"ab", false);
                r.data(id, b"c", false);
                r.end(id, "");
            },
            "content-length: 3\r\n\r\nabc",
            true,
        ),
        (
            "GET / HTTP/1.1",
            |r, id| {
                r.start(id, 200, "", Some(3));
                r.data(id, b"ab", false);
                r.end(id, "");
            },
            "content-length: 3\r\n\r\nab",
            false,
        ),
        (
            "GET / HTTP/1.1",
            |r, id| {
                r.start(id, 200, "", Some(3));
                r.data(id, b"abcd", false);
                r.end(id, "");
            },
            "content-length: 3\r\n\r\n",
            false,
        ),
        (
            "GET / HTTP/1.1",
            |r, id| {
                r.start(id, 200, "", None);
                r.data(id, b"ab", false);
                r.abort(id);
            },
            "chunked\r\n\r\n2\r\nab\r\n",
            false,
        ),
        (
            "GET / HTTP/1.0",
            |r, id| {
                r.start(id, 200, "", None);
                r.data(id, b"ab", false);
                r.end(id, "");
            },
            "connection: close\r\n\r\nab",
            false,
        ),
        (
            "GET / HTTP/1.0",
            |r, id| {
                r.start(id, 200, "", Some(2));
                r.data(id, b"ab", false);
                r.end(id, "");
            },
            "content-length: 2\r\nconnection: close\r\n\r\nab",
            false,
        ),
        (
            "HEAD / HTTP/1.1",
            |r, id| {
                r.start(id, 200, "", Some(2));
                r.data(id, b"ab", false);
                r.end(id, "");
            },
            "content-length: 2\r\n\r\n",
            true,
        ),
        (
            "GET / HTTP/1.1",
            |r, id| {
                r.start(id, 204, "", None);
                r.data(id, b"ab", false);
                r.end(id, "");
            },
            "DATE\r\n\r\n",
            true,
        ),
        (
            "GET / HTTP/1.1",
            |r, id| {
                r.inform(id, 103, "link: </a>\r\n");
                r.inform(id, 101, "");
                r.inform(id, 200, "");
                r.respond(id, 200, b"a");
            },
            "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nx-a: b\r\nDATE\r\ncontent-length: 1\r\n\r\na",
            true,
        ),
        (
            "GET / HTTP/1.0",
            |r, id| {
                r.inform(id, 103, "link: </a>\r\n");
                r.respond(id, 200, b"a");
            },
            "content-length: 1\r\nconnection: close\r\n\r\na",
            false,
        ),
    ];
    for (number, (line, script, expected, stays)) in rows.into_iter().enumerate() {
        let stage = Stage::open(config(), move |event, replies| {
            if let Event::Request(id, asked) = event {
                if asked.target == "/next" {
                    replies.respond(*id, 201, b"");
                } else {
                    script(replies, *id);
                }
            }
        });
        let mut client = stage.client();
        client.send(format!("{line}\r\nHost: x\r\n\r\n"));
        client.send("GET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let all = without_date(&client.closed());
        assert_eq!(
            statuses_of(&all).contains(&201),
            stays,
            "row {number}: {all}"
        );
        let answer = all.split("HTTP/1.1 201").next().unwrap();
        assert!(answer.ends_with(expected), "row {number}: {answer}");
        assert_eq!(stage.front.stats().pending, 0, "row {number}");
    }
}

#[test]
fn an_aborted_answer_to_http_1_0_is_reset() {
    let stage = Stage::open(config(), |_, _| {});
    let mut client = stage.client();
    client.send("GET / HTTP/1.0\r\n\r\n");
    let id = stage.until_request("/");
    stage.send(|replies| {
        replies.start(id, 200, "", None);
        replies.data(id, b"part", false);
    });
    client.until("part");
    stage.send(|replies| replies.abort(id));
    let error = std::io::Read::read(&mut client.socket, &mut [0; 9]).expect_err("it is no end");
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

#[test]
fn a_stream_is_told_when_the_client_has_taken_enough() {
    let mut left = 200;
    let stage = Stage::open(config(), move |event, replies| {
        let id = event.id();
        if let Event::Request(..) = event {
            replies.start(id, 200, "", None);
        }
        if matches!(event, Event::Request(..) | Event::Drained(_)) && left > 0 {
            for _ in 0..4 {
                left -= 1;
                replies.data(id, &vec![b'x'; 65_536], left % 4 == 0);
            }
            if left == 0 {
                replies.end(id, "");
            }
        }
    });
    let mut client = stage.client();
    client.send(get("/"));
    stage.until_request("/");
    std::thread::sleep(std::time::Duration::from_millis(100));
    let drained = |stage: &Stage| {
        stage
            .events()
            .iter()
            .filter(|event| matches!(event, Event::Drained(_)))
            .count()
    };
    // the kernels at both ends hold some megabytes, not all of it
    assert!(drained(&stage) < 45, "{}", drained(&stage));
    client.until("\r\n0\r\n\r\n");
    assert!(drained(&stage) >= 49);
    client.send(get("/next"));
    stage.until_request("/next");
}

#[test]
fn one_batch_of_records_is_one_piece_on_the_wire() {
    let stage = Stage::open(config(), |event, replies| {
        if let Event::Request(id, _) = event {
            replies.start(*id, 200, "", None);
            replies.data(*id, b"a", false);
            replies.end(*id, "");
        }
    });
    let mut client = stage.client();
    client.send(get("/"));
    let mut buffer = [0; 1_000];
    let read = std::io::Read::read(&mut client.socket, &mut buffer).unwrap();
    assert!(buffer[..read].ends_with(b"0\r\n\r\n"));
}

#[test]
fn a_stream_whose_head_cannot_be_sent_is_over_for_whoever_streams_it() {
    let stage = Stage::open(config(), |event, replies| {
        if let Event::Request(id, _) = event {
            replies.start(*id, 200, "Content-Length: 3\r\n", None);
            replies.data(*id, &vec![b'x'; 65_536], true);
        }
    });
    let mut client = stage.client();
    client.send(get("/"));
    let id = stage.until_request("/");
    assert_eq!(statuses_of(&client.until("500}")), [500]);
    let is_told = || stage.events().contains(&Event::Gone(id));
    eventually(is_told, "it is told");
    assert_eq!(stage.front.stats().pending, 0);
    client.send(get("/next"));
    stage.until_request("/next");
}
