//! Who fills a key, and who waits for it.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::mem;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::fields::Fields;
use crate::key::{Key, KeyRef};
use crate::moment::{Moment, Span};
use crate::request::Request;

/// Fills on their way at once, of all fronts.
const MOST_FILLS: usize = 65_536;

/// A fill that is never ended ends by itself.
const LONGEST: Span = Span::of_seconds(600);

/// Bytes of one request's fields that are kept for Vary, and of all requests' under way.
const MOST_FIELDS: usize = 16 * 1024;
const MOST_FIELDS_OF_ALL: usize = 64 * 1024 * 1024;

/// Keys whose last response was not for others, and how long that is remembered: as src/http/hit-for-miss.ts.
const MOST_NOTES: usize = 10_000;
const NOTED: Span = Span::of_seconds(10);

/// A request that waits for another's answer; the number of its exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiter {
    /// Place of its exchange.
    pub slot: u32,
    /// Which exchange of that place.
    pub generation: u32,
}

/// Right to fill a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leader {
    /// Never 0.
    pub token: u32,
    /// Moment on the marks when it began.
    pub birth: u64,
}

/// What becomes of a request that was missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joined {
    /// It goes to JavaScript, and others wait for it.
    Leader(Leader),
    /// It waits for the fill of this token.
    Waiter(u32),
    /// Something was put meanwhile: look again, once.
    Ready,
    /// Too many wait for this key already.
    Full,
    /// It goes to JavaScript, without a token: its key's last response was not for others, or too many fills are under way.
    Alone,
}

/// How a flight ended for those who waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Landed {
    /// Something was put: look again, and go to JavaScript on a miss.
    Filled,
    /// Nothing was: go to JavaScript, without waiting for each other.
    Empty,
}

/// Told when flights end. Never called with a lock held.
pub trait Wake: Send + Sync {
    /// Each waiter once.
    fn wake(&self, waiters: Vec<Waiter>, landed: Landed);
}

/// The fields of a request whose answer may vary by them, for as long as its fill is under way.
#[derive(Default)]
pub(crate) struct KeptFields {
    block: Box<[u8]>,
    count: usize,
}

impl KeptFields {
    /// `None`: they are longer.
    fn of(fields: Fields, most: usize) -> Option<Self> {
        let block = fields.bytes();
        (block.len() <= most).then(|| Self {
            block: block.into(),
            count: fields.len(),
        })
    }

    pub(crate) fn fields(&self) -> Fields<'_> {
        Fields::new(&self.block, self.count)
    }
}

/// A fill as a put needs it.
#[derive(Clone)]
pub(crate) struct Fill {
    pub(crate) key: Key,
    pub(crate) birth: u64,
    /// `None`: they were too long.
    pub(crate) fields: Option<Arc<KeptFields>>,
}

pub(crate) struct Ended {
    pub(crate) front: u32,
    pub(crate) waiters: Vec<Waiter>,
}

struct Flight {
    fill: Fill,
    front: u32,
    fields_bytes: usize,
    waiters: Vec<Waiter>,
}

/// The fills under way: one flight for a key that others join, and tokens by which what comes of it is put.
pub(crate) struct Flights {
    state: Mutex<State>,
    hasher: RandomState,
}

#[derive(Default)]
struct State {
    /// Those that can be joined.
    running: HashMap<Key, u32>,
    flights: HashMap<u32, Flight>,
    /// The oldest first; some have ended.
    begun: VecDeque<(Moment, u32)>,
    notes: Notes,
    last_token: u32,
    fields_bytes: usize,
}

#[derive(Default)]
struct Notes {
    until: HashMap<u64, Moment>,
    order: VecDeque<(Moment, u64)>,
}

/// Who joins, and on what terms.
pub(crate) struct Joining<'a> {
    pub(crate) key: &'a [u8],
    pub(crate) request: &'a Request<'a>,
    /// `None`: nobody, it only wants to lead.
    pub(crate) waiter: Option<Waiter>,
    pub(crate) most_waiters: usize,
}

impl Flights {
    pub(crate) fn new() -> Self {
        Self {
            state: Mutex::default(),
            hasher: RandomState::new(),
        }
    }

    /// `is_there` looks whether something was put since the request was missed; `birth` is asked when the flight begins.
    pub(crate) fn join(
        &self,
        joining: &Joining,
        is_there: impl FnOnce() -> bool,
        birth: impl FnOnce() -> u64,
    ) -> (Joined, Vec<Ended>) {
        let mut state = self.state.lock();
        let expired = state.expire(joining.request.now);
        (
            state.join(joining, self.hash(joining.key), is_there, birth),
            expired,
        )
    }

    pub(crate) fn fill(&self, token: u32) -> Option<Fill> {
        let state = self.state.lock();
        state.flights.get(&token).map(|flight| flight.fill.clone())
    }

    /// Something was put: nobody waits for it any more, but more may be put.
    pub(crate) fn land(&self, token: u32) -> Option<Ended> {
        let mut state = self.state.lock();
        state.stop(token);
        let flight = state.flights.get_mut(&token)?;
        let waiters = mem::take(&mut flight.waiters);
        let (front, key) = (flight.front, flight.fill.key.clone());
        let noted = self.hash(key.bytes());
        state.notes.until.remove(&noted);
        Some(Ended { front, waiters })
    }

    /// Nothing more comes.
    pub(crate) fn end(&self, token: u32, hit_for_miss: bool, now: Moment) -> Option<Ended> {
        let mut state = self.state.lock();
        let flight = state.remove(token)?;
        if hit_for_miss {
            let noted = self.hash(flight.fill.key.bytes());
            state.notes.note(noted, now);
        }
        Some(flight.ended())
    }

    /// It waits no more.
    pub(crate) fn leave(&self, token: u32, waiter: Waiter) {
        let mut state = self.state.lock();
        if let Some(flight) = state.flights.get_mut(&token) {
            flight.waiters.retain(|other| *other != waiter);
        }
    }

    /// Nobody joins what is running now: all of it is refused when it comes.
    pub(crate) fn detach(&self) {
        self.state.lock().running.clear();
    }

    /// Of a front that is gone.
    pub(crate) fn drop_front(&self, front: u32) {
        let mut state = self.state.lock();
        let gone = state.flights.iter();
        let gone = gone.filter(|(_, flight)| flight.front == front);
        let gone = gone.map(|(token, _)| *token).collect::<Vec<_>>();
        for token in gone {
            state.remove(token);
        }
    }

    /// Flights and waiters.
    pub(crate) fn count(&self) -> (usize, usize) {
        let state = self.state.lock();
        let waiters = state.flights.values().map(|flight| flight.waiters.len());
        (state.flights.len(), waiters.sum())
    }

    fn hash(&self, key: &[u8]) -> u64 {
        self.hasher.hash_one(KeyRef(key))
    }
}

impl State {
    fn join(
        &mut self,
        joining: &Joining,
        hash: u64,
        is_there: impl FnOnce() -> bool,
        birth: impl FnOnce() -> u64,
    ) -> Joined {
        let key = Key::of(joining.key);
        let running = self.running.get(&key).copied();
        if let Some(token) = running
            && let Some(flight) = self.flights.get_mut(&token)
        {
            let Some(waiter) = joining.waiter else {
                return Joined::Alone;
            };
            if flight.waiters.len() >= joining.most_waiters {
                return Joined::Full;
            }
            flight.waiters.push(waiter);
            return Joined::Waiter(token);
        }
        // what ended a flight between the miss and now was put before it ended
        if is_there() {
            return Joined::Ready;
        }
        if self.notes.has(hash, joining.request.now) || self.flights.len() >= MOST_FILLS {
            return Joined::Alone;
        }
        Joined::Leader(self.begin(joining, key, birth()))
    }

    fn begin(&mut self, joining: &Joining, key: Key, birth: u64) -> Leader {
        let token = self.free_token();
        let left = MOST_FIELDS_OF_ALL.saturating_sub(self.fields_bytes);
        let fields = KeptFields::of(joining.request.fields, left.min(MOST_FIELDS));
        let fields_bytes = fields.as_ref().map_or(0, |fields| fields.block.len());
        self.fields_bytes += fields_bytes;
        self.running.insert(key.clone(), token);
        self.begun.push_back((joining.request.now, token));
        let flight = Flight {
            fill: Fill {
                key,
                birth,
                fields: fields.map(Arc::new),
            },
            front: joining.request.front,
            fields_bytes,
            waiters: Vec::new(),
        };
        self.flights.insert(token, flight);
        Leader { token, birth }
    }

    /// There are fewer flights than numbers.
    fn free_token(&mut self) -> u32 {
        loop {
            self.last_token = self.last_token.wrapping_add(1);
            if self.last_token != 0 && !self.flights.contains_key(&self.last_token) {
                return self.last_token;
            }
        }
    }

    /// Nobody joins it any more.
    fn stop(&mut self, token: u32) {
        let Some(flight) = self.flights.get(&token) else {
            return;
        };
        if self.running.get(&flight.fill.key) == Some(&token) {
            self.running.remove(&flight.fill.key);
        }
    }

    fn remove(&mut self, token: u32) -> Option<Flight> {
        self.stop(token);
        let flight = self.flights.remove(&token)?;
        self.fields_bytes -= flight.fields_bytes;
        Some(flight)
    }

    /// Also drops what has ended from the front of the queue, so that it is no longer than twice what is under way.
    fn expire(&mut self, now: Moment) -> Vec<Ended> {
        let mut ended = Vec::new();
        while let Some(&(begun, token)) = self.begun.front() {
            let is_under_way = self.flights.contains_key(&token);
            if is_under_way && now < begun + LONGEST {
                break;
            }
            self.begun.pop_front();
            ended.extend(self.remove(token).map(Flight::ended));
        }
        if self.begun.len() > 64 + 2 * self.flights.len() {
            let flights = &self.flights;
            self.begun.retain(|(_, token)| flights.contains_key(token));
        }
        ended
    }
}

impl Flight {
    fn ended(self) -> Ended {
        let Self { front, waiters, .. } = self;
        Ended { front, waiters }
    }
}

impl Notes {
    fn has(&mut self, hash: u64, now: Moment) -> bool {
        self.until.get(&hash).is_some_and(|until| now < *until)
    }

    fn note(&mut self, hash: u64, now: Moment) {
        let until = now + NOTED;
        self.until.insert(hash, until);
        self.order.push_back((until, hash));
        while let Some(&(until, hash)) = self.order.front()
            && (self.order.len() > MOST_NOTES || until <= now)
        {
            self.order.pop_front();
            if self.until.get(&hash) == Some(&until) {
                self.until.remove(&hash);
            }
        }
    }
}
