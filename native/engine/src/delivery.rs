//! Answers of JavaScript, put on their connection.

use crate::{
    closing::Ending,
    connection::{Connection, Inner, State, Turn},
    exchange::{Answer, Exchange, Phase, Stream},
    response::{FinalHead, Framing, Problem, are_lines, is_bodiless, write_information},
    running::LOW_MARK,
    thread::{Thread, Tools},
    wire::{Reply, Respond, ShortRecord, StreamStart, to_js},
};

impl Connection {
    /// Nothing is done for an id of the past. What follows from it is done by `drive`.
    pub fn deliver(&self, thread: &Thread, generation: u32, reply: &Reply<'_>) {
        self.with(thread, |inner, turn| {
            if inner.is_for(generation) {
                inner.deliver(reply, turn);
            }
        });
    }
}

impl Inner {
    fn is_for(&self, generation: u32) -> bool {
        match &self.state {
            State::Running(exchange) => exchange.is_owed() && exchange.id.generation == generation,
            _ => false,
        }
    }

    fn deliver(&mut self, reply: &Reply<'_>, turn: &mut Turn<'_, '_>) {
        let State::Running(exchange) = &mut self.state else {
            return;
        };
        match (reply, exchange.answer) {
            (Reply::Respond(respond), Answer::Nothing) => self.respond(respond, turn),
            (Reply::StreamStart(start), Answer::Nothing) => self.start(start, turn),
            (Reply::StreamData { data, asks_drained }, Answer::Streaming(stream)) => {
                exchange.asks_drained |= asks_drained;
                self.stream_on(data, stream, turn);
            }
            (Reply::StreamEnd { trailers }, Answer::Streaming(stream)) => {
                self.stream_end(trailers, stream, turn);
            }
            (Reply::StreamAbort, Answer::Streaming(stream)) => self.abort(stream),
            (Reply::BodyPull, answer) => {
                if std::mem::take(&mut exchange.upload.expects_continue)
                    && answer == Answer::Nothing
                {
                    write_information(self.out.tail(), 100, &[]);
                }
                exchange.pull(turn.me, turn.thread, turn.now);
            }
            (Reply::Inform { status, head }, Answer::Nothing) => self.inform(*status, head, turn),
            _ => {} // out of order: the state of the answer does not permit it
        }
    }

    fn respond(&mut self, respond: &Respond<'_>, turn: &mut Turn<'_, '_>) {
        let State::Running(exchange) = &mut self.state else {
            return;
        };
        exchange.swallow();
        exchange.begin_answer(respond.closes, turn.thread);
        exchange.answer = Answer::Done;
        let mut work = turn.thread.work.borrow_mut();
        let Tools { out, date, .. } = &mut work.tools;
        out.clear();
        let body = if let Some(status) = final_status(respond.status, respond.head) {
            let (framing, body) = framed(exchange, respond, status);
            let head = FinalHead {
                status,
                lines: respond.head,
                has_date: respond.has_date,
                framing,
                persistence: exchange.persistence(),
            };
            head.write(out, date, turn.now);
            body
        } else {
            turn.thread.counters.unsendable.one();
            exchange.problem(500).write(out, date, turn.now);
            &[]
        };
        let (head, body) = joined(out, body);
        let sent = self.out.send(&mut self.stream, turn.cx, head, body);
        work.tools.clear_out();
        if sent.is_err() {
            self.state = State::Ending(Ending::Resets);
        }
    }

    fn start(&mut self, start: &StreamStart<'_>, turn: &mut Turn<'_, '_>) {
        let State::Running(exchange) = &mut self.state else {
            return;
        };
        exchange.begin_answer(start.closes, turn.thread);
        let mut work = turn.thread.work.borrow_mut();
        let date = &mut work.tools.date;
        let out = self.out.tail();
        let Some(status) = final_status(start.status, start.head) else {
            turn.thread.counters.unsendable.one();
            exchange.answer = Answer::Done;
            exchange.problem(500).write(out, date, turn.now);
            // whoever streams it would wait for ever until more of it is wanted
            let gone = ShortRecord::new(to_js::GONE, exchange.id);
            turn.thread.tell_short(&gone);
            return;
        };
        let stream = stream_of(exchange, start, status);
        if stream == Stream::UntilClose {
            exchange.is_last = true;
        }
        exchange.answer = Answer::Streaming(stream);
        let head = FinalHead {
            status,
            lines: start.head,
            has_date: start.has_date,
            framing: match (stream, start.length) {
                (Stream::Chunked, _) => Framing::Chunked,
                (Stream::Length(length), _) => Framing::Length(length),
                (Stream::Bodiless, Some(length)) if exchange.asker.is_head => {
                    Framing::Length(length)
                }
                _ => Framing::Unsaid,
            },
            persistence: exchange.persistence(),
        };
        head.write(out, date, turn.now);
    }

    fn stream_on(&mut self, data: &[u8], stream: Stream, turn: &Turn<'_, '_>) {
        if data.is_empty() {
            return; // a chunk of no bytes would be the last
        }
        let out = self.out.tail();
        match stream {
            Stream::Bodiless => {}
            Stream::UntilClose => out.extend_from_slice(data),
            Stream::Chunked => {
                out.extend_from_slice(chunk_size(data.len(), &mut [0; 18]));
                out.extend_from_slice(data);
                out.extend_from_slice(b"\r\n");
            }
            Stream::Length(left) => match left.checked_sub(data.len() as u64) {
                Some(left) => {
                    out.extend_from_slice(data);
                    self.stream_is(Stream::Length(left));
                }
                None => self.cut(turn),
            },
        }
    }

    fn stream_is(&mut self, stream: Stream) {
        if let State::Running(exchange) = &mut self.state {
            exchange.answer = Answer::Streaming(stream);
        }
    }

    fn stream_end(&mut self, trailers: &[u8], stream: Stream, turn: &Turn<'_, '_>) {
        match stream {
            Stream::Length(1..) => return self.cut(turn),
            Stream::Chunked => {
                let out = self.out.tail();
                out.extend_from_slice(b"0\r\n");
                if are_lines(trailers) {
                    out.extend_from_slice(trailers);
                } else {
                    turn.thread.counters.unsendable.one();
                }
                out.extend_from_slice(b"\r\n");
            }
            _ => {}
        }
        if let State::Running(exchange) = &mut self.state {
            exchange.answer = Answer::Done;
        }
    }

    /// What JavaScript sends is not what it has announced: the client must not take it for the whole.
    fn cut(&mut self, turn: &Turn<'_, '_>) {
        self.lose(turn);
        turn.thread.counters.unsendable.one();
    }

    /// What was sent is sent, and its end is not told.
    fn abort(&mut self, stream: Stream) {
        self.state = State::Ending(match stream {
            // closing would be the end
            Stream::UntilClose => Ending::Resets,
            _ => Ending::Plain,
        });
    }

    fn inform(&mut self, status: u32, head: &[u8], turn: &Turn<'_, '_>) {
        let State::Running(exchange) = &self.state else {
            return;
        };
        // a hint that its client would not read in time is left out: nobody counts how many there are
        if exchange.asker.is_http_1_0 || self.out.len() >= LOW_MARK {
            return;
        }
        match u16::try_from(status) {
            Ok(status @ 102..=199) if are_lines(head) => {
                write_information(self.out.tail(), status, head);
            }
            _ => turn.thread.counters.unsendable.one(),
        }
    }
}

impl Exchange {
    /// Nobody waits for JavaScript any more, and it is decided whether the connection stays.
    fn begin_answer(&mut self, closes: bool, thread: &Thread) {
        debug_assert_eq!(
            self.phase,
            Phase::Asked,
            "JavaScript answers what it was asked"
        );
        thread.shared.pending.leave();
        self.lingers |= self.leaves_body();
        let ends = thread.ends_connections() || thread.shared.none_listens();
        self.is_last |= self.lingers || closes || ends;
    }

    fn problem(&self, status: u16) -> Problem {
        Problem {
            status,
            is_head: self.asker.is_head,
            persistence: self.persistence(),
        }
    }
}

/// Of an answer that may be sent.
fn final_status(status: u32, head: &[u8]) -> Option<u16> {
    match u16::try_from(status) {
        Ok(status @ 200..=599) if are_lines(head) => Some(status),
        _ => None,
    }
}

/// How the end of a whole answer is told, and the bytes that are sent.
fn framed<'a>(exchange: &Exchange, respond: &Respond<'a>, status: u16) -> (Framing, &'a [u8]) {
    let own = respond.body.len() as u64;
    let announced = respond.announced.map_or(Framing::Unsaid, Framing::Length);
    match status {
        204 => (Framing::Unsaid, &[]),
        205 => (Framing::Length(0), &[]),
        304 => (announced, &[]),
        _ if respond.is_bodiless && exchange.asker.is_head => (announced, &[]),
        _ if exchange.asker.is_head => (Framing::Length(own), &[]),
        // of a request with a body to come: without a length it would end with the connection
        _ if respond.is_bodiless => (Framing::Length(0), &[]),
        _ => (Framing::Length(own), respond.body),
    }
}

fn stream_of(exchange: &Exchange, start: &StreamStart<'_>, status: u16) -> Stream {
    if exchange.asker.is_head || is_bodiless(status) {
        return Stream::Bodiless;
    }
    match start.length {
        Some(length) => Stream::Length(length),
        None if exchange.asker.is_http_1_0 => Stream::UntilClose,
        None => Stream::Chunked,
    }
}

/// Up to this size a body is copied behind its head: cheaper than a call with two buffers.
const JOINED_BYTES: usize = 16_384;

fn joined<'a>(out: &'a mut Vec<u8>, body: &'a [u8]) -> (&'a [u8], &'a [u8]) {
    if body.len() > JOINED_BYTES {
        return (out, body);
    }
    out.extend_from_slice(body);
    (out, &[])
}

/// In hex, with CRLF.
fn chunk_size(size: usize, buffer: &mut [u8; 18]) -> &[u8] {
    let mut left = size;
    let mut begin = buffer.len();
    let mut put = |byte| {
        begin -= 1;
        if let Some(place) = buffer.get_mut(begin) {
            *place = byte;
        }
    };
    put(b'\n');
    put(b'\r');
    loop {
        let digit = u32::try_from(left % 16).unwrap_or_default();
        let digit = char::from_digit(digit, 16).unwrap_or('0');
        put(u8::try_from(digit).unwrap_or(b'0'));
        left /= 16;
        if left == 0 {
            break;
        }
    }
    buffer.get(begin..).unwrap_or_default()
}
