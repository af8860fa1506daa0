//! A stored response.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::codings::Coding;
use crate::hits::Tally;
use crate::marks::Standing;
use crate::meta::{Described, Meta};
use crate::moment::{Moment, Span};
use crate::reason::reason_of;

/// What a record costs beside its bytes, labels and key: itself, its tally, its handle, its place in the map.
const OVERHEAD: usize = 640;

/// What a label costs that no other record has.
const LABEL: usize = 80;

/// One background request in so long a time.
const BACKGROUND_EVERY: Span = Span::of_seconds(1);

/// A stored response: heads that only lack what changes from answer to answer, bodies, and deadlines.
pub(crate) struct Record {
    pub(crate) handle: u64,
    pub(crate) status: u16,
    pub(crate) standing: Standing,
    pub(crate) tally: Arc<Tally>,
    /// As JavaScript packed it; bodies are parts of it.
    pub(crate) packed: Arc<[u8]>,
    pub(crate) representations: Box<[Representation]>,
    /// Of the representations, in their order.
    pub(crate) codings: Box<[Coding]>,
    /// What caches before us said, ready to be followed by our own word.
    pub(crate) prefix: Box<[u8]>,
    vary: Box<[Box<[u8]>]>,
    /// When it would have been of age 0.
    made_at: Moment,
    /// When its freshness ends by what its origin said: Cache-Status counts to here.
    lapses_at: Moment,
    fresh_until: AtomicMoment,
    stale_until: AtomicMoment,
    background_at: AtomicMoment,
    weight: usize,
}

pub(crate) struct Representation {
    /// In `packed`.
    pub(crate) body: Range<usize>,
    /// Status line and fields.
    pub(crate) head: Box<[u8]>,
    pub(crate) head_of_304: Box<[u8]>,
    pub(crate) etag: Box<[u8]>,
}

/// By time alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Freshness {
    Fresh,
    Stale,
    Gone,
}

struct AtomicMoment(AtomicI64);

impl AtomicMoment {
    fn new(moment: Moment) -> Self {
        Self(AtomicI64::new(moment.micros()))
    }

    fn get(&self) -> Moment {
        Moment::of_micros(self.0.load(Ordering::Acquire))
    }

    fn set(&self, moment: Moment) {
        self.0.store(moment.micros(), Ordering::SeqCst);
    }

    /// Whether it was due, and this caller moved it on.
    fn pass(&self, now: Moment, next: Moment) -> bool {
        let due = self.get();
        let (old, new) = (due.micros(), next.micros());
        due <= now
            && self
                .0
                .compare_exchange(old, new, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }
}

impl Record {
    pub(crate) fn new(
        handle: u64,
        meta: &Meta<'_>,
        packed: &[u8],
        standing: Standing,
        now: Moment,
    ) -> Self {
        let described = meta.representations.iter();
        let representations = described
            .clone()
            .map(|described| Representation::of(described, meta.status))
            .collect();
        let codings = described.map(|described| described.coding).collect();
        let mut prefix = meta.prefix.to_vec();
        if !prefix.trim_ascii().is_empty() {
            prefix.extend_from_slice(b", ");
        }
        let mut record = Self {
            handle,
            status: meta.status,
            standing,
            tally: Tally::of(handle),
            packed: packed.into(),
            representations,
            codings,
            prefix: prefix.into(),
            vary: meta.vary.iter().map(|name| Box::from(*name)).collect(),
            made_at: now + meta.age.negated(),
            lapses_at: now + meta.fresh_for,
            fresh_until: AtomicMoment::new(now + meta.fresh_for),
            stale_until: AtomicMoment::new(now + meta.stale_for),
            background_at: AtomicMoment::new(Moment::of_micros(i64::MIN)),
            weight: 0,
        };
        record.weight = record.counted();
        record
    }

    fn counted(&self) -> usize {
        let heads = self.representations.iter().map(Representation::weight);
        let vary = self
            .vary
            .iter()
            .map(|name| name.len() + size_of::<Box<[u8]>>());
        OVERHEAD
            + self.packed.len()
            + self.prefix.len()
            + heads.chain(vary).sum::<usize>()
            + self.standing.labels() * LABEL
    }

    /// Bytes, without its keys.
    pub(crate) fn weight(&self) -> usize {
        self.weight
    }

    /// Request fields that select it, lower case.
    pub(crate) fn vary(&self) -> &[Box<[u8]>] {
        &self.vary
    }

    pub(crate) fn freshness(&self, now: Moment) -> Freshness {
        if now < self.fresh_until.get() {
            Freshness::Fresh
        } else if now < self.stale_until.get() {
            Freshness::Stale
        } else {
            Freshness::Gone
        }
    }

    /// Both from now.
    pub(crate) fn set_deadlines(&self, now: Moment, fresh_for: Span, stale_for: Span) {
        self.fresh_until.set(now + fresh_for);
        self.stale_until.set(now + stale_for);
    }

    /// Whether it is this caller's turn to have a new one fetched.
    pub(crate) fn is_due(&self, now: Moment) -> bool {
        self.background_at.pass(now, now + BACKGROUND_EVERY)
    }

    /// Whole seconds.
    pub(crate) fn age(&self, now: Moment) -> i64 {
        (now - self.made_at).or_none().seconds()
    }

    /// Whole seconds of freshness left, rounded down; negative when it is stale.
    pub(crate) fn ttl(&self, now: Moment) -> i64 {
        (self.lapses_at - now).seconds()
    }
}

impl Representation {
    fn of(described: &Described<'_>, status: u16) -> Self {
        let &Described {
            offset,
            length,
            head,
            head_of_304,
            etag,
            ..
        } = described;
        Self {
            body: offset..offset + length,
            head: with_status_line(status, head),
            head_of_304: with_status_line(304, head_of_304),
            etag: etag.into(),
        }
    }

    fn weight(&self) -> usize {
        size_of::<Self>() + self.head.len() + self.head_of_304.len() + self.etag.len()
    }
}

fn with_status_line(status: u16, fields: &[u8]) -> Box<[u8]> {
    let line = format!("HTTP/1.1 {status} {}\r\n", reason_of(status));
    [line.as_bytes(), fields].concat().into()
}
