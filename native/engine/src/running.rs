//! While JavaScript works on a request: its body, what the client sends meanwhile, and whether it is still there.

use std::task::Poll;

use crate::{
    ahead::Ahead,
    closing::Ending,
    connection::{Connection, Inner, State, Step, Turn},
    exchange::{Answer, Exchange, Phase},
    flight::Landed,
    heads::Heads,
    intake::How,
    reading::poll_read,
    thread::{Thread, WINDOW_BYTES, Work},
    wire::{Draft, PIECE_BYTES, ShortRecord, to_js},
};

/// A streamed answer is wanted again when less than this waits for the client.
pub(crate) const LOW_MARK: usize = 65_536;

impl Inner {
    pub fn go_on(&mut self, turn: &mut Turn<'_, '_>) -> Step {
        let State::Running(exchange) = &mut self.state else {
            return Step::Again;
        };
        if exchange.answer == Answer::Done {
            return self.finish(turn);
        }
        match exchange.phase {
            Phase::Blocked if turn.me.is_called.take() => return self.take_again(How::New, turn),
            Phase::Parked {
                landed: Some(landed),
                ..
            } => {
                return self.take_again(How::Landed(landed), turn);
            }
            Phase::Asked | Phase::Blocked | Phase::Parked { .. } => {}
        }
        if exchange.asks_drained && self.out.len() < LOW_MARK {
            exchange.asks_drained = false;
            let record = ShortRecord::new(to_js::DRAINED, exchange.id);
            turn.thread.tell_short(&record);
        }
        if exchange.upload.is_pulled {
            if !turn.thread.has_room(turn.me.slot()) {
                return Step::Wait;
            }
            feed_from_ahead(exchange, turn);
        }
        self.read_on(turn)
    }

    /// Reads what the client sends: for who pulls, or ahead. Nothing but reading tells that it is gone.
    fn read_on(&mut self, turn: &mut Turn<'_, '_>) -> Step {
        let State::Running(exchange) = &mut self.state else {
            return Step::Again;
        };
        let room = WINDOW_BYTES.saturating_sub(exchange.ahead.len());
        if room == 0 {
            return Step::Wait;
        }
        let mut work = turn.thread.work.borrow_mut();
        let Work { input, tools } = &mut *work;
        let Some(input) = input.get_mut(..room) else {
            return Step::Wait;
        };
        match poll_read(&mut self.stream, turn.cx, input) {
            Poll::Pending => Step::Wait,
            Poll::Ready(Ok(0) | Err(_)) => {
                if exchange.upload.is_pulled {
                    exchange.body_fails(400, turn.thread);
                }
                Step::End
            }
            Poll::Ready(Ok(read)) => {
                let mut read = input.get(..read).unwrap_or_default();
                if exchange.upload.is_pulled && exchange.ahead.is_empty() {
                    exchange.feed(&mut read, &mut tools.record, turn);
                }
                if !read.is_empty() {
                    exchange.ahead.push(read);
                }
                Step::Again
            }
        }
    }

    /// The answer is complete, as far as we are concerned.
    fn finish(&mut self, turn: &mut Turn<'_, '_>) -> Step {
        if !self.out.is_empty() {
            return Step::Wait;
        }
        let State::Running(exchange) = &mut self.state else {
            return Step::Again;
        };
        exchange.swallow();
        if exchange.is_last || exchange.upload.body.is_broken() {
            let lingers = exchange.lingers || !exchange.upload.body.is_ended();
            return self.begin_end(if lingers {
                Ending::Lingers
            } else {
                Ending::Plain
            });
        }
        if exchange.upload.body.is_ended() {
            let ahead = std::mem::take(&mut exchange.ahead);
            self.state = State::Heads(Heads::after(ahead, turn.now));
            return Step::Again;
        }
        // a short rest of the body, which nobody wants
        exchange.wait_for_body(turn.me, turn.thread, turn.now);
        let mut work = turn.thread.work.borrow_mut();
        match poll_read(&mut self.stream, turn.cx, &mut work.input) {
            Poll::Pending => Step::Wait,
            Poll::Ready(Ok(0) | Err(_)) => Step::End,
            Poll::Ready(Ok(read)) => {
                exchange.ahead = Ahead::of(work.input.get(..read).unwrap_or_default());
                Step::Again
            }
        }
    }

    /// The flight that it waited for is over.
    pub fn land(&mut self, generation: u32, how: Landed) {
        if let State::Running(exchange) = &mut self.state
            && exchange.id.generation == generation
            && let Phase::Parked { landed, .. } = &mut exchange.phase
        {
            *landed = Some(how);
        }
    }

    /// What was to come from the client did not come in time. Returns whether there is more to do.
    pub fn miss_body(&mut self, turn: &mut Turn<'_, '_>) -> bool {
        let State::Running(exchange) = &mut self.state else {
            return true;
        };
        if exchange.answer == Answer::Done {
            return false;
        }
        if let Phase::Parked { token, landed } = &mut exchange.phase {
            turn.thread.shared.store.leave(*token, exchange.id.into());
            *landed = Some(Landed::Empty);
        } else if exchange.upload.is_pulled {
            exchange.body_fails(408, turn.thread);
        }
        true
    }
}

impl Exchange {
    /// JavaScript wants one more piece of the body.
    pub fn pull(&mut self, me: &Connection, thread: &Thread, now: u64) {
        self.upload.is_pulled = true;
        self.wait_for_body(me, thread, now);
    }

    fn wait_for_body(&self, me: &Connection, thread: &Thread, now: u64) {
        let times = &thread.shared.times;
        let whole_by = self.begun.saturating_add(times.request);
        me.due.read_by(whole_by.min(now.saturating_add(times.body)));
    }

    /// Gives what `input` has of the body to JavaScript, at most one piece. It has asked for it.
    fn feed(&mut self, input: &mut &[u8], record: &mut Vec<u8>, turn: &Turn<'_, '_>) {
        record.clear();
        let mut draft = Draft::new(record, to_js::BODY_DATA, 0, self.id);
        draft.word(0);
        let before = draft.len();
        let (mut piece, behind) = input.split_at(input.len().min(PIECE_BYTES));
        let whole = piece.len();
        self.upload.body.take(&mut piece, |data| draft.bytes(data));
        *input = match input.get(whole - piece.len()..) {
            Some(rest) => rest,
            None => behind,
        };
        let bytes = draft.len() - before;
        if bytes > 0 {
            draft.set(4, crate::wire::word_of(bytes));
            draft.end();
            turn.thread.tell(record);
            self.is_served(turn);
        } else if self.upload.body.is_ended() {
            turn.thread
                .tell_short(&ShortRecord::new(to_js::BODY_END, self.id));
            self.is_served(turn);
        } else if self.upload.body.is_broken() {
            self.body_fails(400, turn.thread);
            turn.me.due.read_never();
        } else if whole > 0 {
            self.wait_for_body(turn.me, turn.thread, turn.now);
        }
    }

    fn is_served(&mut self, turn: &Turn<'_, '_>) {
        self.upload.is_pulled = false;
        turn.me.due.read_never();
    }

    /// There will be no more of it, and no other request on this connection.
    fn body_fails(&mut self, status: u32, thread: &Thread) {
        self.upload.is_pulled = false;
        self.is_last = true;
        self.lingers = true;
        self.upload.body = crate::body::Body::Broken;
        thread.tell_short(&ShortRecord::with(to_js::BODY_ERROR, self.id, status));
    }
}

fn feed_from_ahead(exchange: &mut Exchange, turn: &Turn<'_, '_>) {
    let ahead = std::mem::take(&mut exchange.ahead);
    let mut input = ahead.unread();
    let mut work = turn.thread.work.borrow_mut();
    exchange.feed(&mut input, &mut work.tools.record, turn);
    let left = input.len();
    exchange.ahead = ahead;
    let taken = exchange.ahead.len() - left;
    exchange.ahead.skip(taken);
}
