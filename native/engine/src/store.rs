//! Stored responses, and the fills that bring them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Weak};

use parking_lot::{Mutex, RwLock};

use crate::answer::{self, Body, Told};
use crate::flight::{Ended, Fill, Flights, Joined, Joining, Landed, Leader, Waiter, Wake};
use crate::handles::Handles;
use crate::hits::{Hits, Tallies};
use crate::key::write_key;
use crate::marks::{Marks, Verdict};
use crate::meta::Meta;
use crate::moment::{Clock, Moment, Monotonic, Span};
use crate::page::Page;
use crate::pages::Pages;
use crate::record::{Freshness, Record};
use crate::request::Request;

/// Labels of one record.
const MOST_LABELS: usize = 1_024;

/// Bit 0 of the flags of a put: as in its meta.
const UNHEARD: u32 = 1;

/// Stored responses, and the fills that bring them. All of it may be used from any thread.
pub struct Store {
    pages: Pages,
    marks: Marks,
    flights: Flights,
    tallies: Tallies,
    handles: Mutex<Handles>,
    fronts: RwLock<HashMap<u32, Weak<dyn Wake>>>,
    coherent_until: AtomicI64,
    clock: Arc<dyn Clock>,
}

/// Buffers that a thread uses again for each request.
#[derive(Debug, Default)]
pub struct Scratch {
    key: Vec<u8>,
}

/// What the store makes of a request.
#[derive(Debug)]
pub enum Outcome {
    /// The answer has been written.
    Answered(Answered),
    /// Nothing that may be sent. Its key stands in the scratch: it may be joined and filled.
    Miss,
    /// For JavaScript to judge; there is no key, and nothing comes of it for others.
    Bypass,
}

/// An answer from the store.
#[derive(Debug)]
pub struct Answered {
    /// As written.
    pub status: u16,
    /// To be sent behind what was written, from where it is.
    pub body: Option<Body>,
    /// What it is.
    pub kind: Kind,
    /// A new response is to be fetched: see `Store::background`.
    pub is_due: bool,
}

/// Of an answer from the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// There before.
    Fresh,
    /// There before, and to be replaced.
    Stale,
    /// It waited for another's request.
    Collapsed,
}

/// What a store counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StoreStats {
    /// Keys with something stored.
    pub entries: u64,
    /// With all that is counted for them; never more than `max_bytes`.
    pub bytes: u64,
    /// As given.
    pub max_bytes: u64,
    /// Pushed out for want of room.
    pub evictions: u64,
    /// Fills under way.
    pub flights: u64,
    /// Requests that wait for one.
    pub waiters: u64,
    /// Labels known.
    pub labels: u64,
    /// Handles known; some may be dead.
    pub handles: u64,
}

enum Found {
    Fresh(Arc<Record>),
    Stale(Arc<Record>),
    Nothing,
}

impl Store {
    /// Holds so many bytes, overhead included. Until `coherent_until` is called, nothing that is measured by it is answered.
    #[must_use]
    pub fn new(max_bytes: u64) -> Arc<Self> {
        Self::with_clock(max_bytes, Arc::new(Monotonic))
    }

    /// The clock must be the one from which requests have their `now`.
    #[must_use]
    pub fn with_clock(max_bytes: u64, clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self {
            pages: Pages::holding(max_bytes),
            marks: Marks::new(),
            flights: Flights::new(),
            tallies: Tallies::default(),
            handles: Mutex::default(),
            fronts: RwLock::default(),
            coherent_until: AtomicI64::new(i64::MIN),
            clock,
        })
    }

    /// Of the store's clock.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    // ---- for a front ----

    /// Flights of this front tell it when they end. It is not kept alive by this.
    pub fn attach(&self, front: u32, wake: Weak<dyn Wake>) {
        self.fronts.write().insert(front, wake);
    }

    /// The front is gone: its fills end, nobody is told.
    pub fn detach(&self, front: u32) {
        self.fronts.write().remove(&front);
        self.flights.drop_front(front);
    }

    /// Answers what needs no judgement. `out` is appended to, and only when the outcome is `Answered`.
    pub fn answer(&self, request: &Request, scratch: &mut Scratch, out: &mut Vec<u8>) -> Outcome {
        if !request.is_plain() || !write_key(request, &mut scratch.key) {
            return Outcome::Bypass;
        }
        let (record, told) = match self.find(&scratch.key, request) {
            Found::Fresh(record) if request.is_collapsed => (record, Told::Collapsed),
            Found::Fresh(record) => (record, Told::Hit),
            _ if request.is_head_alone() => return Outcome::Bypass,
            Found::Stale(record) => (record, Told::Stale),
            Found::Nothing => return Outcome::Miss,
        };
        let Some(written) = answer::write(request, &record, told, out) else {
            return Outcome::Bypass;
        };
        if told != Told::Collapsed {
            self.tallies
                .count(&record.tally, written.status == 304, told == Told::Stale);
        }
        Outcome::Answered(Answered {
            status: written.status,
            body: written.body,
            kind: match told {
                Told::Hit => Kind::Fresh,
                Told::Collapsed => Kind::Collapsed,
                Told::Stale => Kind::Stale,
            },
            is_due: told == Told::Stale && record.is_due(request.now),
        })
    }

    /// Of a request that was just missed, with the scratch as `answer` left it: it leads, or waits. At most so many wait for
    /// one key.
    pub fn join(
        &self,
        request: &Request,
        scratch: &Scratch,
        waiter: Waiter,
        most_waiters: usize,
    ) -> Joined {
        let joining = Joining {
            key: &scratch.key,
            request,
            waiter: Some(waiter),
            most_waiters,
        };
        let is_there = || {
            let found = self.find(&scratch.key, request);
            !matches!(found, Found::Nothing)
        };
        self.begin(&joining, is_there)
    }

    /// The right to fetch anew what was answered stale, with the scratch as `answer` left it. `None`: somebody does already.
    pub fn background(&self, request: &Request, scratch: &Scratch) -> Option<Leader> {
        let joining = Joining {
            key: &scratch.key,
            request,
            waiter: None,
            most_waiters: 0,
        };
        let is_there = || {
            let found = self.find(&scratch.key, request);
            matches!(found, Found::Fresh(_))
        };
        match self.begin(&joining, is_there) {
            Joined::Leader(leader) => Some(leader),
            _ => None,
        }
    }

    /// It went away, or waits no longer.
    pub fn leave(&self, token: u32, waiter: Waiter) {
        self.flights.leave(token, waiter);
    }

    /// JavaScript will put nothing more for this token. Its waiters go to JavaScript; with `hit_for_miss` nobody waits for
    /// this key for ten seconds.
    pub fn end(&self, token: u32, hit_for_miss: bool) {
        let ended = self.flights.end(token, hit_for_miss, self.clock.now());
        self.tell(ended, Landed::Empty);
    }

    /// Moment on the marks: what is born now is revoked by what is purged from now on.
    #[must_use]
    pub fn birth(&self) -> u64 {
        self.marks.birth()
    }

    // ---- for JavaScript ----

    /// Keeps a response (see `Meta` for what it is told) under the key of a fill that has not ended; those who wait for it are
    /// told. Returns its handle, 0 if it is refused: the token is not known, what it is told is broken, a label was purged or
    /// everything was cleared or distrusted since the fill began, it is too large, or it varies and its request's fields were
    /// too long to keep.
    pub fn put(
        &self,
        token: u32,
        meta: &[u8],
        packed: &[u8],
        labels: &[String],
        flags: u32,
    ) -> u64 {
        let Some(handle) = self.kept(token, meta, packed, (labels, flags)) else {
            return 0;
        };
        self.tell(self.flights.land(token), Landed::Filled);
        handle
    }

    /// The same record under the key of another fill. False: one of the two is not known, or the record is dead.
    pub fn alias(&self, token: u32, handle: u64) -> bool {
        let is_kept = self.flights.fill(token).is_some_and(|fill| {
            let handles = self.handles.lock();
            handles.get(handle).is_some_and(|record| {
                self.marks.verdict(&record.standing) != Verdict::Revoked
                    && self.insert(&record, fill)
            })
        });
        if is_kept {
            self.tell(self.flights.land(token), Landed::Filled);
        }
        is_kept
    }

    /// Trusted again, with new deadlines: milliseconds from now, both. False: it is not known, or dead.
    pub fn renew(&self, handle: u64, fresh_for: f64, stale_for: f64) -> bool {
        let Some(record) = self.record(handle) else {
            return false;
        };
        let [fresh_for, stale_for] = [fresh_for, stale_for].map(Span::of_millis);
        record.set_deadlines(self.clock.now(), fresh_for, stale_for);
        self.marks.renew(&record.standing)
    }

    /// The packed bytes, also of a record that is not answered any more.
    #[must_use]
    pub fn read(&self, handle: u64) -> Option<Arc<[u8]>> {
        self.record(handle).map(|record| Arc::clone(&record.packed))
    }

    /// Whether the record was neither pushed out nor replaced.
    #[must_use]
    pub fn has(&self, handle: u64) -> bool {
        self.record(handle).is_some()
    }

    /// What was born before now and has one of these labels is not answered from now on.
    pub fn purge_labels(&self, labels: &[String]) {
        self.marks.purge(labels);
    }

    /// Nothing born before now is answered from now on, and all of it is dropped.
    pub fn clear(&self) {
        self.marks.clear();
        self.flights.detach();
        self.pages.clear();
    }

    /// Nothing put before now is answered before it is renewed, but for what is not measured by other processes.
    pub fn distrust(&self) {
        self.marks.distrust();
        self.flights.detach();
    }

    /// What is measured by it is answered until so many milliseconds on the store's clock; `Infinity`: always. An instant and no
    /// length: the process may stand still between the decision and the call.
    pub fn coherent_until(&self, at: f64) {
        let until = if at == f64::INFINITY {
            Moment::NEVER
        } else {
            Moment::default() + Span::of_millis(at)
        };
        self.coherent_until.store(until.micros(), Ordering::SeqCst);
    }

    /// Hits of each record since the last call.
    #[must_use]
    pub fn drain_hits(&self) -> Vec<Hits> {
        self.tallies.drain()
    }

    /// As of now.
    #[must_use]
    pub fn stats(&self) -> StoreStats {
        let (flights, waiters) = self.flights.count();
        StoreStats {
            entries: self.pages.len() as u64,
            bytes: self.pages.weight(),
            max_bytes: self.pages.max_bytes(),
            evictions: self.pages.evictions(),
            flights: flights as u64,
            waiters: waiters as u64,
            labels: self.marks.len() as u64,
            handles: self.handles.lock().len() as u64,
        }
    }

    // ---- inside ----

    fn find(&self, key: &[u8], &Request { fields, now, .. }: &Request) -> Found {
        let page = self.pages.get(key);
        let Some(record) = page.and_then(|page| page.select(fields)) else {
            return Found::Nothing;
        };
        if self.marks.verdict(&record.standing) != Verdict::Good || !self.is_heard(&record, now) {
            return Found::Nothing;
        }
        match record.freshness(now) {
            Freshness::Fresh => Found::Fresh(record),
            Freshness::Stale => Found::Stale(record),
            Freshness::Gone => Found::Nothing,
        }
    }

    /// Whether all that other processes purged is known to have been heard of, as far as that matters to it.
    fn is_heard(&self, record: &Record, now: Moment) -> bool {
        now.micros() < self.coherent_until.load(Ordering::SeqCst) || record.standing.is_unheard()
    }

    fn begin(&self, joining: &Joining, is_there: impl FnOnce() -> bool) -> Joined {
        let birth = || self.marks.birth();
        let (joined, expired) = self.flights.join(joining, is_there, birth);
        for ended in expired {
            self.tell(Some(ended), Landed::Empty);
        }
        joined
    }

    fn kept(
        &self,
        token: u32,
        meta: &[u8],
        packed: &[u8],
        (labels, flags): (&[String], u32),
    ) -> Option<u64> {
        let fill = self.flights.fill(token)?;
        let meta = Meta::parse(meta, packed)?;
        if labels.len() > MOST_LABELS {
            return None;
        }
        let is_unheard = meta.is_unheard || flags & UNHEARD != 0;
        let standing = self.marks.admit(fill.birth, labels, is_unheard)?;
        let mut handles = self.handles.lock();
        let handle = handles.next();
        let record = Record::new(handle, &meta, packed, standing, self.clock.now());
        let record = Arc::new(record);
        self.insert(&record, fill).then(|| {
            handles.keep(&record);
            handle
        })
    }

    /// To be called with the handles locked, so that a page is read and written as one.
    fn insert(&self, record: &Arc<Record>, Fill { key, fields, .. }: Fill) -> bool {
        let room = self.pages.room_for(&key);
        let is_known = fields.is_some() || record.vary().is_empty();
        if !is_known {
            return false;
        }
        let fields = fields.unwrap_or_default();
        let page = Page::with(
            self.pages.peek(&key).as_ref(),
            record,
            fields.fields(),
            room,
        );
        let fits = page.weight() <= room;
        if fits {
            self.pages.insert(key, page);
        }
        fits
    }

    fn record(&self, handle: u64) -> Option<Arc<Record>> {
        self.handles.lock().get(handle)
    }

    fn tell(&self, ended: Option<Ended>, landed: Landed) {
        let Some(Ended { front, waiters }) = ended else {
            return;
        };
        if waiters.is_empty() {
            return;
        }
        let wake = self.fronts.read().get(&front).and_then(Weak::upgrade);
        if let Some(wake) = wake {
            wake.wake(waiters, landed);
        }
    }
}
