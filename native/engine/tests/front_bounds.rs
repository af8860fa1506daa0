//! Bounds of what clients and JavaScript may do.
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
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use front_support::{
    Event, Id, NOBODY, PATIENCE, Replies, Stage, config, echo, eventually, get, statuses_of,
};
use strata_engine::{
    Config, WireError,
    moment::{Clock, Moment, Monotonic},
    store::Store,
};

fn soon() -> Duration {
    Duration::from_millis(100)
}

#[test]
fn a_head_that_does_not_end_is_told_408() {
    let stage = Stage::open(
        Config {
            header_timeout: soon(),
            ..config()
        },
        echo,
    );
    let mut client = stage.client();
    client.send("GET / HTTP/1.1\r\nHost: x\r\n");
    let answer = client.closed();
    assert_eq!(statuses_of(&answer), [408]);
    assert!(answer.ends_with(r#"{"type":"about:blank","title":"Request Timeout","status":408}"#));
    assert_eq!(stage.front.stats().refused, 1);
}

#[test]
fn a_connection_on_which_nothing_is_said_ends_in_silence() {
    let stage = Stage::open(
        Config {
            idle_timeout: soon(),
            header_timeout: soon(),
            ..config()
        },
        echo,
    );
    assert_eq!(stage.client().closed(), "");
    let mut client = stage.client();
    client.send("\r\n");
    assert_eq!(client.closed(), "");
    let mut client = stage.client();
    client.send(get("/a-b"));
    assert_eq!(statuses_of(&client.closed()), [200]);
}

#[test]
fn without_an_idle_time_every_answer_is_the_last() {
    let stage = Stage::open(
        Config {
            idle_timeout: Duration::ZERO,
            ..config()
        },
        echo,
    );
    let mut client = stage.client();
    client.send(get("/1")).send(get("/2"));
    let answer = client.closed();
    assert_eq!(statuses_of(&answer), [200]);
    assert!(answer.contains("\r\nconnection: close\r\n"));
}

#[test]
fn a_client_that_takes_nothing_is_cut_off() {
    type App = fn(&Event, &mut Replies);
    let apps: [(App, bool); 2] = [
        (
            |event, replies| {
                if let Event::Request(id, _) = event {
                    replies.respond(*id, 200, &vec![b'x'; 20_000_000]);
                }
            },
            false,
        ),
        (
            |event, replies| {
                if let Event::Request(id, _) = event {
                    replies.start(*id, 200, "", None);
                    replies.data(*id, &vec![b'x'; 20_000_000], true);
                }
            },
            true,
        ),
    ];
    for (app, is_gone) in apps {
        let stage = Stage::open(
            Config {
                write_timeout: soon(),
                ..config()
            },
            app,
        );
        let mut client = stage.client();
        client.send(get("/"));
        client.until("\r\n\r\n");
        eventually(|| stage.front.stats().connections == 0, "it is cut off");
        let id = stage.until_request("/");
        if is_gone {
            stage.until_gone(id);
        }
    }
}

#[test]
fn a_slow_client_that_takes_something_is_not_cut_off() {
    let stage = Stage::open(
        Config {
            write_timeout: soon(),
            ..config()
        },
        |event, replies| {
            if let Event::Request(id, _) = event {
                replies.respond(*id, 200, &vec![b'x'; 12_000_000]);
            }
        },
    );
    let mut client = stage.client();
    client.send(get("/"));
    let mut got = 0;
    let mut buffer = vec![0; 400_000];
    while got < 12_000_000 {
        let read = std::io::Read::read(&mut client.socket, &mut buffer).unwrap();
        assert!(read > 0, "cut off at {got}");
        got += read;
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn connections_above_the_limit_are_closed_at_once() {
    let stage = Stage::open(
        Config {
            connections: 1,
            ..config()
        },
        echo,
    );
    let mut first = stage.client();
    first.send(get("/1")).until("/1");
    assert_eq!(stage.client().closed(), "");
    first.send(get("/2")).until("/2");
    drop(first);
    eventually(|| stage.front.stats().connections == 0, "it is gone");
    stage.client().send(get("/3")).until("/3");
    assert_eq!(stage.front.stats().dropped, 1);
}

#[test]
fn too_many_requests_for_javascript_are_told_503() {
    let stage = Stage::open(
        Config {
            pending: 1,
            ..config()
        },
        |_, _| {},
    );
    let mut first = stage.client();
    first.send(get("/1"));
    let id = stage.until_request("/1");
    let mut second = stage.client();
    for _ in 0..2 {
        second.send(get("/2"));
        let answer =
            second.until(r#"{"type":"about:blank","title":"Service Unavailable","status":503}"#);
        assert_eq!(statuses_of(&answer), [503]);
        assert!(answer.contains("\r\nretry-after: 1\r\n") && !answer.contains("connection"));
    }
    second.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
    assert!(second.until("}").contains("connection: close"));
    stage.send(|replies| replies.respond(id, 200, b"one"));
    first.until("one");
    assert_eq!(stage.front.stats().overloaded, 3);
    let mut third = stage.client();
    third.send(get("/3"));
    stage.until_request("/3");
}

#[test]
fn javascript_that_falls_behind_makes_connections_wait_and_loses_no_request() {
    let gate = Arc::new(AtomicBool::new(false));
    let closed = Arc::clone(&gate);
    let stage = Stage::open(config(), move |event, replies| {
        if let Event::Request(id, asked) = event {
            while !closed.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(1));
            }
            replies.respond(*id, 200, &asked.target.as_bytes()[..10]);
        }
    });
    stage.client().send(get("/wait/012345"));
    eventually(|| stage.front.stats().requests == 1, "it is asked");
    // 6 MB of targets, more than the queue takes
    let mut clients: Vec<_> = (0..200).map(|_| stage.client()).collect();
    for (number, client) in clients.iter_mut().enumerate() {
        client.send(get(&format!("/n{number:08}{}", "x".repeat(30_000))));
    }
    eventually(|| stage.front.stats().queued_bytes > 4_000_000, "it fills");
    std::thread::sleep(Duration::from_millis(100));
    let queued = stage.front.stats().queued_bytes;
    assert!(queued < 4_500_000, "{queued}");
    gate.store(true, Ordering::SeqCst);
    for (number, client) in clients.iter_mut().enumerate() {
        client.until(&format!("\r\n\r\n/n{number:08}"));
    }
}

#[test]
fn a_client_that_goes_away_is_told_once() {
    let stage = Stage::open(config(), |_, _| {});
    for is_half in [false, true] {
        let mut client = stage.client();
        client.send(get(&format!("/{is_half}")));
        let id = stage.until_request(&format!("/{is_half}"));
        if is_half {
            client.end();
        } else {
            drop(client);
        }
        stage.until_gone(id);
        // too late
        stage.send(|replies| {
            replies.respond(id, 200, b"late");
            replies.pull(id);
        });
    }
    let mut client = stage.client();
    client.send(get("/stream"));
    let id = stage.until_request("/stream");
    stage.send(|replies| replies.start(id, 200, "", None));
    client.until("\r\n\r\n");
    drop(client);
    stage.until_gone(id);
    let gone = stage
        .events()
        .into_iter()
        .filter(|event| matches!(event, Event::Gone(_)));
    assert_eq!(gone.count(), 3);
    assert_eq!(
        (stage.front.stats().aborted, stage.front.stats().pending),
        (3, 0)
    );
}

#[test]
fn a_pipeline_that_waits_is_read_ahead_in_bounds() {
    let stage = Stage::open(config(), |_, _| {});
    let mut client = stage.client();
    client.socket.set_nonblocking(true).unwrap();
    let piece = get("/pipelined").repeat(1_000);
    let (mut sent, mut idle) = (0, 0);
    while idle < 20 && sent < 50_000_000 {
        if let Ok(bytes) = std::io::Write::write(&mut client.socket, piece.as_bytes()) {
            (sent, idle) = (sent + bytes, 0);
        } else {
            idle += 1;
            std::thread::sleep(Duration::from_millis(10));
        }
    }
    assert!(sent < 20_000_000, "{sent}");
    assert_eq!(stage.front.stats().requests, 1);
}

#[test]
fn ids_of_the_past_and_of_nobody_are_ignored() {
    let stage = Stage::open(config(), echo);
    let mut client = stage.client();
    client.send(get("/1")).until("/1");
    let id = stage.until_request("/1");
    let strangers = [
        id,
        Id {
            generation: id.generation.wrapping_add(1_000), // not that of the next one, which comes at once
            ..id
        },
        Id {
            generation: id.generation.wrapping_sub(1),
            ..id
        },
        Id {
            slot: id.slot + 1,
            ..id
        },
        Id {
            slot: 1 << 25,
            ..id
        },
        Id {
            slot: u32::MAX - 1,
            ..id
        },
        NOBODY,
    ];
    stage.send(|replies| {
        for id in strangers {
            replies.respond(id, 200, b"wrong");
            replies.start(id, 200, "", None);
            replies.data(id, b"wrong", true);
            replies.end(id, "");
            replies.abort(id);
            replies.pull(id);
            replies.inform(id, 103, "");
            replies.fill_end(77, true);
        }
    });
    let answer = client.send(get("/2")).until("/2");
    assert!(!answer.contains("wrong"));
    assert_eq!(stage.errors(), []);
}

#[test]
fn records_out_of_order_do_no_harm() {
    let stage = Stage::open(config(), |event, replies| {
        if let Event::Request(id, _) = event {
            replies.data(*id, b"wrong", true);
            replies.end(*id, "");
            replies.abort(*id);
            replies.start(*id, 200, "", None);
            replies.start(*id, 200, "", None);
            replies.respond(*id, 200, b"wrong");
            replies.inform(*id, 103, "");
            replies.data(*id, b"right", false);
            replies.end(*id, "");
            replies.data(*id, b"wrong", true);
            replies.end(*id, "");
        }
    });
    let mut client = stage.client();
    for _ in 0..3 {
        client.send(get("/1"));
        let answer = client.until("0\r\n\r\n");
        assert!(
            answer.ends_with("\r\n\r\n5\r\nright\r\n0\r\n\r\n"),
            "{answer}"
        );
    }
}

#[test]
fn records_that_are_none_are_refused_and_those_before_them_are_taken() {
    let words = |words: &[u32]| {
        words
            .iter()
            .flat_map(|word| word.to_le_bytes())
            .collect::<Vec<_>>()
    };
    let none = u32::MAX;
    let rows: [(Vec<u8>, WireError); 16] = [
        (vec![1], WireError::Truncated),
        (words(&[0]), WireError::Length),
        (words(&[12, 5, 0]), WireError::Length),
        (words(&[17, 5, 0, 0, 0]), WireError::Length),
        (words(&[20, 5, 0, 0]), WireError::Truncated),
        (words(&[none - 3, 5, 0, 0]), WireError::Truncated),
        (words(&[16, 0, 0, 0]), WireError::Kind),
        (words(&[16, 9, 0, 0]), WireError::Kind),
        (words(&[16, 255, 0, 0]), WireError::Kind),
        (words(&[16, 1, 0, 0]), WireError::Length),
        (
            words(&[36, 1, 0, 0, 200, 4, 0, none, none]),
            WireError::Length,
        ),
        (
            words(&[36, 1, 0, 0, 200, 0, none, none, none]),
            WireError::Length,
        ),
        (
            words(&[36, 1, 0, 0, 200, none, none, none, none]),
            WireError::Length,
        ),
        (words(&[20, 3, 0, 0, 1]), WireError::Length),
        (words(&[20, 4, 0, 0, none]), WireError::Length),
        (words(&[16, 8, 0, 0]), WireError::Length),
    ];
    for (bytes, error) in rows {
        let stage = Stage::open(config(), |_, _| {});
        let mut client = stage.client();
        client.send(get("/1"));
        let id = stage.until_request("/1");
        let mut replies = Replies::default();
        replies.respond(id, 200, b"right");
        replies.bytes.extend(&bytes);
        stage.send_bytes(&replies.bytes);
        client.until("right");
        eventually(|| stage.errors() == [error], "it is refused");
        client.send(get("/2"));
        stage.until_request("/2");
    }
}

#[test]
fn a_buffer_that_is_too_short_for_a_record_is_told_and_nothing_is_lost() {
    let store = Store::new(1 << 20);
    let program = strata_engine::program::Program::parse(front_support::PROGRAM).unwrap();
    let front = strata_engine::Front::open(config(), program, store, Arc::new(|| {})).unwrap();
    let mut client = front_support::Client::new(front.address().port());
    client.send(get("/1"));
    eventually(|| front.stats().requests == 1, "it is asked");
    assert_eq!(front.exchange(&[], &mut [0; 50]), Err(WireError::Room));
    let mut into = [0; 500];
    let taken = front.exchange(&[], &mut into).unwrap();
    assert_eq!(front_support::events_of(&into[..taken]).len(), 1);
    assert_eq!(front.exchange(&[], &mut into), Ok(0));
}

#[test]
fn javascript_is_woken_once_for_many_requests() {
    let [has_begun, may_end] = [false, false].map(|is| Arc::new(AtomicBool::new(is)));
    let (begun, gate) = (Arc::clone(&has_begun), Arc::clone(&may_end));
    let stage = Stage::open(config(), move |event, _| {
        if matches!(event, Event::Request(_, asked) if asked.target == "/first") {
            begun.store(true, Ordering::SeqCst);
            let since = Instant::now();
            while !gate.load(Ordering::SeqCst) && since.elapsed() < PATIENCE {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
    });
    let mut clients: Vec<_> = (0..50).map(|_| stage.client()).collect();
    clients[0].send(get("/first"));
    eventually(|| has_begun.load(Ordering::SeqCst), "JavaScript is busy");
    let before = stage.wakes();
    for client in &mut clients[1..] {
        client.send(get("/other"));
    }
    eventually(|| stage.front.stats().requests == 50, "all are there");
    assert!(stage.wakes() - before <= 1, "{}", stage.wakes() - before);
    may_end.store(true, Ordering::SeqCst);
    eventually(|| stage.events().len() == 50, "all are asked");
}

/// Panics when it is told to.
struct Trap(AtomicBool);

impl Clock for Trap {
    fn now(&self) -> Moment {
        assert!(!self.0.load(Ordering::SeqCst), "the trap");
        Monotonic.now()
    }
}

#[test]
fn a_panic_costs_its_connection_only() {
    let trap = Arc::new(Trap(AtomicBool::new(false)));
    let store = Store::with_clock(1 << 20, Arc::clone(&trap) as Arc<dyn Clock>);
    let stage = Stage::open_with(
        Config {
            threads: 1,
            ..config()
        },
        store,
        echo,
    );
    let mut other = stage.client();
    other.send(get("/b/1")).until("/b/1");
    std::panic::set_hook(Box::new(|_| {})); // no noise
    trap.0.store(true, Ordering::SeqCst);
    for number in 1..=3 {
        let mut client = stage.client();
        client.send(get("/a"));
        assert_eq!(client.closed(), "");
        eventually(|| stage.front.stats().panics == number, "it is counted");
    }
    trap.0.store(false, Ordering::SeqCst);
    other.send(get("/b/2")).until("/b/2");
    stage.client().send(get("/a")).until("\r\n\r\n/a");
    eventually(|| stage.front.stats().connections <= 2, "they are gone");
}

#[test]
fn hints_are_left_out_where_the_client_reads_none() {
    let head = format!("link: </{}>\r\n", "a".repeat(1_000));
    let stage = Stage::open(config(), move |event, replies| {
        if let Event::Request(id, _) = event {
            for _ in 0..50_000 {
                replies.inform(*id, 103, &head);
            }
            replies.respond(*id, 200, b"whole");
        }
    });
    let mut client = stage.client();
    client.send(get("/1"));
    let answer = client.until("whole");
    let hints = statuses_of(&answer)
        .iter()
        .filter(|status| **status == 103)
        .count();
    assert!((50..10_000).contains(&hints), "{hints}");
}
