//! The numbers by which JavaScript knows records.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Weak};

use crate::record::Record;

/// Handles looked at each time another is made, so that those of records that are gone are forgotten.
const SWEPT: usize = 3;

/// None is used twice, and all are safe integers in JavaScript. A handle keeps no record alive.
#[derive(Default)]
pub(crate) struct Handles {
    records: HashMap<u64, Weak<Record>>,
    order: VecDeque<u64>,
    last: u64,
}

impl Handles {
    pub(crate) fn next(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    pub(crate) fn keep(&mut self, record: &Arc<Record>) {
        self.sweep();
        self.records.insert(record.handle, Arc::downgrade(record));
        self.order.push_back(record.handle);
    }

    pub(crate) fn get(&self, handle: u64) -> Option<Arc<Record>> {
        self.records.get(&handle).and_then(Weak::upgrade)
    }

    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    fn sweep(&mut self) {
        for _ in 0..SWEPT {
            let Some(handle) = self.order.pop_front() else {
                return;
            };
            match self.records.get(&handle) {
                Some(record) if record.strong_count() > 0 => self.order.push_back(handle),
                _ => {
                    self.records.remove(&handle);
                }
            }
        }
    }
}
