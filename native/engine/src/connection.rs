//! One connection: what it does next. Its steps are run by its own task when the socket moves, and by the thread's inbox when
//! JavaScript has answered; both are on the same thread, and never within one another.

use std::{
    cell::{Cell, OnceCell, RefCell},
    future::poll_fn,
    net::IpAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    rc::Rc,
    task::{Context, Poll, Waker},
};

use tokio::net::TcpStream;

use crate::{
    clock::now_ms,
    closing::{Ending, Lingering},
    due::Due,
    exchange::{Answer, Exchange, Phase},
    heads::Heads,
    outgoing::Outgoing,
    thread::Thread,
    wire::{Id, ShortRecord, to_js},
};

pub(crate) struct Connection {
    slot: u32,
    pub client: IpAddr,
    /// Of its latest request.
    generation: Cell<u32>,
    pub due: Due,
    /// What it waited for besides its client has happened.
    pub is_called: Cell<bool>,
    /// Its task is to end.
    is_over: Cell<bool>,
    /// Of its task: it stays the same.
    waker: OnceCell<Waker>,
    pub inner: RefCell<Inner>,
}

pub(crate) struct Inner {
    pub stream: TcpStream,
    pub out: Outgoing,
    pub state: State,
}

pub(crate) enum State {
    /// It waits for requests.
    Heads(Heads),
    /// It has one that is no hit.
    Running(Box<Exchange>),
    /// Its last answer is given.
    Ending(Ending),
    /// What the client still sends is thrown away.
    Lingering(Lingering),
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Again,
    /// The waker was left where it will be called.
    Wait,
    End,
}

/// What a step is taken with.
pub(crate) struct Turn<'t, 'w> {
    pub me: &'t Connection,
    pub thread: &'t Thread,
    pub now: u64,
    pub cx: &'t mut Context<'w>,
}

/// Steps in a row before other connections have a turn.
const MOST_STEPS: usize = 64;

impl Connection {
    pub fn new(slot: u32, generation: u32, client: IpAddr, stream: TcpStream, due: u64) -> Self {
        Self {
            slot,
            client,
            generation: Cell::new(generation),
            due: Due::new(due),
            is_called: Cell::new(false),
            is_over: Cell::new(false),
            waker: OnceCell::new(),
            inner: RefCell::new(Inner {
                stream,
                out: Outgoing::default(),
                state: State::Heads(Heads::first()),
            }),
        }
    }

    pub fn slot(&self) -> u32 {
        self.slot
    }

    pub fn generation(&self) -> u32 {
        self.generation.get()
    }

    /// Of its next request.
    pub fn next_id(&self) -> Id {
        let generation = self.generation.get().wrapping_add(1);
        self.generation.set(generation);
        Id {
            slot: self.slot,
            generation,
        }
    }

    /// The task. Whatever panics in it costs this connection and no other.
    pub async fn serve(self: Rc<Self>, thread: Rc<Thread>) {
        let guest = Guest {
            connection: self,
            thread,
        };
        poll_fn(|cx| {
            guest.connection.waker.get_or_init(|| cx.waker().clone());
            if guest.connection.is_over.get() {
                return Poll::Ready(());
            }
            guest.connection.run_contained(&guest.thread, cx)
        })
        .await;
    }

    /// Runs what can be run now, from outside of its task.
    pub fn drive(&self, thread: &Thread) {
        let Some(waker) = self.waker.get() else {
            return;
        };
        let mut cx = Context::from_waker(waker);
        if self.run_contained(thread, &mut cx).is_ready() {
            self.end();
        }
    }

    /// Its task ends when it runs next.
    pub fn end(&self) {
        self.is_over.set(true);
        self.wake();
    }

    pub fn wake(&self) {
        if let Some(waker) = self.waker.get() {
            waker.wake_by_ref();
        }
    }

    /// It may have what it waited for besides its client.
    pub fn call(&self) {
        self.is_called.set(true);
        self.wake();
    }

    /// Does something with it, as its own task would.
    pub fn with(&self, thread: &Thread, act: impl FnOnce(&mut Inner, &mut Turn<'_, '_>)) {
        let Some(waker) = self.waker.get() else {
            return;
        };
        let mut cx = Context::from_waker(waker);
        let done = contained(thread, || {
            let mut turn = Turn {
                me: self,
                thread,
                now: now_ms(),
                cx: &mut cx,
            };
            act(&mut self.inner.borrow_mut(), &mut turn);
        });
        if done.is_none() {
            self.end();
        }
    }

    fn run_contained(&self, thread: &Thread, cx: &mut Context<'_>) -> Poll<()> {
        contained(thread, || self.run(thread, cx)).unwrap_or(Poll::Ready(()))
    }

    fn run(&self, thread: &Thread, cx: &mut Context<'_>) -> Poll<()> {
        let mut turn = Turn {
            me: self,
            thread,
            now: now_ms(),
            cx,
        };
        let mut inner = self.inner.borrow_mut();
        if !inner.keeps_time(&mut turn) {
            return Poll::Ready(());
        }
        for _ in 0..MOST_STEPS {
            match inner.step(&mut turn) {
                Step::Again => {}
                Step::Wait => return Poll::Pending,
                Step::End => {
                    inner.lose(&turn);
                    return Poll::Ready(());
                }
            }
        }
        turn.cx.waker().wake_by_ref();
        Poll::Pending
    }
}

/// `None`: it panicked.
fn contained<T>(thread: &Thread, run: impl FnOnce() -> T) -> Option<T> {
    let done = catch_unwind(AssertUnwindSafe(run)).ok();
    if done.is_none() {
        thread.counters.panics.one();
    }
    done
}

impl Inner {
    fn step(&mut self, turn: &mut Turn<'_, '_>) -> Step {
        if !self.out.is_empty() && !self.flush(turn) {
            return Step::End;
        }
        match self.state {
            State::Heads(_) => self.read_heads(turn),
            State::Running(_) => self.go_on(turn),
            State::Ending(_) => self.end(turn),
            State::Lingering(_) => self.linger(turn),
        }
    }

    /// Sends what the client takes. Returns false when the connection is lost.
    fn flush(&mut self, turn: &mut Turn<'_, '_>) -> bool {
        let write_by = turn.now.saturating_add(turn.thread.shared.times.write);
        let due = &turn.me.due;
        let took = || due.write_by(write_by);
        match self.out.poll_flush(&mut self.stream, turn.cx, took) {
            Poll::Ready(Ok(())) => {
                due.write_never();
                true
            }
            Poll::Ready(Err(_)) => false,
            Poll::Pending => {
                due.write_first_by(write_by);
                true
            }
        }
    }

    /// What is due when the client has not done its part. Returns false when the connection ends at once.
    fn keeps_time(&mut self, turn: &mut Turn<'_, '_>) -> bool {
        if turn.me.due.is_write_past(turn.now) {
            self.reset(turn);
            return false;
        }
        if !turn.me.due.is_read_past(turn.now) {
            return true;
        }
        turn.me.due.read_never();
        match self.state {
            State::Heads(_) => self.miss_head(turn),
            State::Running(_) => self.miss_body(turn),
            State::Ending(_) | State::Lingering(_) => false,
        }
    }

    /// Breaks off: the client must not take what it has for the whole.
    pub fn reset(&mut self, turn: &Turn<'_, '_>) {
        // if that fails it is closed without
        let _ = self.stream.set_zero_linger();
        self.lose(turn);
    }

    /// Tells JavaScript, if it has a request whose answer has not come to its end.
    pub fn lose(&mut self, turn: &Turn<'_, '_>) {
        self.abandon(turn.thread);
    }

    pub fn abandon(&mut self, thread: &Thread) {
        let State::Running(exchange) = &self.state else {
            return;
        };
        if let Phase::Parked { token, .. } = exchange.phase {
            thread.shared.store.leave(token, exchange.id.into());
            thread.counters.aborted.one();
        }
        if exchange.is_owed() {
            if exchange.answer == Answer::Nothing {
                thread.shared.pending.leave();
            }
            thread.counters.aborted.one();
            thread.tell_short(&ShortRecord::new(to_js::GONE, exchange.id));
        }
        self.state = State::Ending(Ending::Plain);
    }
}

/// However its task ends, by itself, by a panic, or with its thread: the place is free, and JavaScript knows.
struct Guest {
    connection: Rc<Connection>,
    thread: Rc<Thread>,
}

impl Drop for Guest {
    fn drop(&mut self) {
        if let Ok(mut inner) = self.connection.inner.try_borrow_mut() {
            inner.abandon(&self.thread);
        }
        self.thread.farewell(&self.connection);
    }
}
