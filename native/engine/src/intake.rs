//! One request: from the bytes of its head to an answer, or to JavaScript.

use std::borrow::Cow;

use crate::{
    ahead::Ahead,
    body::Body,
    connection::Connection,
    exchange::{Answer, Asker, Exchange, Phase, Upload},
    flight::{Joined, Landed, Leader},
    framing::Framing,
    head::{Head, Parsed, parse_head},
    method::Method,
    program::{Found, Program},
    request::Request,
    request_line::Version,
    request_record::{Destination, RequestRecord},
    response::{Persistence, Problem},
    rule::Rule,
    store::{Answered, Outcome},
    thread::{Thread, Tools},
    wire::{Id, NOBODY, WITH_REQUEST_BYTES},
};

/// What became of the bytes.
pub(crate) enum Taken {
    /// They are the begin of a head.
    Partial,
    /// With this status; nothing behind them can be relied on.
    Refused(u16),
    /// In `out`.
    Answered { len: usize, is_last: bool },
    /// JavaScript has it; so many bytes are dealt with.
    Asked { len: usize, exchange: Box<Exchange> },
    /// It waits, and is to be taken once more.
    Held { exchange: Box<Exchange> },
}

/// Whether it was taken before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    New,
    /// It has waited for the answer of another, and waits for no other.
    Landed(Landed),
}

/// Takes requests of one connection.
pub(crate) struct Intake<'t> {
    pub me: &'t Connection,
    pub thread: &'t Thread,
    pub now: u64,
    /// When the first byte came.
    pub begun: u64,
}

/// A request and the bytes it stands in.
#[derive(Clone, Copy)]
struct Message<'a, 'b> {
    head: &'a Head<'b>,
    /// Of the head.
    len: usize,
    /// What was read with it: its body, or the next.
    behind: &'a [u8],
}

impl Intake<'_> {
    /// Takes the request that `input` begins with.
    pub fn take(&self, input: &[u8], how: How, tools: &mut Tools) -> Taken {
        match parse_head(input, &self.thread.shared.limits) {
            Parsed::Partial => Taken::Partial,
            Parsed::Refused(status) => Taken::Refused(status),
            Parsed::Head { head, len } => {
                let message = Message {
                    head: &head,
                    len,
                    behind: input.get(len..).unwrap_or_default(),
                };
                let mut ranges = std::mem::take(&mut tools.ranges);
                let program = self.thread.shared.program.load();
                let found = program.find(head.method, &head.target, &mut ranges);
                let taken = self.route(message, &program, &found, (ranges.as_slice(), how), tools);
                tools.ranges = ranges;
                taken
            }
        }
    }

    fn route(
        &self,
        message: Message<'_, '_>,
        program: &Program,
        found: &Found<'_>,
        (ranges, how): (&[(u32, u32)], How),
        tools: &mut Tools,
    ) -> Taken {
        let head = message.head;
        let mut to = Destination::nowhere(program.version());
        match found {
            Found::Route { route, path, query } if program.is_ours(&head.authority) => {
                to.route = i32::try_from(*route).unwrap_or(-1);
                to.path = match path {
                    Cow::Owned(path) => Some(path.as_slice()),
                    Cow::Borrowed(_) => None,
                };
                to.ranges = ranges;
                match program.rule(*route) {
                    Some(rule) => self.look(message, (rule, path, *query), (to, how), tools),
                    None => self.ask(message, to, tools),
                }
            }
            // JavaScript answers whatever has no route, and whoever is not meant
            _ => self.ask(message, to, tools),
        }
    }

    /// Whether the store has an answer.
    fn look(
        &self,
        message: Message<'_, '_>,
        (rule, path, query): (&Rule, &[u8], Option<&[u8]>),
        (to, how): (Destination<'_>, How),
        tools: &mut Tools,
    ) -> Taken {
        let shared = &self.thread.shared;
        let head = message.head;
        let is_last = head.is_last || self.thread.ends_connections();
        let mut request = Request {
            front: shared.config.front,
            rule,
            method: head.method,
            has_body: head.framing != Framing::Empty,
            authority: &head.authority,
            path,
            query,
            fields: head.fields,
            seen: &head.seen,
            is_collapsed: how != How::New,
            lines: lines_of(persistence_of(head, is_last), rule.server_timing),
            now: shared.store.now(),
        };
        if how == How::Landed(Landed::Empty) {
            return self.ask(message, to, tools);
        }
        match shared
            .store
            .answer(&request, &mut tools.keys, &mut tools.out)
        {
            Outcome::Answered(answered) => {
                let is_due = answered.is_due;
                let taken = self.answered(message, answered, is_last, tools);
                if is_due {
                    self.refresh(message, &request, to, tools);
                }
                taken
            }
            Outcome::Miss if how == How::New => {
                request.is_collapsed = true;
                self.join(message, &request, (to, is_last), tools)
            }
            Outcome::Miss | Outcome::Bypass => self.ask(message, to, tools),
        }
    }

    fn answered(
        &self,
        message: Message<'_, '_>,
        answered: Answered,
        is_last: bool,
        tools: &mut Tools,
    ) -> Taken {
        self.thread.counters.requests.one();
        self.thread.counters.hits.one();
        tools.apart = answered.body;
        Taken::Answered {
            len: message.len,
            is_last,
        }
    }

    /// A miss: it is the one to ask JavaScript, or waits for the one that is.
    fn join(
        &self,
        message: Message<'_, '_>,
        request: &Request<'_>,
        (mut to, is_last): (Destination<'_>, bool),
        tools: &mut Tools,
    ) -> Taken {
        let shared = &self.thread.shared;
        let id = self.me.next_id();
        let most = shared.config.waiters;
        match shared.store.join(request, &tools.keys, id.into(), most) {
            Joined::Leader(Leader { token, birth }) => {
                (to.token, to.birth) = (token, birth);
                let taken = self.ask(message, to, tools);
                if !matches!(taken, Taken::Asked { .. }) {
                    shared.store.end(token, false);
                }
                taken
            }
            Joined::Waiter(token) => self.park(message.head, id, token),
            Joined::Ready => match shared
                .store
                .answer(request, &mut tools.keys, &mut tools.out)
            {
                Outcome::Answered(answered) => self.answered(message, answered, is_last, tools),
                Outcome::Miss | Outcome::Bypass => self.ask(message, to, tools),
            },
            Joined::Full => self.overloaded(message, tools),
            Joined::Alone => self.ask(message, to, tools),
        }
    }

    fn park(&self, head: &Head<'_>, id: Id, token: u32) -> Taken {
        let phase = Phase::Parked {
            token,
            landed: None,
        };
        let mut exchange = self.exchange(head, id, phase, Body::Ended);
        let patience = self.thread.shared.times.handler;
        exchange.parked_until = self.now.saturating_add(patience);
        Taken::Held {
            exchange: Box::new(exchange),
        }
    }

    /// The answer was stale: a request that nobody waits for brings a new one, unless one is on its way.
    fn refresh(
        &self,
        message: Message<'_, '_>,
        request: &Request<'_>,
        mut to: Destination<'_>,
        tools: &mut Tools,
    ) {
        let store = &self.thread.shared.store;
        let Some(Leader { token, birth }) = store.background(request, &tools.keys) else {
            return;
        };
        (to.token, to.birth) = (token, birth);
        tools.record.clear();
        let record = RequestRecord {
            id: NOBODY,
            head: message.head,
            to,
            client: self.me.client,
            is_last: false,
            is_background: true,
            body: None,
        };
        record.write(&mut tools.record);
        if !self.thread.offer(&tools.record, self.me.slot()) {
            store.end(token, false);
        }
    }

    /// Gives it to JavaScript, if that takes more.
    fn ask(&self, message: Message<'_, '_>, to: Destination<'_>, tools: &mut Tools) -> Taken {
        let shared = &self.thread.shared;
        let Message { head, len, behind } = message;
        let mut body = Body::of(head.framing, &shared.limits);
        let body_len = match whole_body(head, behind, &mut tools.body, &mut body) {
            Whole::Is(len) => Some(len),
            Whole::IsNot => {
                body = Body::of(head.framing, &shared.limits);
                None
            }
            Whole::Broken => return Taken::Refused(400),
        };
        if !shared.pending.enter() {
            return self.overloaded(message, tools);
        }
        let id = self.me.next_id();
        tools.record.clear();
        let record = RequestRecord {
            id,
            head,
            to,
            client: self.me.client,
            is_last: head.is_last,
            is_background: false,
            body: body_len.map(|_| tools.body.as_slice()),
        };
        record.write(&mut tools.record);
        if !self.thread.offer(&tools.record, self.me.slot()) {
            shared.pending.leave();
            return Taken::Held {
                exchange: Box::new(self.exchange(head, id, Phase::Blocked, body)),
            };
        }
        self.thread.counters.requests.one();
        Taken::Asked {
            len: len + body_len.unwrap_or_default(),
            exchange: Box::new(self.exchange(head, id, Phase::Asked, body)),
        }
    }

    fn exchange(&self, head: &Head<'_>, id: Id, phase: Phase, body: Body) -> Exchange {
        Exchange {
            id,
            phase,
            asker: Asker {
                is_head: head.method == Method::Head,
                is_http_1_0: head.version == Version::Http10,
            },
            is_last: head.is_last,
            lingers: false,
            upload: Upload {
                body,
                is_pulled: false,
                expects_continue: head.expects_continue,
            },
            ahead: Ahead::default(),
            answer: Answer::Nothing,
            asks_drained: false,
            begun: self.begun,
            parked_until: u64::MAX,
        }
    }

    /// Too many wait for JavaScript, or for one answer.
    fn overloaded(&self, message: Message<'_, '_>, tools: &mut Tools) -> Taken {
        let Message { head, len, .. } = message;
        self.thread.counters.overloaded.one();
        if head.framing != Framing::Empty {
            return Taken::Refused(503);
        }
        let is_last = head.is_last || self.thread.ends_connections();
        let problem = Problem {
            status: 503,
            is_head: head.method == Method::Head,
            persistence: persistence_of(head, is_last),
        };
        problem.write(&mut tools.out, &mut tools.date, self.now);
        Taken::Answered { len, is_last }
    }
}

/// What an answer to it says about the connection.
fn persistence_of(head: &Head<'_>, is_last: bool) -> Persistence {
    match (is_last, head.version) {
        (true, _) => Persistence::Closes,
        (false, Version::Http10) => Persistence::StaysTold,
        (false, Version::Http11) => Persistence::Stays,
    }
}

/// What a stored answer says besides.
fn lines_of(persistence: Persistence, is_timed: bool) -> &'static [u8] {
    match (persistence, is_timed) {
        (Persistence::Stays, false) => b"",
        (Persistence::Stays, true) => b"server-timing: total;dur=0.0\r\n",
        (Persistence::StaysTold, false) => b"connection: keep-alive\r\n",
        (Persistence::StaysTold, true) => {
            b"server-timing: total;dur=0.0\r\nconnection: keep-alive\r\n"
        }
        (Persistence::Closes, false) => b"connection: close\r\n",
        (Persistence::Closes, true) => b"server-timing: total;dur=0.0\r\nconnection: close\r\n",
    }
}

enum Whole {
    /// It is in `into`, and took so many bytes of what was there.
    Is(usize),
    IsNot,
    Broken,
}

/// A short body that is there already saves JavaScript from asking for it.
fn whole_body(head: &Head<'_>, behind: &[u8], into: &mut Vec<u8>, body: &mut Body) -> Whole {
    into.clear();
    if body.is_ended() || head.expects_continue {
        return Whole::IsNot;
    }
    let mut input = behind;
    body.take(&mut input, |data| into.extend_from_slice(data));
    match body {
        Body::Broken => Whole::Broken,
        Body::Ended if into.len() <= WITH_REQUEST_BYTES => Whole::Is(behind.len() - input.len()),
        _ => Whole::IsNot,
    }
}
