//! How often each record was answered.

use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use parking_lot::Mutex;

/// Records whose hits wait to be fetched; of more than these, what is evicted meanwhile is not reported.
const MOST_LISTED: usize = 65_536;

/// How often a record was answered since it was last asked.
#[derive(Debug)]
pub(crate) struct Tally {
    handle: u64,
    hits: AtomicU32,
    not_modified: AtomicU32,
    stale: AtomicU32,
    is_listed: AtomicBool,
}

/// Hits of one record: all, those answered by a 304, and those that were stale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hits {
    /// Of the record.
    pub handle: u64,
    /// All of them.
    pub hits: u32,
    /// Answered by a 304.
    pub not_modified: u32,
    /// Answered while a new one is fetched.
    pub stale: u32,
}

/// Records that were answered. A record counts for itself, in memory a hit has in its hands anyway; here is only written
/// down that it has something to tell, once between two batches.
#[derive(Default)]
pub(crate) struct Tallies {
    listed: Mutex<Vec<Arc<Tally>>>,
}

impl Tally {
    pub(crate) fn of(handle: u64) -> Arc<Self> {
        Arc::new(Self {
            handle,
            hits: AtomicU32::new(0),
            not_modified: AtomicU32::new(0),
            stale: AtomicU32::new(0),
            is_listed: AtomicBool::new(false),
        })
    }

    fn taken(&self) -> Hits {
        // before the counts are read: who counts later lists it again
        self.is_listed.store(false, Ordering::SeqCst);
        Hits {
            handle: self.handle,
            hits: self.hits.swap(0, Ordering::SeqCst),
            not_modified: self.not_modified.swap(0, Ordering::SeqCst),
            stale: self.stale.swap(0, Ordering::SeqCst),
        }
    }
}

impl Tallies {
    pub(crate) fn count(&self, tally: &Arc<Tally>, is_not_modified: bool, is_stale: bool) {
        if is_not_modified {
            tally.not_modified.fetch_add(1, Ordering::SeqCst);
        }
        if is_stale {
            tally.stale.fetch_add(1, Ordering::SeqCst);
        }
        tally.hits.fetch_add(1, Ordering::SeqCst);
        if !tally.is_listed.load(Ordering::SeqCst) {
            self.list(tally);
        }
    }

    #[cold]
    fn list(&self, tally: &Arc<Tally>) {
        let mut listed = self.listed.lock();
        if listed.len() < MOST_LISTED && !tally.is_listed.swap(true, Ordering::SeqCst) {
            listed.push(Arc::clone(tally));
        }
    }

    pub(crate) fn drain(&self) -> Vec<Hits> {
        let listed = mem::take(&mut *self.listed.lock());
        let taken = listed.iter().map(|tally| tally.taken());
        taken.filter(|hits| hits.hits > 0).collect()
    }
}
