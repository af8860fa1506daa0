//! Records on their way to JavaScript, and when it is woken.

use std::sync::PoisonError;

use super::sync::Mutex;

/// Bounded by bytes and by records. JavaScript is woken when there is something after there was nothing, and is asleep only
/// when it has found nothing: both are decided under the lock, so that no wake-up is lost and none is given twice.
pub(crate) struct Queue {
    state: Mutex<State>,
    most_bytes: usize,
    most_records: usize,
}

struct State {
    /// Whole records, one behind the other, from `begin`.
    bytes: Vec<u8>,
    begin: usize,
    records: usize,
    /// JavaScript was woken, and has not found the queue empty since.
    is_awake: bool,
    /// Threads that wait for room, a bit each.
    waiting: u64,
}

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pushed {
    /// JavaScript is awake: it will find it.
    Queued,
    /// JavaScript is to be woken now, by who pushed.
    Wakes,
    /// There is no room; the thread will be told when there is.
    Full,
}

/// What was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    /// Bytes of whole records. 0: there is nothing, and the next record wakes; unless `is_short`.
    pub bytes: usize,
    /// The first record is larger than what there is to put it in.
    pub is_short: bool,
    /// Threads that waited for room and have it now, a bit each.
    pub waiting: u64,
}

/// Memory that is kept when nothing is in it.
const KEPT_BYTES: usize = 1 << 20;

impl Queue {
    pub fn new(most_bytes: usize, most_records: usize) -> Self {
        let state = State {
            bytes: Vec::new(),
            begin: 0,
            records: 0,
            is_awake: false,
            waiting: 0,
        };
        Self {
            state: Mutex::new(state),
            most_bytes,
            most_records,
        }
    }

    /// For what can wait: refused when there is no room.
    pub fn offer(&self, record: &[u8], thread: usize) -> Pushed {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_full(&state) {
            state.waiting |= 1 << thread;
            return Pushed::Full;
        }
        state.push(record)
    }

    /// For what cannot wait, and is as rare as the requests that are there already.
    pub fn push(&self, record: &[u8]) -> Pushed {
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(record)
    }

    /// Whether there is room; if not, the thread will be told when there is.
    pub fn has_room(&self, thread: usize) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = self.is_full(&state);
        if is_full {
            state.waiting |= 1 << thread;
        }
        !is_full
    }

    /// Fills `into` with whole records.
    pub fn take(&self, into: &mut [u8]) -> Taken {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let is_empty = state.records == 0;
        if is_empty {
            state.is_awake = false;
        }
        let bytes = state.take(into);
        let has_room = state.len() <= self.most_bytes / 2 && state.records <= self.most_records / 2;
        Taken {
            bytes,
            is_short: bytes == 0 && !is_empty,
            waiting: if has_room {
                std::mem::take(&mut state.waiting)
            } else {
                0
            },
        }
    }

    pub fn bytes(&self) -> usize {
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
    }

    fn is_full(&self, state: &State) -> bool {
        state.len() >= self.most_bytes || state.records >= self.most_records
    }
}

impl State {
    fn len(&self) -> usize {
        self.bytes.len() - self.begin
    }

    fn push(&mut self, record: &[u8]) -> Pushed {
        // moved only when that frees half of it: what is moved was paid for by what was taken
        let is_tight = self.bytes.len() + record.len() > self.bytes.capacity();
        if is_tight && self.begin * 2 > self.bytes.len() {
            self.bytes.drain(..self.begin);
            self.begin = 0;
        }
        self.bytes.extend_from_slice(record);
        self.records += 1;
        if std::mem::replace(&mut self.is_awake, true) {
            Pushed::Queued
        } else {
            Pushed::Wakes
        }
    }

    fn take(&mut self, into: &mut [u8]) -> usize {
        let waiting = self.bytes.get(self.begin..).unwrap_or_default();
        let (length, records) = whole_records(waiting, into.len());
        if let (Some(target), Some(source)) = (into.get_mut(..length), waiting.get(..length)) {
            target.copy_from_slice(source);
        }
        self.begin += length;
        self.records -= records;
        if self.begin == self.bytes.len() {
            self.begin = 0;
            self.bytes.clear();
            self.bytes.shrink_to(KEPT_BYTES);
        }
        length
    }
}

/// Bytes and number of the records that fit.
fn whole_records(bytes: &[u8], room: usize) -> (usize, usize) {
    let (mut length, mut records) = (0, 0);
    while let Some(next) = record_length(bytes, length) {
        if length + next > room {
            break;
        }
        length += next;
        records += 1;
    }
    (length, records)
}

fn record_length(bytes: &[u8], at: usize) -> Option<usize> {
    let word: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
    usize::try_from(u32::from_le_bytes(word))
        .ok()
        .filter(|&length| length > 0)
}
