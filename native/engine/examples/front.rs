//! What a request costs the IO thread, in its own CPU time, by hits and by answers of a JavaScript that is a thread:
//! `cargo run --release -p strata-engine --example front`. On Linux, where the kernel tells the time of each thread. Counts of
//! calls: `strace -f -c`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::naive_bytecount,
    reason = "a measurement that cannot go on ends"
)]

use std::{
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, TcpStream},
    sync::{Arc, Condvar, Mutex},
    thread,
    time::{Duration, Instant},
};

use strata_engine::{Config, Front, LARGEST_RECORD, program::Program, store::Store};

const CONNECTIONS: usize = 64;
const ROUNDS: usize = 2_000;

const PROGRAM: &str = r#"{ "version": 1, "table": { "version": 1,
    "nodes": [[["hit", 1], -1, -1, -1], [[], -1, 0, -1]], "leaves": [["GET", 0]], "names": [[]] },
    "methods": ["GET"], "allow": "GET", "rules": [{ "id": 1, "policy": true }] }"#;

type Signal = Arc<(Mutex<bool>, Condvar)>;

fn main() {
    let store = Store::new(1 << 26);
    store.coherent_until(f64::INFINITY);
    let signal = Signal::default();
    let wake = {
        let signal = Arc::clone(&signal);
        Arc::new(move || {
            *signal.0.lock().unwrap() = true;
            signal.1.notify_one();
        })
    };
    let program = Program::parse(PROGRAM).unwrap();
    let front = Front::open(config(), program, Arc::clone(&store), wake).unwrap();
    let js = thread::Builder::new().name("js".to_owned()).spawn({
        let (front, store) = (Arc::clone(&front), Arc::clone(&store));
        move || answer(&front, &store, &signal)
    });
    drop(js);
    let port = front.address().port();
    let mut clients: Vec<_> = (0..CONNECTIONS).map(|_| connect(port)).collect();
    thread::sleep(Duration::from_millis(50));
    for (name, request) in [
        ("hits", "GET /hit HTTP/1.1\r\n"),
        ("hits, 16 in a row", "GET /hit HTTP/1.1\r\n"),
        ("answers of JavaScript", "GET /miss/x HTTP/1.1\r\n"),
    ] {
        let depth = if name.contains("row") { 16 } else { 1 };
        let message = format!(
            "{request}Host: example.com\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nAccept: text/html\r\n\
             Accept-Encoding: gzip, deflate, br\r\nAccept-Language: en\r\n\r\n"
        )
        .repeat(depth);
        round(&mut clients, &message, depth); // fills
        let before = times();
        let begin = Instant::now();
        for _ in 0..ROUNDS / depth {
            round(&mut clients, &message, depth);
        }
        let requests = (ROUNDS / depth * depth * CONNECTIONS) as f64;
        let each = |place: usize| (times()[place] - before[place]) as f64 / 1_000.0 / requests;
        println!(
            "{name}: IO thread {:.2} us, JavaScript {:.2} us a request, {:.0} a second",
            each(0),
            each(1),
            requests / begin.elapsed().as_secs_f64()
        );
    }
    let mut idle: Vec<_> = Vec::new();
    let before = resident();
    for _ in 0..5_000 {
        let mut client = connect(port);
        client
            .write_all(b"GET /hit HTTP/1.1\r\nHost: example.com\r\n\r\n")
            .unwrap();
        read_answers(&mut client, 1);
        idle.push(client);
    }
    println!(
        "an idle connection: {} bytes",
        (resident() - before) / idle.len()
    );
    println!("{:?}", front.stats());
    front.join();
}

fn config() -> Config {
    let second = Duration::from_secs(1);
    Config {
        front: 1,
        ip: Ipv4Addr::LOCALHOST.into(),
        port: 0,
        shares_port: false,
        threads: 1,
        header_bytes: 16_384,
        header_fields: 100,
        connections: 100_000,
        pending: 10_000,
        waiters: 1_000,
        header_timeout: 10 * second,
        idle_timeout: 75 * second,
        request_timeout: 300 * second,
        body_timeout: 30 * second,
        write_timeout: 30 * second,
        handler_timeout: 30 * second,
    }
}

fn connect(port: u16) -> TcpStream {
    let client = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    client.set_nodelay(true).unwrap();
    client
}

fn round(clients: &mut [TcpStream], message: &str, answers: usize) {
    for client in clients.iter_mut() {
        client.write_all(message.as_bytes()).unwrap();
    }
    for client in clients {
        read_answers(client, answers);
    }
}

/// Each ends with the only `!` in it.
fn read_answers(client: &mut TcpStream, mut answers: usize) {
    let mut buffer = [0; 16_384];
    while answers > 0 {
        let read = client.read(&mut buffer).unwrap();
        assert!(read > 0);
        answers -= buffer[..read].iter().filter(|&&byte| byte == b'!').count();
    }
}

fn word(bytes: &[u8], place: usize) -> u32 {
    u32::from_le_bytes(bytes[place * 4..place * 4 + 4].try_into().unwrap())
}

fn push(out: &mut Vec<u8>, words: &[u32]) {
    out.extend(words.iter().flat_map(|word| word.to_le_bytes()));
}

/// A page of 1 KB for what is asked; what has a token and is not `/miss` is kept.
fn answer(front: &Front, store: &Store, signal: &Signal) {
    let body = [[b'x'; 1_023].as_slice(), b"!"].concat();
    let head = b"content-type: text/html\r\n    ".as_slice();
    let head = &head[..25];
    let mut into = vec![0; LARGEST_RECORD];
    let mut out = Vec::new();
    loop {
        {
            let mut is_set = signal.0.lock().unwrap();
            while !*is_set {
                is_set = signal.1.wait(is_set).unwrap();
            }
            *is_set = false;
        }
        loop {
            let Ok(taken) = front.exchange(&out, &mut into) else {
                return;
            };
            out.clear();
            if taken == 0 {
                break;
            }
            let mut rest = &into[..taken];
            while !rest.is_empty() {
                let record = &rest[..word(rest, 0) as usize];
                rest = &rest[record.len()..];
                match word(record, 1) & 0xff {
                    1 => {}
                    7 => return,
                    _ => continue,
                }
                let fill = word(record, 6);
                if fill != 0 {
                    store.put(fill, &meta(&body), &body, &[], 0);
                    push(&mut out, &[20, 8, u32::MAX, 0, fill]);
                }
                let length = 36 + 28 + body.len();
                let length = u32::try_from(length).unwrap();
                push(
                    &mut out,
                    &[
                        length,
                        1,
                        word(record, 2),
                        word(record, 3),
                        200,
                        25,
                        1_024,
                        0,
                        0,
                    ],
                );
                out.extend_from_slice(head);
                out.extend_from_slice(&[0; 3]);
                out.extend_from_slice(&body);
            }
        }
    }
}

fn meta(body: &[u8]) -> Vec<u8> {
    let head = format!(
        "content-type: text/html\r\ndate: Sat, 28 Nov 2026 11:22:33 GMT\r\netag: \"1\"\r\ncontent-length: {}\r\n",
        body.len()
    );
    let mut meta = Vec::new();
    push(&mut meta, &[200]);
    for ms in [0.0, 3_600_000.0, 0.0] {
        meta.extend(f64::to_le_bytes(ms));
    }
    let lengths = [body.len(), head.len(), 0, 0, 0, 0, 0];
    push(&mut meta, &[0, 1, 0, 0]);
    push(
        &mut meta,
        &lengths.map(|length| u32::try_from(length).unwrap()),
    );
    meta.extend(head.as_bytes());
    meta
}

/// Nanoseconds on the processor of the IO thread, and of JavaScript.
fn times() -> [u64; 2] {
    let mut times = [0; 2];
    for task in fs::read_dir("/proc/self/task").unwrap() {
        let path = task.unwrap().path();
        let name = fs::read_to_string(path.join("comm")).unwrap();
        let time = fs::read_to_string(path.join("schedstat")).unwrap();
        let time: u64 = time.split(' ').next().unwrap().parse().unwrap();
        match name.trim() {
            "strata-io-0" => times[0] = time,
            "js" => times[1] = time,
            _ => {}
        }
    }
    times
}

/// Bytes.
fn resident() -> usize {
    let pages = fs::read_to_string("/proc/self/statm").unwrap();
    let pages: usize = pages.split(' ').nth(1).unwrap().parse().unwrap();
    pages * 4_096
}
