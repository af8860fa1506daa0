//! What all threads of a front share.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use arc_swap::ArcSwap;

use crate::{
    config::{Config, Times},
    flight::{self, Landed, Waiter},
    head::Limits,
    inbox::{Inbox, Mail},
    metrics::{Counters, Gauge, Stats},
    program::{Program, TARGET_BYTES},
    queue::{Pushed, Queue},
    store::Store,
    wire::{Id, NOBODY, ShortRecord, to_js},
};

/// Called when there is something for JavaScript after there was nothing.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

pub(crate) struct Shared {
    pub config: Config,
    pub store: Arc<Store>,
    pub limits: Limits,
    pub times: Times,
    pub program: ArcSwap<Program>,
    pub queue: Queue,
    pub connections: Gauge,
    /// Requests given to JavaScript and not answered.
    pub pending: Gauge,
    /// Threads that run.
    pub running: AtomicUsize,
    /// Threads that take connections.
    listening: AtomicUsize,
    threads: Vec<(Inbox, Arc<Counters>)>,
    wake: Wake,
}

/// What may wait for JavaScript before connections wait instead. A request has some hundred bytes.
const QUEUE_BYTES: usize = 4 << 20;
const QUEUE_RECORDS: usize = 65_536;

impl Shared {
    pub fn new(config: Config, program: Program, store: Arc<Store>, wake: Wake) -> Self {
        let threads = config.threads();
        Self {
            limits: Limits {
                header_bytes: config.header_bytes,
                header_fields: config.header_fields,
                target_bytes: TARGET_BYTES,
            },
            times: Times::of(&config),
            program: ArcSwap::from_pointee(program),
            queue: Queue::new(QUEUE_BYTES, QUEUE_RECORDS),
            connections: Gauge::new(config.connections),
            pending: Gauge::new(config.pending),
            running: AtomicUsize::new(threads),
            listening: AtomicUsize::new(threads),
            threads: (0..threads).map(|_| Default::default()).collect(),
            wake,
            store,
            config,
        }
    }

    pub fn post(&self, thread: usize, write: impl FnOnce(&mut Mail)) {
        if let Some((inbox, _)) = self.threads.get(thread) {
            inbox.post(write);
        }
    }

    pub fn post_to_all(&self, mut write: impl FnMut(&mut Mail)) {
        for (inbox, _) in &self.threads {
            inbox.post(&mut write);
        }
    }

    pub fn threads(&self) -> usize {
        self.threads.len()
    }

    pub fn inbox(&self, thread: usize) -> Option<&Inbox> {
        self.threads.get(thread).map(|(inbox, _)| inbox)
    }

    pub fn counters(&self, thread: usize) -> Arc<Counters> {
        self.threads
            .get(thread)
            .map(|(_, counters)| Arc::clone(counters))
            .unwrap_or_default()
    }

    pub fn wake_if(&self, pushed: Pushed) {
        if pushed == Pushed::Wakes {
            (self.wake)();
        }
    }

    /// The last record there is.
    pub fn tell_closed(&self) {
        let record = ShortRecord::new(to_js::CLOSED, NOBODY);
        self.wake_if(self.queue.push(record.bytes()));
    }

    /// Whether connections have begun to end. A thread hears of it later than a client may see it of another thread.
    pub fn none_listens(&self) -> bool {
        self.listening.load(Ordering::Acquire) == 0
    }

    pub fn stats(&self) -> Stats {
        let mut stats = Stats {
            connections: self.connections.get(),
            pending: self.pending.get(),
            queued_bytes: self.queue.bytes() as u64,
            ..Stats::default()
        };
        for (_, counters) in &self.threads {
            stats.add(counters);
        }
        stats
    }
}

/// Of a thread that takes connections. They are all told when it is the last that is dropped.
pub(crate) struct Listens(pub Arc<Shared>);

impl Drop for Listens {
    fn drop(&mut self) {
        if self.0.listening.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.0.post_to_all(|mail| mail.none_listens = true);
        }
    }
}

/// Flights end on the thread of whoever ends them; those who waited go on where they are.
impl flight::Wake for Shared {
    fn wake(&self, waiters: Vec<Waiter>, landed: Landed) {
        for thread in 0..self.threads.len() {
            let own = |waiter: &&Waiter| Id::from(**waiter).thread() == thread;
            if waiters.iter().any(|waiter| own(&waiter)) {
                let own = waiters.iter().filter(own);
                let landed = own.map(|waiter| (*waiter, landed));
                self.post(thread, |mail| mail.landed.extend(landed));
            }
        }
    }
}

impl From<Waiter> for Id {
    fn from(Waiter { slot, generation }: Waiter) -> Self {
        Self { slot, generation }
    }
}

impl From<Id> for Waiter {
    fn from(Id { slot, generation }: Id) -> Self {
        Self { slot, generation }
    }
}
