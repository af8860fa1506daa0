//! How a connection ends.

use std::{pin::Pin, task::Poll};

use tokio::io::AsyncWrite;

use crate::{
    connection::{Inner, State, Step, Turn},
    reading::poll_read,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// When what was said is sent.
    Plain,
    /// The same, for a client that is still sending.
    Lingers,
    /// At once, and not as an end: what was sent is no whole answer.
    Resets,
}

pub(crate) struct Lingering {
    left: usize,
}

/// What a client may still send after it was answered, and for how many milliseconds. To close at once would make the kernel
/// reset the connection, and the client lose the answer that it has not read yet (RFC 9112 section 9.6).
const LINGER_BYTES: usize = 1 << 20;
const LINGER_TIME: u64 = 2_000;

impl Inner {
    /// The last that is said on this connection is in `out`.
    pub fn begin_end(&mut self, ending: Ending) -> Step {
        self.state = State::Ending(ending);
        Step::Again
    }

    pub fn end(&mut self, turn: &mut Turn<'_, '_>) -> Step {
        let State::Ending(ending) = self.state else {
            return Step::Again;
        };
        turn.me.due.read_never();
        if ending == Ending::Resets {
            self.reset(turn);
            return Step::End;
        }
        if !self.out.is_empty() {
            return Step::Wait;
        }
        match Pin::new(&mut self.stream).poll_shutdown(turn.cx) {
            Poll::Ready(Ok(())) => {}
            Poll::Ready(Err(_)) => return Step::End,
            Poll::Pending => return Step::Wait,
        }
        turn.me.due.read_by(turn.now + LINGER_TIME);
        self.state = State::Lingering(Lingering { left: LINGER_BYTES });
        if ending == Ending::Lingers {
            return Step::Again;
        }
        // one that has nothing more to say needs no wait
        match self.linger(turn) {
            Step::Wait => Step::End,
            step => step,
        }
    }

    pub fn linger(&mut self, turn: &mut Turn<'_, '_>) -> Step {
        let State::Lingering(lingering) = &mut self.state else {
            return Step::Again;
        };
        let mut work = turn.thread.work.borrow_mut();
        match poll_read(&mut self.stream, turn.cx, &mut work.input) {
            Poll::Pending => Step::Wait,
            Poll::Ready(Ok(bytes)) if bytes > 0 && bytes <= lingering.left => {
                lingering.left -= bytes;
                Step::Again
            }
            Poll::Ready(_) => Step::End,
        }
    }
}
