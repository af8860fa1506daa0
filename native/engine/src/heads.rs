//! The way of a hit: what came is read into memory that all connections share, answered from there, and written at once.

use std::{io, task::Poll};

use crate::{
    ahead::Ahead,
    closing::Ending,
    connection::{Inner, State, Step, Turn},
    exchange::Exchange,
    head::{blank_lines, is_due},
    intake::{How, Intake, Taken},
    reading::poll_read,
    response::{Persistence, Problem},
    thread::{Tools, WINDOW_BYTES, Work},
};

/// Where a connection stands between its requests.
pub(crate) struct Heads {
    /// Of the next request, or of several.
    pub ahead: Ahead,
    /// So much of it is known to be the begin of a head.
    parsed: usize,
    /// When its first byte came.
    begun: u64,
    /// Nothing was asked yet.
    is_first: bool,
}

/// Answers wait for the client when there are so many bytes of them.
const MOST_OUT: usize = 262_144;

/// What the requests of one read lead to.
enum Next {
    /// More has to come.
    More,
    /// There are more requests than can be answered at once.
    Crowded,
    Running(Box<Exchange>),
    Refused(Refusal),
    /// The connection ends with what was answered.
    Last,
}

/// Of bytes that are no request.
#[derive(Clone, Copy)]
struct Refusal {
    status: u16,
    /// As far as they tell.
    is_head: bool,
}

impl Refusal {
    fn of(input: &[u8], status: u16) -> Self {
        let is_head = input
            .get(blank_lines(input)..)
            .is_some_and(|line| line.starts_with(b"HEAD "));
        Self { status, is_head }
    }
}

impl Heads {
    pub fn first() -> Self {
        Self {
            ahead: Ahead::default(),
            parsed: 0,
            begun: 0,
            is_first: true,
        }
    }

    /// Behind a request.
    pub fn after(ahead: Ahead, now: u64) -> Self {
        Self {
            ahead,
            parsed: 0,
            begun: now,
            is_first: false,
        }
    }

    fn has_begun(&self) -> bool {
        self.ahead.len() > blank_lines(self.ahead.unread())
    }
}

impl Inner {
    pub fn read_heads(&mut self, turn: &mut Turn<'_, '_>) -> Step {
        let State::Heads(heads) = &mut self.state else {
            return Step::Again;
        };
        if !self.out.is_empty() {
            return Step::Wait; // for the client to take what it asked for
        }
        let mut work = turn.thread.work.borrow_mut();
        let Work { input, tools } = &mut *work;
        if heads.parsed < heads.ahead.len() {
            let mut ahead = std::mem::take(&mut heads.ahead);
            let (taken, next) = take_all(ahead.unread(), heads.begun, tools, turn);
            ahead.skip(taken);
            return self.follow(ahead, next, tools, turn);
        }
        let kept = heads.ahead.len();
        let Some(room) = input.get_mut(kept..kept + WINDOW_BYTES) else {
            return self.follow(
                Ahead::default(),
                Next::Refused(Refusal::of(&[], 431)),
                tools,
                turn,
            );
        };
        let read = match poll_read(&mut self.stream, turn.cx, room) {
            Poll::Pending => return wait_for_head(heads, turn),
            Poll::Ready(Ok(0)) if heads.has_begun() => {
                let next = Next::Refused(Refusal::of(heads.ahead.unread(), 400));
                return self.follow(Ahead::default(), next, tools, turn);
            }
            Poll::Ready(Ok(0) | Err(_)) => return Step::End,
            Poll::Ready(Ok(read)) => read,
        };
        if !heads.has_begun() {
            heads.begun = turn.now;
        }
        let ahead = std::mem::take(&mut heads.ahead);
        if let Some(begin) = input.get_mut(..kept) {
            begin.copy_from_slice(ahead.unread());
        }
        let input = input.get(..kept + read).unwrap_or_default();
        if !is_due(input, heads.parsed, &turn.thread.shared.limits) {
            heads.ahead = ahead;
            heads.ahead.push(input.get(kept..).unwrap_or_default());
            heads.parsed = heads.ahead.len();
            return Step::Again;
        }
        let (taken, next) = take_all(input, heads.begun, tools, turn);
        let rest = input.get(taken..).unwrap_or_default();
        self.follow(Ahead::of(rest), next, tools, turn)
    }

    /// Sends what was answered, and goes where the last request leads.
    fn follow(
        &mut self,
        ahead: Ahead,
        next: Next,
        tools: &mut Tools,
        turn: &mut Turn<'_, '_>,
    ) -> Step {
        if let Next::Refused(Refusal { status, is_head }) = next {
            turn.thread.counters.refused.one();
            let problem = Problem {
                status,
                is_head,
                persistence: Persistence::Closes,
            };
            problem.write(&mut tools.out, &mut tools.date, turn.now);
        }
        if self.send_answers(tools, turn).is_err() {
            return Step::End;
        }
        self.state = match next {
            Next::More => {
                let parsed = ahead.len();
                let begun = match &self.state {
                    State::Heads(heads) => heads.begun,
                    _ => turn.now,
                };
                State::Heads(Heads {
                    parsed,
                    begun,
                    is_first: false,
                    ahead,
                })
            }
            Next::Crowded => State::Heads(Heads::after(ahead, turn.now)),
            Next::Running(mut exchange) => {
                turn.me.due.read_by(exchange.parked_until);
                turn.me.is_called.set(false);
                exchange.ahead = ahead;
                State::Running(exchange)
            }
            Next::Refused(_) => State::Ending(Ending::Lingers),
            Next::Last => State::Ending(Ending::Plain),
        };
        Step::Again
    }

    fn send_answers(&mut self, tools: &mut Tools, turn: &mut Turn<'_, '_>) -> io::Result<()> {
        if tools.out.is_empty() {
            return Ok(());
        }
        let sent = match tools.apart.take() {
            None => self.out.send(&mut self.stream, turn.cx, &tools.out, &[]),
            Some(body) => self
                .out
                .send_stored(&mut self.stream, turn.cx, &tools.out, body),
        };
        tools.clear_out();
        sent
    }

    /// The head did not come in time. Returns whether there is more to do.
    pub fn miss_head(&mut self, turn: &mut Turn<'_, '_>) -> bool {
        let State::Heads(heads) = &self.state else {
            return true;
        };
        if !heads.has_begun() {
            return false; // it was idle: nobody waits for an answer
        }
        let mut work = turn.thread.work.borrow_mut();
        let next = Next::Refused(Refusal::of(heads.ahead.unread(), 408));
        self.follow(Ahead::default(), next, &mut work.tools, turn) != Step::End
    }

    /// A request that waited for something else than its client is taken once more.
    pub fn take_again(&mut self, how: How, turn: &mut Turn<'_, '_>) -> Step {
        let State::Running(exchange) = &mut self.state else {
            return Step::Again;
        };
        let mut ahead = std::mem::take(&mut exchange.ahead);
        let begun = exchange.begun;
        let mut work = turn.thread.work.borrow_mut();
        let tools = &mut work.tools;
        let intake = Intake {
            me: turn.me,
            thread: turn.thread,
            now: turn.now,
            begun,
        };
        let (taken, next) = match intake.take(ahead.unread(), how, tools) {
            Taken::Partial => (0, Next::More),
            Taken::Refused(status) => (0, Next::Refused(Refusal::of(ahead.unread(), status))),
            Taken::Answered { len, is_last: true } => (len, Next::Last),
            Taken::Answered { len, .. } => (len, Next::Crowded),
            Taken::Asked { len, exchange } => (len, Next::Running(exchange)),
            Taken::Held { exchange } => (0, Next::Running(exchange)),
        };
        ahead.skip(taken);
        self.follow(ahead, next, tools, turn)
    }
}

/// Takes the requests that `input` begins with, as far as they can be answered here. Returns how many bytes they were.
fn take_all(input: &[u8], begun: u64, tools: &mut Tools, turn: &mut Turn<'_, '_>) -> (usize, Next) {
    let intake = Intake {
        me: turn.me,
        thread: turn.thread,
        now: turn.now,
        begun,
    };
    let mut at = 0;
    loop {
        let rest = input.get(at..).unwrap_or_default();
        if rest.is_empty() {
            return (at, Next::More);
        }
        if tools.out.len() >= MOST_OUT || tools.apart.is_some() {
            return (at, Next::Crowded);
        }
        match intake.take(rest, How::New, tools) {
            Taken::Partial => return (at, Next::More),
            Taken::Refused(status) => {
                return (at, Next::Refused(Refusal::of(rest, status)));
            }
            Taken::Answered { len, is_last } => {
                at += len;
                if is_last {
                    return (at, Next::Last);
                }
            }
            Taken::Asked { len, exchange } => return (at + len, Next::Running(exchange)),
            Taken::Held { exchange } => return (at, Next::Running(exchange)),
        }
    }
}

/// Nothing is there. How long it may take depends on what is there already.
fn wait_for_head(heads: &Heads, turn: &Turn<'_, '_>) -> Step {
    let times = &turn.thread.shared.times;
    if heads.has_begun() {
        turn.me
            .due
            .read_by(heads.begun.saturating_add(times.header));
        return Step::Wait;
    }
    if turn.thread.is_closing.get() {
        return Step::End;
    }
    if !heads.is_first {
        turn.me.due.read_by(turn.now.saturating_add(times.idle));
    }
    Step::Wait
}
