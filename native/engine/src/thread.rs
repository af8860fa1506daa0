//! What the connections of one IO thread share.

use std::{
    cell::{Cell, RefCell},
    net::SocketAddr,
    rc::Rc,
    sync::Arc,
};

use tokio::net::TcpStream;

use crate::{
    answer::Body as StoredBody,
    clock::{DateLine, now_ms},
    connection::Connection,
    metrics::Counters,
    places::Places,
    queue::Pushed,
    router::Ranges,
    shared::Shared,
    store::Scratch,
    wire::ShortRecord,
};

/// Bytes read at once.
pub(crate) const WINDOW_BYTES: usize = 65_536;

/// Memory of an answer that is kept for the next.
const KEPT_BYTES: usize = 1 << 20;

pub(crate) struct Thread {
    pub index: usize,
    pub shared: Arc<Shared>,
    pub counters: Arc<Counters>,
    pub places: RefCell<Places>,
    /// Used within one step of one connection only.
    pub work: RefCell<Work>,
    pub is_closing: Cell<bool>,
    /// Connections that wait for room in the queue.
    blocked: RefCell<Vec<u32>>,
}

/// Memory for one step.
pub(crate) struct Work {
    /// What was read, behind what was there of a head.
    pub input: Box<[u8]>,
    pub tools: Tools,
}

/// What an answer or a record is made with.
pub(crate) struct Tools {
    /// What will be written.
    pub out: Vec<u8>,
    /// A record for JavaScript.
    pub record: Vec<u8>,
    /// A body that is there as a whole.
    pub body: Vec<u8>,
    pub date: DateLine,
    /// Of params.
    pub ranges: Ranges,
    /// Of keys.
    pub keys: Scratch,
    /// Goes behind `out`, from where it lies in the store.
    pub apart: Option<StoredBody>,
}

impl Work {
    fn new(head_bytes: usize) -> Self {
        Self {
            input: vec![0; head_bytes + WINDOW_BYTES].into_boxed_slice(),
            tools: Tools {
                out: Vec::new(),
                record: Vec::new(),
                body: Vec::new(),
                date: DateLine::new(),
                ranges: Ranges::new(),
                keys: Scratch::default(),
                apart: None,
            },
        }
    }
}

impl Tools {
    pub fn clear_out(&mut self) {
        self.out.clear();
        self.out.shrink_to(KEPT_BYTES);
    }
}

impl Thread {
    pub fn new(index: usize, shared: Arc<Shared>, counters: Arc<Counters>) -> Self {
        // what is read ahead during an answer may come before what is read next
        let head_bytes = shared.limits.most_bytes() + 2 * WINDOW_BYTES;
        Self {
            index,
            shared,
            counters,
            places: RefCell::new(Places::new(index)),
            work: RefCell::new(Work::new(head_bytes)),
            is_closing: Cell::new(false),
            blocked: RefCell::new(Vec::new()),
        }
    }

    /// Takes a connection, if there is room for it.
    pub fn welcome(self: &Rc<Self>, stream: TcpStream, client: SocketAddr) {
        if !self.shared.connections.enter() {
            self.counters.dropped.one();
            return;
        }
        let now = now_ms();
        let added = self.places.borrow_mut().add(|slot, generation| {
            Connection::new(
                slot,
                generation,
                client.ip(),
                stream,
                now + self.shared.times.header,
            )
        });
        let Some(connection) = added else {
            self.shared.connections.leave();
            self.counters.dropped.one();
            return;
        };
        self.counters.accepted.one();
        tokio::task::spawn_local(connection.serve(Rc::clone(self)));
    }

    /// The end of `welcome`. The last one to leave ends a thread that is closing.
    pub fn farewell(&self, connection: &Connection) {
        let is_deserted = self.places.borrow_mut().remove(connection);
        self.shared.connections.leave();
        if is_deserted && self.is_closing.get() {
            self.shared.post(self.index, |mail| mail.is_deserted = true);
        }
    }

    /// Whether connections end with the answer that they get now.
    pub fn ends_connections(&self) -> bool {
        self.is_closing.get() || self.shared.times.idle == 0
    }

    /// To JavaScript, whether there is room or not.
    pub fn tell(&self, record: &[u8]) {
        let pushed = self.shared.queue.push(record);
        self.shared.wake_if(pushed);
    }

    pub fn tell_short(&self, record: &ShortRecord) {
        self.tell(record.bytes());
    }

    /// To JavaScript, if there is room. If not, the connection in that place runs again when there is.
    pub fn offer(&self, record: &[u8], place: u32) -> bool {
        let pushed = self.shared.queue.offer(record, self.index);
        self.shared.wake_if(pushed);
        self.note_room(pushed != Pushed::Full, place)
    }

    /// The same for a record that is still to be made.
    pub fn has_room(&self, place: u32) -> bool {
        self.note_room(self.shared.queue.has_room(self.index), place)
    }

    fn note_room(&self, has_room: bool, place: u32) -> bool {
        if !has_room {
            self.blocked.borrow_mut().push(place);
        }
        has_room
    }

    /// The queue has room again.
    pub fn unblock(&self) {
        let blocked = std::mem::take(&mut *self.blocked.borrow_mut());
        let places = self.places.borrow();
        for connection in blocked.into_iter().filter_map(|place| places.at(place)) {
            connection.call();
        }
    }

    /// Wakes those that have waited for too long: they see by themselves for what.
    pub fn sweep(&self) {
        let now = now_ms();
        for connection in self.places.borrow().iter() {
            if connection.due.is_past(now) {
                connection.wake();
            }
        }
    }

    /// No more requests: those that wait for one end now.
    pub fn close(&self) {
        self.is_closing.set(true);
        for connection in self.places.borrow().iter() {
            connection.wake();
        }
    }

    pub fn is_deserted(&self) -> bool {
        self.places.borrow().is_empty()
    }
}
