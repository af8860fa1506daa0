//! A request as JavaScript gets it.

use std::{io::Write as _, net::IpAddr};

use crate::{
    framing::Framing,
    head::Head,
    method::Method,
    request_line::Version,
    wire::{Draft, Id, request_flags, to_js, word_of},
};

/// Where it goes.
#[derive(Clone, Copy)]
pub(crate) struct Destination<'a> {
    pub program: u32,
    /// -1: JavaScript matches by itself.
    pub route: i32,
    /// As it was matched, where that is not the path in the target.
    pub path: Option<&'a [u8]>,
    /// Of params, in the path.
    pub ranges: &'a [(u32, u32)],
    /// Of the flight that it leads; 0: none.
    pub token: u32,
    pub birth: u64,
}

impl Destination<'_> {
    pub fn nowhere(program: u32) -> Self {
        Self {
            program,
            route: -1,
            path: None,
            ranges: &[],
            token: 0,
            birth: 0,
        }
    }
}

pub(crate) struct RequestRecord<'a, 'b> {
    pub id: Id,
    pub head: &'a Head<'b>,
    pub to: Destination<'a>,
    pub client: IpAddr,
    pub is_last: bool,
    pub is_background: bool,
    /// All of it, if it is there already and not long.
    pub body: Option<&'a [u8]>,
}

const AUTHORITY: usize = 13;
const CLIENT: usize = 16;
const FIELDS: usize = 17;

impl RequestRecord<'_, '_> {
    pub fn write(&self, out: &mut Vec<u8>) {
        let Self { head, to, .. } = self;
        let other = match head.method {
            Method::Other(name) => name,
            _ => b"",
        };
        let path = to.path.unwrap_or_default();
        let body = self.body.unwrap_or_default();
        let mut draft = Draft::new(out, to_js::REQUEST, self.flags(), self.id);
        draft.word(to.program);
        draft.word(to.route.cast_unsigned());
        draft.word(to.token);
        draft.long(to.birth);
        draft.long(self.length());
        draft.word(head.method.code());
        draft.length(other.len());
        debug_assert_eq!(draft.len(), AUTHORITY * 4, "the places of words");
        draft.length(head.authority.len());
        draft.length(head.target.len());
        draft.length(path.len());
        draft.word(0); // the client
        draft.word(0); // the fields
        draft.length(to.ranges.len());
        draft.length(body.len());
        for &(begin, end) in to.ranges {
            draft.word(begin);
            draft.word(end);
        }
        for text in [other, &head.authority, &head.target, path] {
            draft.bytes(text);
        }
        self.write_client(&mut draft);
        self.write_fields(&mut draft);
        draft.pad();
        draft.bytes(body);
        draft.end();
    }

    fn flags(&self) -> u32 {
        use request_flags::{
            BACKGROUND, EXPECTS_CONTINUE, HTTP_1_0, IS_LAST, PATH_DIFFERS, WHOLE_BODY,
        };
        let all = [
            (self.head.version == Version::Http10, HTTP_1_0),
            (self.is_last, IS_LAST),
            (self.head.expects_continue, EXPECTS_CONTINUE),
            (self.is_background, BACKGROUND),
            (self.body.is_some(), WHOLE_BODY),
            (self.to.path.is_some(), PATH_DIFFERS),
        ];
        all.into_iter()
            .filter_map(|(is_set, flag)| is_set.then_some(flag))
            .sum()
    }

    fn length(&self) -> u64 {
        match self.head.framing {
            Framing::Empty => 0,
            Framing::Length(length) => length,
            Framing::Chunked => u64::MAX,
        }
    }

    fn write_client(&self, draft: &mut Draft<'_>) {
        let before = draft.len();
        // writing into memory does not fail
        let _ = write!(draft.tail(), "{}", self.client);
        let length = word_of(draft.len() - before);
        draft.set(CLIENT, length);
    }

    fn write_fields(&self, draft: &mut Draft<'_>) {
        let before = draft.len();
        for (name, value) in self.head.fields {
            if draft.len() > before {
                draft.bytes(b"\0");
            }
            draft.tail().extend(name.iter().map(u8::to_ascii_lowercase));
            draft.bytes(b"\0");
            draft.bytes(value);
        }
        let length = word_of(draft.len() - before);
        draft.set(FIELDS, length);
    }
}
