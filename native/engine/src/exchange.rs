//! A request that is not a hit, from its head to the end of its answer.

use crate::{ahead::Ahead, body::Body, flight::Landed, response::Persistence, wire::Id};

/// How far it is on its way to JavaScript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// The queue has no room. Its head stands in what is ahead.
    Blocked,
    /// Another request, of this token, brings its answer. Its head stands in what is ahead.
    Parked { token: u32, landed: Option<Landed> },
    /// JavaScript has it.
    Asked,
}

/// What was said in answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Nothing,
    /// It comes piece by piece.
    Streaming(Stream),
    /// All of it, sent or not.
    Done,
}

/// How a streamed answer is marked off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    Chunked,
    /// Bytes that are left.
    Length(u64),
    /// It ends with the connection.
    UntilClose,
    /// It has no body.
    Bodiless,
}

pub(crate) struct Exchange {
    pub id: Id,
    pub phase: Phase,
    pub asker: Asker,
    /// The connection ends with the answer.
    pub is_last: bool,
    /// Part of the body will come that nobody reads.
    pub lingers: bool,
    pub upload: Upload,
    /// What stands behind the head.
    pub ahead: Ahead,
    pub answer: Answer,
    /// JavaScript waits until the client has taken more.
    pub asks_drained: bool,
    /// When its first byte came.
    pub begun: u64,
    /// When it waits no longer for another's answer.
    pub parked_until: u64,
}

/// What an answer has to be like.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asker {
    pub is_head: bool,
    pub is_http_1_0: bool,
}

/// The body of the request.
pub(crate) struct Upload {
    pub body: Body,
    /// JavaScript waits for a piece of it.
    pub is_pulled: bool,
    /// `100 Continue` is due when it does.
    pub expects_continue: bool,
}

/// A body that is left is swallowed up to this size: a new connection would cost more (`node-writer.ts`).
const SWALLOWED_BYTES: u64 = 16_384;

impl Exchange {
    pub fn is_owed(&self) -> bool {
        self.phase == Phase::Asked && self.answer != Answer::Done
    }

    pub fn persistence(&self) -> Persistence {
        match (self.is_last, self.asker.is_http_1_0) {
            (true, _) => Persistence::Closes,
            (false, true) => Persistence::StaysTold,
            (false, false) => Persistence::Stays,
        }
    }

    /// Whether so much of the body is to come that the connection rather ends. As it stands when the answer begins.
    pub fn leaves_body(&self) -> bool {
        match self.upload.body {
            Body::Ended => false,
            Body::Broken | Body::Chunked(_) => true,
            Body::Length(left) => self.upload.expects_continue || left > SWALLOWED_BYTES,
        }
    }

    /// Throws away what is there of the body.
    pub fn swallow(&mut self) {
        if self.upload.body.is_ended() {
            return;
        }
        let mut input = self.ahead.unread();
        let before = input.len();
        self.upload.body.take(&mut input, |_| {});
        let taken = before - input.len();
        self.ahead.skip(taken);
    }
}
