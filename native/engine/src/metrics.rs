//! What a front counts.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Of one thread: only it writes, anybody may read. Aligned, so that no two threads write to one line of the processor's cache.
#[derive(Default)]
#[repr(align(128))]
pub(crate) struct Counters {
    pub requests: Count,
    pub hits: Count,
    pub refused: Count,
    pub aborted: Count,
    pub overloaded: Count,
    pub accepted: Count,
    pub dropped: Count,
    pub panics: Count,
    pub unsendable: Count,
}

#[derive(Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    pub fn add(&self, more: u64) {
        // a load and a store: it has one writer
        let value = self.0.load(Ordering::Relaxed);
        self.0.store(value.wrapping_add(more), Ordering::Relaxed);
    }

    pub fn one(&self) {
        self.add(1);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A number of things that are there now, which may not grow above a limit.
pub(crate) struct Gauge {
    now: AtomicUsize,
    most: usize,
}

impl Gauge {
    pub fn new(most: usize) -> Self {
        Self {
            now: AtomicUsize::new(0),
            most,
        }
    }

    /// Whether there was room for one more.
    pub fn enter(&self) -> bool {
        let is_in = self.now.fetch_add(1, Ordering::Relaxed) < self.most;
        if !is_in {
            self.leave();
        }
        is_in
    }

    pub fn leave(&self) {
        self.now.fetch_sub(1, Ordering::Relaxed);
    }

    pub fn get(&self) -> u64 {
        u64::try_from(self.now.load(Ordering::Relaxed)).unwrap_or(u64::MAX)
    }
}

/// Counted since the front was opened, and what is there now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Answered from the store or given to JavaScript.
    pub requests: u64,
    /// Answered from the store.
    pub hits: u64,
    /// Malformed, too long, too slow: answered with an error before routing.
    pub refused: u64,
    /// Clients that went away before they were answered.
    pub aborted: u64,
    /// Answered with 503: too many wait for JavaScript.
    pub overloaded: u64,
    /// Open now.
    pub connections: u64,
    /// Given to JavaScript and not answered now.
    pub pending: u64,
    /// Connections taken.
    pub accepted: u64,
    /// Connections closed at once: there were too many.
    pub dropped: u64,
    /// Connections lost by an error of ours.
    pub panics: u64,
    /// Answers of JavaScript that could not be sent as they were.
    pub unsendable: u64,
    /// Bytes that wait for JavaScript now.
    pub queued_bytes: u64,
}

impl Stats {
    pub(crate) fn add(&mut self, counters: &Counters) {
        self.requests += counters.requests.get();
        self.hits += counters.hits.get();
        self.refused += counters.refused.get();
        self.aborted += counters.aborted.get();
        self.overloaded += counters.overloaded.get();
        self.accepted += counters.accepted.get();
        self.dropped += counters.dropped.get();
        self.panics += counters.panics.get();
        self.unsendable += counters.unsendable.get();
    }
}
