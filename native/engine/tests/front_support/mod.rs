//! A front with a JavaScript that is a thread: it takes records, and answers as a test says.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "each test uses part of it, and a test may panic"
)]

use std::{
    collections::HashMap,
    io::{ErrorKind, Read, Write},
    net::{Ipv4Addr, Shutdown, TcpStream},
    sync::{Arc, Condvar, Mutex},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use strata_engine::{Config, Front, LARGEST_RECORD, WireError, program::Program, store::Store};

pub const PATIENCE: Duration = Duration::from_secs(10);

pub fn config() -> Config {
    Config {
        front: 1,
        ip: Ipv4Addr::LOCALHOST.into(),
        port: 0,
        shares_port: false,
        threads: 2,
        header_bytes: 16_384,
        header_fields: 100,
        connections: 10_000,
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

/// `GET /a` is route 0, with a rule; `GET /b/:id` is route 1, without one. Everything else has no route.
pub const PROGRAM: &str = r#"{
    "version": 7,
    "table": {
        "version": 1,
        "nodes": [
            [["a", 1, "b", 2], -1, -1, -1],
            [[], -1, 0, -1],
            [[], 3, -1, -1],
            [[], -1, 1, -1]
        ],
        "leaves": [["GET", 0], ["GET", 1]],
        "names": [[], ["id"]]
    },
    "methods": ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"],
    "allow": "GET, HEAD, OPTIONS, POST",
    "hosts": null,
    "redirectTrailingSlash": false,
    "rules": [{ "id": 1, "policy": true, "query": null, "headers": [], "cookies": null, "cookieBypasses": false, "serverTiming": false }, null]
}"#;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Id {
    pub slot: u32,
    pub generation: u32,
}

pub const NOBODY: Id = Id {
    slot: u32::MAX,
    generation: 0,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub flags: u32,
    pub program: u32,
    pub route: i32,
    pub token: u32,
    pub birth: u64,
    /// `None`: in chunks.
    pub length: Option<u64>,
    pub method: String,
    pub authority: String,
    pub target: String,
    pub path: String,
    pub client: String,
    pub fields: Vec<(String, String)>,
    pub ranges: Vec<(u32, u32)>,
    pub body: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    Request(Id, Box<Asked>),
    Data(Id, Vec<u8>),
    End(Id),
    Error(Id, u32),
    Gone(Id),
    Drained(Id),
    Closed,
}

impl Event {
    pub fn id(&self) -> Id {
        match self {
            Self::Request(id, _)
            | Self::Data(id, _)
            | Self::End(id)
            | Self::Error(id, _)
            | Self::Gone(id)
            | Self::Drained(id) => *id,
            Self::Closed => NOBODY,
        }
    }
}

fn word(bytes: &[u8], place: usize) -> u32 {
    u32::from_le_bytes(bytes[place * 4..place * 4 + 4].try_into().unwrap())
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

pub fn events_of(mut bytes: &[u8]) -> Vec<Event> {
    let mut events = Vec::new();
    while !bytes.is_empty() {
        let length = word(bytes, 0) as usize;
        assert_eq!(length % 4, 0, "records are whole words");
        events.push(event_of(&bytes[..length]));
        bytes = &bytes[length..];
    }
    events
}

fn event_of(record: &[u8]) -> Event {
    let id = Id {
        slot: word(record, 2),
        generation: word(record, 3),
    };
    match word(record, 1) & 0xff {
        1 => Event::Request(id, Box::new(asked_of(record))),
        2 => Event::Data(id, record[20..20 + word(record, 4) as usize].to_vec()),
        3 => Event::End(id),
        4 => Event::Error(id, word(record, 4)),
        5 => Event::Gone(id),
        6 => Event::Drained(id),
        7 => Event::Closed,
        kind => panic!("kind {kind}"),
    }
}

const METHODS: [&str; 8] = [
    "", "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS",
];

fn asked_of(record: &[u8]) -> Asked {
    let long = |place| u64::from(word(record, place)) | u64::from(word(record, place + 1)) << 32;
    let ranges = word(record, 18) as usize;
    let mut at = 80 + ranges * 8;
    let mut text = |length: u32| {
        let begin = at;
        at += length as usize;
        &record[begin..at]
    };
    let other = latin1(text(word(record, 12)));
    let authority = latin1(text(word(record, 13)));
    let target = latin1(text(word(record, 14)));
    let path = latin1(text(word(record, 15)));
    let client = latin1(text(word(record, 16)));
    let fields = latin1(text(word(record, 17)));
    let mut parts = fields.split('\0').map(str::to_owned);
    let mut pairs = Vec::new();
    while let (Some(name), Some(value)) = (parts.next(), parts.next()) {
        pairs.push((name, value));
    }
    let body_at = at.next_multiple_of(4);
    let method = METHODS[word(record, 11) as usize];
    Asked {
        flags: word(record, 1) >> 8,
        program: word(record, 4),
        route: word(record, 5).cast_signed(),
        token: word(record, 6),
        birth: long(7),
        length: Some(long(9)).filter(|&length| length != u64::MAX),
        method: if method.is_empty() {
            other
        } else {
            method.to_owned()
        },
        authority,
        target,
        path,
        client,
        fields: pairs,
        ranges: (0..ranges)
            .map(|place| (word(record, 20 + place * 2), word(record, 21 + place * 2)))
            .collect(),
        body: record[body_at..body_at + word(record, 19) as usize].to_vec(),
    }
}

/// Records for the front.
#[derive(Default)]
pub struct Replies {
    pub bytes: Vec<u8>,
}

impl Replies {
    pub fn record(&mut self, kind: u32, flags: u32, id: Id, words: &[u32], texts: &[&[u8]]) {
        let begin = self.bytes.len();
        for word in [0, kind | flags << 8, id.slot, id.generation]
            .iter()
            .chain(words)
        {
            self.bytes.extend_from_slice(&word.to_le_bytes());
        }
        for text in texts {
            self.bytes.extend_from_slice(text);
            while !(self.bytes.len() - begin).is_multiple_of(4) {
                self.bytes.push(0);
            }
        }
        let length = u32::try_from(self.bytes.len() - begin).unwrap();
        self.bytes[begin..begin + 4].copy_from_slice(&length.to_le_bytes());
    }

    pub fn respond_with(
        &mut self,
        id: Id,
        flags: u32,
        status: u32,
        head: &str,
        body: &[u8],
        announced: Option<u64>,
    ) {
        let [low, high] = halves(announced);
        let lengths = [len(head.as_bytes()), len(body)];
        let words = [status, lengths[0], lengths[1], low, high];
        self.record(1, flags, id, &words, &[head.as_bytes(), body]);
    }

    pub fn respond(&mut self, id: Id, status: u32, body: &[u8]) {
        self.respond_with(id, 0, status, "x-a: b\r\n", body, None);
    }

    pub fn start(&mut self, id: Id, status: u32, head: &str, length: Option<u64>) {
        let [low, high] = halves(length);
        let words = [status, len(head.as_bytes()), 0, low, high];
        self.record(2, 0, id, &words, &[head.as_bytes()]);
    }

    pub fn data(&mut self, id: Id, data: &[u8], asks_drained: bool) {
        self.record(3, u32::from(asks_drained), id, &[len(data)], &[data]);
    }

    pub fn end(&mut self, id: Id, trailers: &str) {
        self.record(
            4,
            0,
            id,
            &[len(trailers.as_bytes())],
            &[trailers.as_bytes()],
        );
    }

    pub fn abort(&mut self, id: Id) {
        self.record(5, 0, id, &[], &[]);
    }

    pub fn pull(&mut self, id: Id) {
        self.record(6, 0, id, &[], &[]);
    }

    pub fn inform(&mut self, id: Id, status: u32, head: &str) {
        self.record(
            7,
            0,
            id,
            &[status, len(head.as_bytes())],
            &[head.as_bytes()],
        );
    }

    pub fn fill_end(&mut self, token: u32, is_hit_for_miss: bool) {
        self.record(8, u32::from(is_hit_for_miss), NOBODY, &[token], &[]);
    }
}

fn len(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap()
}

fn halves(value: Option<u64>) -> [u32; 2] {
    let value = value.unwrap_or(u64::MAX);
    [
        u32::try_from(value & 0xffff_ffff).unwrap(),
        u32::try_from(value >> 32).unwrap(),
    ]
}

#[derive(Default)]
struct Signal {
    state: Mutex<(bool, u64)>,
    changed: Condvar,
}

impl Signal {
    fn set(&self) {
        let mut state = self.state.lock().unwrap();
        state.0 = true;
        state.1 += 1;
        self.changed.notify_all();
    }

    /// Whether it was set within a while.
    fn wait(&self) -> bool {
        let state = self.state.lock().unwrap();
        let (mut state, _) = self
            .changed
            .wait_timeout_while(state, Duration::from_millis(200), |state| !state.0)
            .unwrap();
        std::mem::take(&mut state.0)
    }
}

#[derive(Default)]
struct Script {
    /// From outside of the app.
    replies: Mutex<Vec<u8>>,
    events: Mutex<Vec<Event>>,
    seen: Condvar,
    is_over: Mutex<bool>,
    errors: Mutex<Vec<WireError>>,
}

/// A front under test.
pub struct Stage {
    pub front: Arc<Front>,
    pub store: Arc<Store>,
    script: Arc<Script>,
    signal: Arc<Signal>,
    js: Option<JoinHandle<()>>,
}

impl Stage {
    /// What `app` puts into its replies is sent.
    pub fn open(config: Config, app: impl FnMut(&Event, &mut Replies) + Send + 'static) -> Self {
        let store = Store::new(1 << 24);
        store.coherent_until(f64::INFINITY);
        Self::open_with(config, store, app)
    }

    pub fn open_with(
        config: Config,
        store: Arc<Store>,
        mut app: impl FnMut(&Event, &mut Replies) + Send + 'static,
    ) -> Self {
        let signal = Arc::new(Signal::default());
        let script = Arc::new(Script::default());
        let wake = {
            let signal = Arc::clone(&signal);
            Arc::new(move || signal.set())
        };
        let program = Program::parse(PROGRAM).unwrap();
        let front = Front::open(config, program, Arc::clone(&store), wake).unwrap();
        let js = thread::spawn({
            let (front, script, signal) =
                (Arc::clone(&front), Arc::clone(&script), Arc::clone(&signal));
            move || run_js(&front, &script, &signal, &mut app)
        });
        Self {
            front,
            store,
            script,
            signal,
            js: Some(js),
        }
    }

    pub fn client(&self) -> Client {
        Client::new(self.front.address().port())
    }

    /// Sends from outside of the app.
    pub fn send(&self, write: impl FnOnce(&mut Replies)) {
        let mut replies = Replies::default();
        write(&mut replies);
        self.send_bytes(&replies.bytes);
    }

    pub fn send_bytes(&self, bytes: &[u8]) {
        self.script.replies.lock().unwrap().extend_from_slice(bytes);
        self.signal.set();
    }

    /// Waits until there is such an event.
    pub fn until<T>(&self, find: impl Fn(&Event) -> Option<T>) -> T {
        let events = self.script.events.lock().unwrap();
        let (events, timeout) = self
            .script
            .seen
            .wait_timeout_while(events, PATIENCE, |events| {
                !events.iter().any(|event| find(event).is_some())
            })
            .unwrap();
        assert!(!timeout.timed_out(), "no such event among {}", events.len());
        events.iter().find_map(find).unwrap()
    }

    pub fn until_request(&self, target: &str) -> Id {
        self.until(|event| match event {
            Event::Request(id, asked) if asked.target == target => Some(*id),
            _ => None,
        })
    }

    pub fn until_gone(&self, id: Id) {
        self.until(|event| (*event == Event::Gone(id)).then_some(()));
    }

    pub fn events(&self) -> Vec<Event> {
        self.script.events.lock().unwrap().clone()
    }

    pub fn errors(&self) -> Vec<WireError> {
        self.script.errors.lock().unwrap().clone()
    }

    pub fn wakes(&self) -> u64 {
        self.signal.state.lock().unwrap().1
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.front.join();
        *self.script.is_over.lock().unwrap() = true;
        self.signal.set();
        let js = self.js.take().map(JoinHandle::join);
        if !thread::panicking() {
            assert!(js.is_none_or(|js| js.is_ok()), "the app panicked");
        }
    }
}

fn run_js(
    front: &Front,
    script: &Script,
    signal: &Signal,
    app: &mut impl FnMut(&Event, &mut Replies),
) {
    let mut into = vec![0; LARGEST_RECORD];
    while !*script.is_over.lock().unwrap() {
        if !signal.wait() {
            continue;
        }
        let mut replies = Replies::default();
        loop {
            replies
                .bytes
                .extend(std::mem::take(&mut *script.replies.lock().unwrap()));
            let taken = front.exchange(&replies.bytes, &mut into);
            replies.bytes.clear();
            match taken {
                Ok(0) => break,
                Ok(bytes) => {
                    let events = events_of(&into[..bytes]);
                    for event in &events {
                        app(event, &mut replies);
                    }
                    script.events.lock().unwrap().extend(events);
                    script.seen.notify_all();
                }
                Err(error) => script.errors.lock().unwrap().push(error),
            }
        }
    }
}

/// Answers whatever is asked.
pub fn echo(event: &Event, replies: &mut Replies) {
    if let Event::Request(id, asked) = event {
        replies.respond(*id, 200, asked.target.as_bytes());
    }
}

/// Reads bodies to their end, and tells how long they were.
pub fn reader() -> impl FnMut(&Event, &mut Replies) + Send + 'static {
    let mut got: HashMap<Id, usize> = HashMap::new();
    move |event, replies| {
        let id = event.id();
        match event {
            Event::Request(_, asked) => {
                if asked.flags & 1 << 4 != 0 || asked.length == Some(0) {
                    replies.respond(id, 200, format!("got {}", asked.body.len()).as_bytes());
                } else {
                    got.insert(id, 0);
                    replies.pull(id);
                }
            }
            Event::Data(_, data) => {
                *got.entry(id).or_default() += data.len();
                replies.pull(id);
            }
            Event::End(_) => {
                let bytes = got.remove(&id).unwrap();
                replies.respond(id, 200, format!("got {bytes}").as_bytes());
            }
            Event::Error(_, status) => replies.respond(id, *status, b"broken"),
            _ => {}
        }
    }
}

/// Of bytes, to the letter.
pub struct Client {
    pub socket: TcpStream,
    pub got: String,
}

impl Client {
    pub fn new(port: u16) -> Self {
        let socket = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket.set_nodelay(true).unwrap();
        Self {
            socket,
            got: String::new(),
        }
    }

    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        // one that is refused may be closed already
        let _ = self.socket.write_all(bytes.as_ref());
        self
    }

    /// All that came, as soon as `text` is in it; it is cut off there for the next time.
    pub fn until(&mut self, text: &str) -> String {
        let begin = Instant::now();
        let mut searched = 0;
        loop {
            if let Some(at) = self.got[searched..].find(text).map(|at| searched + at) {
                let rest = self.got.split_off(at + text.len());
                return std::mem::replace(&mut self.got, rest);
            }
            // Latin-1 may have taken two bytes for one
            searched = self.got.len().saturating_sub(text.len());
            while !self.got.is_char_boundary(searched) {
                searched -= 1;
            }
            let is_late = begin.elapsed() > PATIENCE;
            assert!(
                !is_late && self.read() > 0,
                "{text:?} does not come: {}",
                self.end_of_got()
            );
        }
    }

    /// So many bytes.
    pub fn take(&mut self, bytes: usize) {
        while self.got.len() < bytes {
            assert!(
                self.read() > 0,
                "{bytes} bytes do not come: {}",
                self.end_of_got()
            );
        }
        self.got.drain(..bytes);
    }

    fn end_of_got(&self) -> String {
        let skipped = self.got.chars().count().saturating_sub(300);
        format!(
            "{skipped} and {:?}",
            self.got.chars().skip(skipped).collect::<String>()
        )
    }

    fn read(&mut self) -> usize {
        let mut buffer = [0; 16_384];
        match self.socket.read(&mut buffer) {
            Ok(read) => {
                self.got.push_str(&latin1(&buffer[..read]));
                read
            }
            Err(error) if error.kind() == ErrorKind::ConnectionReset => 0,
            Err(error) => panic!("{error}, after {}", self.end_of_got()),
        }
    }

    /// All that comes.
    pub fn closed(mut self) -> String {
        while self.read() > 0 {}
        self.got
    }

    pub fn end(&self) {
        let _ = self.socket.shutdown(Shutdown::Write);
    }
}

pub fn statuses_of(answers: &str) -> Vec<u16> {
    answers
        .match_indices("HTTP/1.1 ")
        .map(|(at, _)| answers[at + 9..at + 12].parse().unwrap())
        .collect()
}

pub fn get(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: x\r\n\r\n")
}

/// Waits for what other threads do.
pub fn eventually(mut is_so: impl FnMut() -> bool, what: &str) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < PATIENCE, "it never happens: {what}");
        thread::sleep(Duration::from_millis(2));
    }
}
