//! The field lines between a request line and the empty line (RFC 9112 section 5).
//!
//! httparse reads them. It takes a bare LF for the end of a line, as a recipient may and ours does not: so we look at what stands
//! before each line and at the end. Everything else it refuses, a bare CR, a NUL, a folded line, white space before a colon, is
//! refused here.

use std::mem::MaybeUninit;

use httparse::{Error, Header, Request, Status};
use memchr::memchr_iter;

use crate::fields::{Field, Fields, Seen};
use crate::head::Limits;

use crate::token::trim_ows;

/// So many slots for fields are at hand without cost.
const FEW_FIELDS: usize = 128;
const MOST_FIELDS: usize = 1_000;

/// The field lines of a head. It is large: made once, and filled in its place.
#[derive(Default)]
pub(crate) struct Block<'b> {
    pub fields: Fields<'b>,
    pub seen: Seen<'b>,
    pub options: Options,
    /// Behind the empty line.
    pub end: usize,
    /// No line ends with an LF alone.
    is_strict: bool,
}

/// What lists over several lines say, and how long all lines are.
#[derive(Default)]
pub(crate) struct Options {
    pub closes: bool,
    pub keeps_alive: bool,
    pub expects: Expects,
    /// Name and value of all fields, as `name: value` and CRLF.
    pub bytes: usize,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Expects {
    #[default]
    Nothing,
    Continue,
    /// Something that is not known, perhaps among others.
    More,
}

/// Where lines end.
enum Lines {
    /// The empty line is there; behind it the body begins.
    End(usize),
    /// Here an LF stands without a CR before it.
    Bare(usize),
    Open,
}

/// Reads from `begin`, where the request line ends. False: the empty line has not come yet.
pub(crate) fn read_block<'b>(
    message: &'b [u8],
    begin: usize,
    limits: &Limits,
    block: &mut Block<'b>,
) -> Result<bool, u16> {
    let most = begin + limits.header_bytes + 2;
    let view = message.get(..most).unwrap_or(message);
    if let Ok(true) = read_fields(view, begin, limits, block) {
        return if block.is_strict { Ok(true) } else { Err(400) };
    }
    // what is wrong first is told, in the order of the bytes: one pass for LF finds those that end a line alone
    let (end, is_bare) = match lines_in(view, begin) {
        Lines::End(end) => (end, false),
        Lines::Bare(at) => (at, true),
        Lines::Open => (view.len(), false),
    };
    let lines = view.get(..end).unwrap_or_default();
    // what is wrong before a bare LF comes first
    let is_whole = read_fields(lines, begin, limits, block)?;
    if is_bare {
        return Err(400);
    }
    if !is_whole && view.len() == most {
        return Err(431);
    }
    Ok(is_whole)
}

fn lines_in(view: &[u8], begin: usize) -> Lines {
    let mut start = begin;
    for offset in memchr_iter(b'\n', view.get(begin..).unwrap_or_default()) {
        let at = begin + offset;
        if at == start || view.get(at - 1) != Some(&b'\r') {
            return Lines::Bare(at);
        }
        if at - 1 == start {
            return Lines::End(at + 1);
        }
        start = at + 1;
    }
    Lines::Open
}

fn read_fields<'b>(
    message: &'b [u8],
    begin: usize,
    limits: &Limits,
    block: &mut Block<'b>,
) -> Result<bool, u16> {
    if limits.header_fields <= FEW_FIELDS {
        read_with::<FEW_FIELDS>(message, begin, limits, block)
    } else {
        read_with::<MOST_FIELDS>(message, begin, limits, block)
    }
}

fn read_with<'b, const ROOM: usize>(
    message: &'b [u8],
    begin: usize,
    limits: &Limits,
    block: &mut Block<'b>,
) -> Result<bool, u16> {
    let mut room = [const { MaybeUninit::<Header<'b>>::uninit() }; ROOM];
    let most = limits.header_fields.min(ROOM);
    let mut request = Request::new(&mut []);
    let room = room.get_mut(..most).unwrap_or_default();
    match request.parse_with_uninit_headers(message, room) {
        Ok(Status::Complete(end)) => {
            let lines = message.get(begin..end).unwrap_or_default();
            let lines = lines.strip_suffix(b"\r\n").unwrap_or_default();
            block.fields = Fields::new(lines, request.headers.len());
            block.end = end;
            block.is_strict = is_strict(message.get(..end).unwrap_or_default(), request.headers);
            block.note(request.headers);
            Ok(true)
        }
        Ok(Status::Partial) => Ok(false),
        Err(Error::TooManyHeaders) => Err(431),
        Err(_) => Err(400),
    }
}

/// Whether CR LF stands before each line, which begins with its name, and twice at the end.
fn is_strict(head: &[u8], headers: &[Header<'_>]) -> bool {
    let begins_behind_crlf = |header: &Header<'_>| {
        let begin = header
            .name
            .as_ptr()
            .addr()
            .wrapping_sub(head.as_ptr().addr());
        head.get(..begin)
            .is_some_and(|before| before.ends_with(b"\r\n"))
    };
    head.ends_with(b"\r\n\r\n") && headers.iter().all(begins_behind_crlf)
}

impl<'b> Block<'b> {
    fn note(&mut self, headers: &[Header<'b>]) {
        for &Header { name, value } in headers {
            self.options.bytes += name.len() + value.len() + 4;
            if let Some(field) = Field::of(name.as_bytes()) {
                self.seen.note(field, value);
                self.options.note(field, value);
            }
        }
    }
}

impl Options {
    fn note(&mut self, field: Field, value: &[u8]) {
        match field {
            Field::Connection => {
                for option in members(value) {
                    self.closes |= option.eq_ignore_ascii_case(b"close");
                    self.keeps_alive |= option.eq_ignore_ascii_case(b"keep-alive");
                }
            }
            Field::Expect => {
                for expectation in members(value) {
                    let is_known = expectation.eq_ignore_ascii_case(b"100-continue");
                    self.expects = match self.expects {
                        Expects::Nothing | Expects::Continue if is_known => Expects::Continue,
                        _ => Expects::More,
                    };
                }
            }
            _ => {}
        }
    }
}

fn members(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    list.split(|&byte| byte == b',').map(trim_ows)
}
