//! A store with a clock that is moved by hand, requests written as they come, and responses as JavaScript describes them.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, Weak};

use strata_engine::flight::{Joined, Landed, Leader, Waiter, Wake};
use strata_engine::framing::Framing;
use strata_engine::head::{Limits, Parsed, parse_head};
use strata_engine::moment::{Clock, Moment};
use strata_engine::request::Request;
use strata_engine::rule::Rule;
use strata_engine::store::{Kind, Outcome, Scratch, Store};

#[derive(Default)]
pub struct Manual(AtomicI64);

impl Clock for Manual {
    fn now(&self) -> Moment {
        Moment::of_micros(self.0.load(Ordering::SeqCst))
    }
}

/// What waiters were told.
#[derive(Default)]
pub struct Woken(Mutex<Vec<(u32, Landed)>>);

impl Wake for Woken {
    fn wake(&self, waiters: Vec<Waiter>, landed: Landed) {
        let mut woken = self.0.lock().expect("no test panics with it");
        woken.extend(waiters.iter().map(|waiter| (waiter.slot, landed)));
    }
}

pub struct Site {
    pub store: Arc<Store>,
    pub rule: Rule,
    pub front: u32,
    clock: Arc<Manual>,
    woken: Arc<Woken>,
}

pub const MB: u64 = 1024 * 1024;

pub const fn rule() -> RuleOf {
    RuleOf {
        query: None,
        headers: &[],
        cookies: None,
    }
}

/// A rule in few words.
pub struct RuleOf {
    pub query: Option<&'static [&'static str]>,
    pub headers: &'static [&'static str],
    pub cookies: Option<&'static [&'static str]>,
}

impl From<&RuleOf> for Rule {
    fn from(of: &RuleOf) -> Self {
        let names = |names: &[&str]| names.iter().map(|name| name.as_bytes().into()).collect();
        Self {
            id: 1,
            has_policy: true,
            query: of.query.map(names),
            headers: names(of.headers),
            cookies: of.cookies.map(names),
            cookie_bypasses: false,
            via: None,
            server_timing: false,
        }
    }
}

impl Site {
    pub fn new() -> Self {
        Self::holding(64 * MB)
    }

    pub fn under(rule: &RuleOf) -> Self {
        Self {
            rule: rule.into(),
            ..Self::new()
        }
    }

    pub fn holding(max_bytes: u64) -> Self {
        let clock = Arc::new(Manual::default());
        let store = Store::with_clock(max_bytes, Arc::<Manual>::clone(&clock));
        store.coherent_until(f64::INFINITY);
        let woken = Arc::new(Woken::default());
        let wake: Weak<dyn Wake> = Arc::<Woken>::downgrade(&woken);
        store.attach(7, wake);
        Self {
            store,
            rule: Rule::from(&rule()),
            front: 7,
            clock,
            woken,
        }
    }

    /// Everything is heard for so many milliseconds from now.
    pub fn heard_for(&self, millis: f64) {
        self.store
            .coherent_until(self.store.now().millis() + millis);
    }

    pub fn pass(&self, millis: i64) {
        self.clock.0.fetch_add(millis * 1_000, Ordering::SeqCst);
    }

    pub fn woken(&self) -> Vec<(u32, Landed)> {
        std::mem::take(&mut *self.woken.0.lock().expect("no test panics with it"))
    }

    /// The request as the store is asked about it.
    pub fn within<T>(&self, asked: &Asked, then: impl FnOnce(&Request, &mut Scratch) -> T) -> T {
        let text = asked.text();
        let limits = Limits {
            header_bytes: 65_536,
            header_fields: 100,
            target_bytes: 65_536,
        };
        let Parsed::Head { head, .. } = parse_head(&text, &limits) else {
            panic!("no head: {asked:?}");
        };
        let (path, query) = match head.target.iter().position(|byte| *byte == b'?') {
            None => (&*head.target, None),
            Some(at) => (&head.target[..at], Some(&head.target[at + 1..])),
        };
        let request = Request {
            front: self.front,
            rule: &self.rule,
            method: head.method,
            has_body: head.framing != Framing::Empty,
            authority: &head.authority,
            path,
            query,
            fields: head.fields,
            seen: &head.seen,
            is_collapsed: asked.is_collapsed,
            lines: asked.lines.as_bytes(),
            now: self.clock.now(),
        };
        then(&request, &mut Scratch::default())
    }

    pub fn ask(&self, asked: &Asked) -> Told {
        self.within(asked, |request, scratch| {
            let mut out = b"before".to_vec();
            let outcome = self.store.answer(request, scratch, &mut out);
            let written = out.strip_prefix(b"before").expect("only appended to");
            match outcome {
                Outcome::Answered(answered) => {
                    let apart = answered.body.map(|body| body.bytes().to_vec());
                    Told::Answer(Answer::read(
                        written,
                        apart,
                        answered.kind,
                        answered.is_due,
                        answered.status,
                    ))
                }
                Outcome::Miss => {
                    assert!(written.is_empty());
                    Told::Miss
                }
                Outcome::Bypass => {
                    assert!(written.is_empty());
                    Told::Bypass
                }
            }
        })
    }

    pub fn join(&self, asked: &Asked, slot: u32) -> Joined {
        self.join_of(asked, slot, 1_000)
    }

    pub fn join_of(&self, asked: &Asked, slot: u32, most: usize) -> Joined {
        let waiter = Waiter {
            slot,
            generation: 1,
        };
        self.within(asked, |request, scratch| {
            self.store.answer(request, scratch, &mut Vec::new());
            self.store.join(request, scratch, waiter, most)
        })
    }

    pub fn lead(&self, asked: &Asked) -> Leader {
        match self.join(asked, 0) {
            Joined::Leader(leader) => leader,
            other => panic!("{asked:?}: {other:?}"),
        }
    }

    pub fn background(&self, asked: &Asked) -> Option<Leader> {
        self.within(asked, |request, scratch| {
            self.store.answer(request, scratch, &mut Vec::new());
            self.store.background(request, scratch)
        })
    }

    pub fn put(&self, leader: Leader, response: &Response) -> u64 {
        let (meta, packed) = response.described();
        let labels = response.labels.iter().map(|label| (*label).to_owned());
        let labels = labels.collect::<Vec<_>>();
        self.store.put(leader.token, &meta, &packed, &labels, 0)
    }

    /// Missed, fetched, put.
    pub fn fill(&self, asked: &Asked, response: &Response) -> u64 {
        let leader = self.lead(asked);
        let handle = self.put(leader, response);
        self.store.end(leader.token, false);
        handle
    }

    pub fn purge(&self, label: &str) {
        self.store.purge_labels(&[label.to_owned()]);
    }
}

#[derive(Clone, Debug)]
pub struct Asked {
    method: &'static str,
    target: String,
    fields: Vec<(String, Vec<u8>)>,
    is_collapsed: bool,
    lines: &'static str,
}

pub fn get(target: &str) -> Asked {
    Asked {
        method: "GET",
        target: target.to_owned(),
        fields: Vec::new(),
        is_collapsed: false,
        lines: "",
    }
}

impl Asked {
    pub fn method(mut self, method: &'static str) -> Self {
        self.method = method;
        self
    }

    pub fn with(self, name: &str, value: &str) -> Self {
        self.with_bytes(name, value.as_bytes())
    }

    pub fn with_bytes(mut self, name: &str, value: &[u8]) -> Self {
        self.fields.push((name.to_owned(), value.to_vec()));
        self
    }

    pub fn collapsed(mut self) -> Self {
        self.is_collapsed = true;
        self
    }

    pub fn lines(mut self, lines: &'static str) -> Self {
        self.lines = lines;
        self
    }

    fn text(&self) -> Vec<u8> {
        let mut text = format!(
            "{} {} HTTP/1.1\r\nhost: a.example\r\n",
            self.method, self.target
        );
        text.push_str("user-agent: test\r\n");
        let mut text = text.into_bytes();
        for (name, value) in &self.fields {
            text.extend_from_slice(name.as_bytes());
            text.extend_from_slice(b": ");
            text.extend_from_slice(value);
            text.extend_from_slice(b"\r\n");
        }
        text.extend_from_slice(b"\r\n");
        text
    }
}

/// What came of a request.
#[derive(Debug, PartialEq, Eq)]
pub enum Told {
    Answer(Answer),
    Miss,
    Bypass,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    pub status_line: String,
    pub fields: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub kind: Kind,
    pub is_due: bool,
    pub is_apart: bool,
}

impl Told {
    pub fn answer(self) -> Answer {
        match self {
            Self::Answer(answer) => answer,
            other => panic!("no answer: {other:?}"),
        }
    }
}

impl Answer {
    fn read(written: &[u8], apart: Option<Vec<u8>>, kind: Kind, is_due: bool, status: u16) -> Self {
        let end = written.windows(4).position(|four| four == b"\r\n\r\n");
        let (head, body) = written.split_at(end.expect("a head") + 4);
        let head = String::from_utf8_lossy(head);
        let mut lines = head.trim_end().split("\r\n");
        let status_line = lines.next().unwrap_or_default().to_owned();
        assert!(status_line.starts_with(&format!("HTTP/1.1 {status} ")));
        let fields = lines.map(|line| {
            let (name, value) = line.split_once(':').expect("a field");
            (name.to_owned(), value.trim().to_owned())
        });
        let is_apart = apart.is_some();
        assert!(!is_apart || body.is_empty());
        Self {
            status_line,
            fields: fields.collect(),
            body: apart.unwrap_or_else(|| body.to_vec()),
            kind,
            is_due,
            is_apart,
        }
    }

    pub fn field(&self, name: &str) -> Option<&str> {
        let mut found = self.fields.iter().filter(|(own, _)| own == name);
        let value = found.next().map(|(_, value)| value.as_str());
        assert!(found.next().is_none(), "{name} twice");
        value
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("text")
    }
}

#[derive(Clone, Debug)]
pub struct Response {
    pub status: u32,
    pub age: f64,
    pub fresh: f64,
    pub stale: f64,
    pub flags: u32,
    pub bodies: Vec<(u32, Vec<u8>)>,
    pub etag: &'static str,
    pub prefix: &'static str,
    pub vary: Vec<&'static str>,
    pub labels: Vec<&'static str>,
}

pub fn response(body: &str) -> Response {
    Response {
        status: 200,
        age: 0.0,
        fresh: 60_000.0,
        stale: 0.0,
        flags: 0,
        bodies: vec![(0, body.as_bytes().to_vec())],
        etag: "\"e\"",
        prefix: "",
        vary: Vec::new(),
        labels: Vec::new(),
    }
}

const SUFFIXES: [&str; 3] = ["", "-br", "-gzip"];

impl Response {
    pub fn fresh(mut self, millis: f64) -> Self {
        self.fresh = millis;
        self
    }

    pub fn stale(mut self, millis: f64) -> Self {
        self.stale = millis;
        self
    }

    pub fn aged(mut self, millis: f64) -> Self {
        self.age = millis;
        self
    }

    pub fn labels(mut self, labels: &[&'static str]) -> Self {
        self.labels = labels.to_vec();
        self
    }

    pub fn vary(mut self, names: &[&'static str]) -> Self {
        self.vary = names.to_vec();
        self
    }

    pub fn etag(mut self, etag: &'static str) -> Self {
        self.etag = etag;
        self
    }

    pub fn status(mut self, status: u32) -> Self {
        self.status = status;
        self
    }

    pub fn prefix(mut self, prefix: &'static str) -> Self {
        self.prefix = prefix;
        self
    }

    pub fn flags(mut self, flags: u32) -> Self {
        self.flags = flags;
        self
    }

    pub fn coded(mut self, coding: u32, body: &str) -> Self {
        self.bodies.push((coding, body.as_bytes().to_vec()));
        self
    }

    /// Meta and packed, as JavaScript writes them.
    pub fn described(&self) -> (Vec<u8>, Vec<u8>) {
        let mut packed = b"description".to_vec();
        let mut meta = Vec::new();
        let mut texts = Vec::new();
        word(&mut meta, self.status);
        for millis in [self.age, self.fresh, self.stale] {
            meta.extend_from_slice(&millis.to_le_bytes());
        }
        word(&mut meta, self.flags);
        word(&mut meta, size(self.bodies.len()));
        for (coding, body) in &self.bodies {
            let etag = match (self.etag.strip_suffix('"'), SUFFIXES.get(*coding as usize)) {
                (Some(opaque), Some(suffix)) => format!("{opaque}{suffix}\""),
                _ => self.etag.to_owned(),
            };
            let head = format!(
                "content-type: text/plain\r\ndate: now\r\netag: {etag}\r\ncontent-length: {}\r\n",
                body.len()
            );
            let of_304 = format!("date: now\r\netag: {etag}\r\n");
            word(&mut meta, *coding);
            word(&mut meta, size(packed.len()));
            word(&mut meta, size(body.len()));
            for length in [head.len(), of_304.len(), etag.len(), 0] {
                word(&mut meta, size(length));
            }
            texts.extend_from_slice(format!("{head}{of_304}{etag}").as_bytes());
            packed.extend_from_slice(body);
        }
        word(&mut meta, size(self.vary.len()));
        word(&mut meta, size(self.prefix.len()));
        meta.extend_from_slice(&texts);
        meta.extend_from_slice(self.prefix.as_bytes());
        meta.extend_from_slice(self.vary.join("\0").as_bytes());
        (meta, packed)
    }
}

fn word(meta: &mut Vec<u8>, word: u32) {
    meta.extend_from_slice(&word.to_le_bytes());
}

fn size(length: usize) -> u32 {
    u32::try_from(length).expect("short")
}
