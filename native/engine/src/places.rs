//! The connections of a thread, by the number that JavaScript knows them by.

use std::rc::Rc;

use crate::{connection::Connection, wire::PLACE_BITS};

pub(crate) struct Places {
    /// The thread's part of a slot.
    base: u32,
    entries: Vec<Entry>,
    free: Vec<u32>,
    taken: usize,
}

#[derive(Default)]
struct Entry {
    connection: Option<Rc<Connection>>,
    /// Of its latest request, which the next connection in this place goes on from.
    generation: u32,
}

impl Places {
    pub fn new(thread: usize) -> Self {
        Self {
            base: u32::try_from(thread).unwrap_or_default() << PLACE_BITS,
            entries: Vec::new(),
            free: Vec::new(),
            taken: 0,
        }
    }

    /// `None`: there is no place left.
    pub fn add(&mut self, make: impl FnOnce(u32, u32) -> Connection) -> Option<Rc<Connection>> {
        let place = self.free_place()?;
        let entry = self.entries.get_mut(index_of(place))?;
        let connection = Rc::new(make(self.base | place, entry.generation));
        entry.connection = Some(Rc::clone(&connection));
        self.taken += 1;
        Some(connection)
    }

    fn free_place(&mut self) -> Option<u32> {
        if let Some(place) = self.free.pop() {
            return Some(place);
        }
        let place = u32::try_from(self.entries.len()).ok()?;
        if place >> PLACE_BITS != 0 {
            return None;
        }
        self.entries.push(Entry::default());
        Some(place)
    }

    /// Whether it was the last.
    pub fn remove(&mut self, connection: &Connection) -> bool {
        let place = connection.slot() & ((1 << PLACE_BITS) - 1);
        if let Some(entry) = self.entries.get_mut(index_of(place)) {
            entry.generation = connection.generation();
            entry.connection = None;
            self.free.push(place);
            self.taken -= 1;
        }
        self.taken == 0
    }

    pub fn at(&self, place: u32) -> Option<&Rc<Connection>> {
        let place = place & ((1 << PLACE_BITS) - 1);
        self.entries.get(index_of(place))?.connection.as_ref()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Rc<Connection>> {
        self.entries
            .iter()
            .filter_map(|entry| entry.connection.as_ref())
    }

    pub fn is_empty(&self) -> bool {
        self.taken == 0
    }
}

fn index_of(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}
