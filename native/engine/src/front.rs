//! A listener with its threads, as the outside sees it.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError, Weak},
    thread::{Builder, JoinHandle},
    time::Duration,
};

use crate::{
    config::Config,
    io_thread,
    listener::{OpenError, bind},
    metrics::Stats,
    program::Program,
    shared::{Shared, Wake},
    store::Store,
    wire::{NOBODY, Reply, WireError, first_record},
};

/// Takes connections on its own threads until it is closed. Every call may come from any thread, and none panics.
pub struct Front {
    shared: Arc<Shared>,
    address: SocketAddr,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Front {
    /// Binds, and begins to take connections. `wake` is called when there is something for `exchange` after there was nothing.
    ///
    /// # Errors
    ///
    /// The address cannot be listened on, or no thread can be made.
    pub fn open(
        config: Config,
        program: Program,
        store: Arc<Store>,
        wake: Wake,
    ) -> Result<Arc<Self>, OpenError> {
        let threads = config.threads();
        let listeners = bind(config.ip, config.port, threads, config.shares_port)?;
        let first = listeners.first().map(std::net::TcpListener::local_addr);
        let address = first.ok_or_else(|| std::io::Error::from(std::io::ErrorKind::Other))??;
        let shared = Arc::new(Shared::new(config, program, store, wake));
        let flights: Weak<Shared> = Arc::downgrade(&shared);
        shared.store.attach(shared.config.front, flights);
        let front = Arc::new(Self {
            shared: Arc::clone(&shared),
            address,
            threads: Mutex::default(),
        });
        for (index, listener) in listeners.into_iter().enumerate() {
            let shared = Arc::clone(&shared);
            let spawned = Builder::new()
                .name(format!("strata-io-{index}"))
                .spawn(move || io_thread::run(index, listener, &shared));
            match spawned {
                Ok(thread) => front.lock_threads().push(thread),
                Err(error) => {
                    front.join();
                    return Err(error.into());
                }
            }
        }
        Ok(front)
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes the whole records in `out`, then fills `into` with whole records and returns their bytes. 0: there is nothing, and
    /// `wake` will be called when there is.
    ///
    /// # Errors
    ///
    /// A record in `out` is none: those before it are taken, it and those behind it are not. Or `into` is too short for the next
    /// record; `LARGEST_RECORD` is enough for any.
    pub fn exchange(&self, out: &[u8], into: &mut [u8]) -> Result<usize, WireError> {
        let taken = self.take(out);
        taken?;
        let taken = self.shared.queue.take(into);
        if taken.waiting != 0 {
            self.tell_room(taken.waiting);
        }
        if taken.is_short {
            return Err(WireError::Room);
        }
        Ok(taken.bytes)
    }

    /// Requests that are read from now on meet other routes.
    pub fn set_program(&self, program: Program) {
        self.shared.program.store(Arc::new(program));
    }

    /// Takes no more connections, ends those that wait for a request, and the others when they are answered, but at last after
    /// so much time. Then the record `CLOSED` comes.
    pub fn close(&self, timeout: Duration) {
        self.shared.post_to_all(|mail| mail.close = Some(timeout));
    }

    /// Ends everything at once, if it has not ended, and waits for the threads.
    pub fn join(&self) {
        self.shared.post_to_all(|mail| mail.stops = true);
        let threads = std::mem::take(&mut *self.lock_threads());
        for thread in threads {
            let _ = thread.join(); // it contains its own panics
        }
    }

    /// What it counted.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.shared.stats()
    }

    /// Gives each thread its own records: one push and one wake-up for all of them.
    fn take(&self, out: &[u8]) -> Result<(), WireError> {
        let (valid, error) = valid_records(out, |reply| self.act(reply));
        let records = out.get(..valid).unwrap_or_default();
        let mut rest = records;
        let mut threads: u64 = 0;
        while let Ok((record, behind)) = first_record(rest) {
            rest = behind;
            threads |= 1_u64
                .checked_shl(u32::try_from(record.id.thread()).unwrap_or(u32::MAX))
                .unwrap_or_default();
        }
        for thread in 0..self.shared.threads() {
            if threads >> thread & 1 == 1 {
                self.shared
                    .post(thread, |mail| append(&mut mail.records, records, thread));
            }
        }
        error.map_or(Ok(()), Err)
    }

    /// What is done at once, and by no thread.
    fn act(&self, reply: &Reply<'_>) {
        if let Reply::FillEnd {
            token,
            is_hit_for_miss,
        } = *reply
        {
            self.shared.store.end(token, is_hit_for_miss);
        }
    }

    fn tell_room(&self, threads: u64) {
        for thread in 0..self.shared.threads() {
            if threads >> thread & 1 == 1 {
                self.shared.post(thread, |mail| mail.has_room = true);
            }
        }
    }

    fn lock_threads(&self) -> std::sync::MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.join();
    }
}

/// How many bytes of `out` are records, and what is wrong behind them.
fn valid_records(out: &[u8], mut act: impl FnMut(&Reply<'_>)) -> (usize, Option<WireError>) {
    let mut rest = out;
    while !rest.is_empty() {
        let at = out.len() - rest.len();
        let read = first_record(rest).and_then(|(record, rest)| Ok((record.reply()?, rest)));
        match read {
            Ok((reply, behind)) => {
                act(&reply);
                rest = behind;
            }
            Err(error) => return (at, Some(error)),
        }
    }
    (out.len(), None)
}

/// Runs of records of one thread are copied at once.
fn append(to: &mut Vec<u8>, records: &[u8], thread: usize) {
    let mut rest = records;
    while let Ok((record, behind)) = first_record(rest) {
        if record.id.thread() == thread && record.id != NOBODY {
            to.extend_from_slice(record.bytes);
        }
        rest = behind;
    }
}
