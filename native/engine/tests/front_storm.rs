//! Clients and a JavaScript that do whatever comes to their mind: nothing is left behind, and nothing panics.
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
    io::{Read, Write},
    net::Shutdown,
    thread,
    time::Duration,
};

use front_support::{Client, Event, Id, NOBODY, Replies, Stage, config, eventually, get};
use strata_engine::Config;

/// The same numbers for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

fn javascript(mut dice: Dice) -> impl FnMut(&Event, &mut Replies) + Send + 'static {
    let mut late: Vec<Id> = Vec::new();
    move |event, replies| {
        let id = event.id();
        if let Event::Request(_, asked) = event {
            if asked.token != 0 {
                replies.fill_end(asked.token, dice.roll(4) == 0);
            }
            if id == NOBODY {
                return;
            }
            late.push(id);
        }
        if *event == Event::Closed {
            return;
        }
        for _ in 0..dice.roll(4) {
            let which = usize::try_from(dice.roll(late.len() as u64 + 1)).unwrap();
            let id = late.get(which).copied().unwrap_or(id);
            act(&mut dice, id, replies);
        }
        if late.len() > 50 {
            for id in late.drain(..) {
                replies.respond(id, 200, b"late");
                replies.end(id, "");
                replies.abort(id);
            }
        }
    }
}

fn act(dice: &mut Dice, id: Id, replies: &mut Replies) {
    let data = vec![b'd'; usize::try_from(dice.roll(20_000)).unwrap()];
    match dice.roll(9) {
        0 => replies.respond(id, 200, &data),
        1 => replies.respond_with(id, 1, 404, "a: b\r\n", &data, None),
        2 => replies.start(id, 200, "", None),
        3 => replies.start(id, 200, "", Some(dice.roll(30_000))),
        4 => replies.data(id, &data, dice.roll(2) == 0),
        5 => replies.end(id, "x: y\r\n"),
        6 => replies.abort(id),
        7 => replies.inform(id, 103, "link: </a>\r\n"),
        _ => replies.pull(id),
    }
}

fn client(port: u16, mut dice: Dice) {
    for _ in 0..150 {
        let mut client = Client::new(port);
        client
            .socket
            .set_read_timeout(Some(Duration::from_millis(5)))
            .unwrap();
        for _ in 0..dice.roll(6) {
            let message = message(&mut dice);
            let cut = usize::try_from(dice.roll(message.len() as u64 + 1)).unwrap();
            let whole = dice.roll(4) != 0;
            let sent = if whole {
                message.as_slice()
            } else {
                &message[..cut]
            };
            if client.socket.write_all(sent).is_err() {
                break;
            }
            if dice.roll(2) == 0 {
                let _ = client.socket.read(&mut [0; 4_096]);
            }
        }
        if dice.roll(3) == 0 {
            let _ = client.socket.shutdown(Shutdown::Write);
            while client
                .socket
                .read(&mut [0; 4_096])
                .is_ok_and(|read| read > 0)
            {}
        }
    }
}

fn message(dice: &mut Dice) -> Vec<u8> {
    let body = "b".repeat(usize::try_from(dice.roll(40_000)).unwrap());
    let text = match dice.roll(8) {
        0 => get("/a"),
        1 => get("/b/1").repeat(20),
        2 => "HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
        3 => format!("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{body}", body.len()),
        4 => format!("POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n", body.len().max(1)),
        5 => "POST /p HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n123456789".to_owned(),
        6 => "GET /b/2 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n".to_owned(),
        _ => format!("\r\nGET /a?{} HTTP/1.1\r\nHost: x\r\n\r\n", &body[..body.len() / 10]),
    };
    text.into_bytes()
}

#[test]
fn a_storm_leaves_nothing_behind() {
    let ms = Duration::from_millis;
    let config = Config {
        pending: 40,
        waiters: 3,
        connections: 30,
        header_timeout: ms(200),
        idle_timeout: ms(100),
        body_timeout: ms(100),
        write_timeout: ms(100),
        handler_timeout: ms(100),
        ..config()
    };
    let stage = Stage::open(config, javascript(Dice(42)));
    let port = stage.front.address().port();
    let clients: Vec<_> = (1..=8)
        .map(|seed| thread::spawn(move || client(port, Dice(seed * 7_919))))
        .collect();
    for client in clients {
        client.join().unwrap();
    }
    // behind 64 KB that nobody has read it does not show that a client is gone: these wait for JavaScript
    for event in stage.events() {
        if let Event::Request(id, _) = event {
            stage.send(|replies| {
                replies.respond(id, 200, b"");
                replies.abort(id);
            });
        }
    }
    eventually(|| stage.front.stats().connections == 0, "all are gone");
    let stats = stage.front.stats();
    assert_eq!((stats.panics, stats.pending), (0, 0), "{stats:?}");
    assert!(stats.requests > 500, "{stats:?}");
    assert_eq!(stage.store.stats().waiters, 0);
    assert_eq!(stage.errors(), []);
}
