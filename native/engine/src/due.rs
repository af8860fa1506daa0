//! Until when a connection may wait for its client. One sweep per thread looks at all of them: no timer is set or moved.

use std::cell::Cell;

/// Instants by `now_ms`; `NEVER` where nothing is waited for.
pub(crate) struct Due {
    read: Cell<u64>,
    write: Cell<u64>,
}

const NEVER: u64 = u64::MAX;

impl Due {
    pub fn new(read: u64) -> Self {
        Self {
            read: Cell::new(read),
            write: Cell::new(NEVER),
        }
    }

    pub fn is_past(&self, now: u64) -> bool {
        self.is_read_past(now) || self.is_write_past(now)
    }

    pub fn is_read_past(&self, now: u64) -> bool {
        self.read.get() <= now
    }

    pub fn is_write_past(&self, now: u64) -> bool {
        self.write.get() <= now
    }

    /// The client has to send something until then.
    pub fn read_by(&self, at: u64) {
        self.read.set(at);
    }

    pub fn read_never(&self) {
        self.read.set(NEVER);
    }

    /// The client has to take something until then, unless an earlier instant stands already.
    pub fn write_first_by(&self, at: u64) {
        if self.write.get() == NEVER {
            self.write.set(at);
        }
    }

    /// It has taken something.
    pub fn write_by(&self, at: u64) {
        self.write.set(at);
    }

    pub fn write_never(&self) {
        self.write.set(NEVER);
    }
}
