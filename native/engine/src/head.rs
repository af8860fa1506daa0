//! The head of a request, from its first byte to its empty line (RFC 9112 sections 2 to 6).
//!
//! What is answered does not depend on how the bytes were split: whatever is found wrong first, in the order of the bytes, is
//! what is told, and what is wrong with the head as a whole is told at its end.

use std::borrow::Cow;

use memchr::memchr;

use crate::authority::{Scheme, authority_of};
use crate::field_block::{Block, Expects, read_block};
use crate::fields::{Field, Fields, Said, Seen};
use crate::framing::{Framing, framing_of};
use crate::method::Method;
use crate::request_line::{RequestLine, Version, most_bytes, request_line};
use crate::target::origin_form;

/// Bounds of a head.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of all field lines, as sent and as `name: value` and CRLF; more: 431.
    pub header_bytes: usize,
    /// Field lines, at most 1,000; more: 431.
    pub header_fields: usize,
    /// Bytes of a target in origin-form; more: 414.
    pub target_bytes: usize,
}

impl Limits {
    /// Of so many bytes or more `parse_head` never says that they are a part of a head.
    #[must_use]
    pub const fn most_bytes(&self) -> usize {
        MOST_BLANK_LINES * 2 + most_bytes(self) + self.header_bytes + 2
    }
}

/// What bytes from a client are.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "a box would be an allocation for every request"
)]
pub enum Parsed<'b> {
    /// Nothing is wrong so far, and more has to come.
    Partial,
    /// A whole head.
    Head {
        /// What it says.
        head: Head<'b>,
        /// Bytes of it: the body, or the next request, begins there.
        len: usize,
    },
    /// The status to answer with. The connection ends with it: nobody knows where the next request begins.
    Refused(u16),
}

/// A head that may be acted on.
#[derive(Debug)]
pub struct Head<'b> {
    /// CONNECT among them, which nothing here answers but with 405.
    pub method: Method<'b>,
    /// In origin-form as sent, or `*`; of CONNECT whatever it was. It holds no space, no control and nothing but ASCII.
    pub target: Cow<'b, [u8]>,
    /// Host and port in lower case, without port 80.
    pub authority: Cow<'b, [u8]>,
    /// The version.
    pub version: Version,
    /// Where the body ends.
    pub framing: Framing,
    /// The connection ends with the answer.
    pub is_last: bool,
    /// The client waits for `100 Continue` before it sends the body.
    pub expects_continue: bool,
    /// All field lines.
    pub fields: Fields<'b>,
    /// The values of those that decide something.
    pub seen: Seen<'b>,
}

/// HTTP/1.0 needs no Host; whoever leaves it out gets this one.
const NO_HOST: &[u8] = b"localhost";

/// Empty lines before a request, which some clients send behind a body (RFC 9112 section 2.2).
const MOST_BLANK_LINES: usize = 8;

/// Reads the head that `bytes` begin with, and looks at nothing behind it.
#[must_use]
pub fn parse_head<'b>(bytes: &'b [u8], limits: &Limits) -> Parsed<'b> {
    read(bytes, limits).unwrap_or_else(Parsed::Refused)
}

/// Whether it is worth reading `bytes` again, of which `parsed` were found to be a part of a head: with a new line in them, or
/// twice as many, or as many as can be. So a head that comes byte by byte costs no more than a few readings.
#[must_use]
pub fn is_due(bytes: &[u8], parsed: usize, limits: &Limits) -> bool {
    bytes.len() >= parsed.saturating_mul(2)
        || bytes.len() >= limits.most_bytes()
        || bytes
            .get(parsed..)
            .is_some_and(|new| memchr(b'\n', new).is_some())
}

fn read<'b>(bytes: &'b [u8], limits: &Limits) -> Result<Parsed<'b>, u16> {
    let blank = blank_lines(bytes);
    let message = bytes.get(blank..).unwrap_or_default();
    let is_blank = message == b"\r" && blank < MOST_BLANK_LINES * 2;
    if message.is_empty() || is_blank {
        return Ok(Parsed::Partial);
    }
    let Some(line) = request_line(message, limits)? else {
        return Ok(Parsed::Partial);
    };
    let mut block = Block::default();
    if !read_block(message, line.len, limits, &mut block)? {
        return Ok(Parsed::Partial);
    }
    let len = blank + block.end;
    let head = head_of(&line, &block, limits)?;
    Ok(Parsed::Head { head, len })
}

/// How many bytes of empty lines there are before a request; between two they are no sign of one.
#[must_use]
pub fn blank_lines(bytes: &[u8]) -> usize {
    let lines = bytes.chunks_exact(2).take(MOST_BLANK_LINES);
    lines.take_while(|line| line == b"\r\n").count() * 2
}

fn head_of<'b>(
    line: &RequestLine<'b>,
    block: &Block<'b>,
    limits: &Limits,
) -> Result<Head<'b>, u16> {
    let Block {
        fields,
        seen,
        options,
        ..
    } = block;
    if options.bytes > limits.header_bytes {
        return Err(431);
    }
    let version = line.version;
    let method = Method::of(line.method);
    if !method.is_known() {
        return Err(501);
    }
    let is_tunnel = line.method == b"CONNECT";
    let framing = framing_of(seen, version)?;
    let authority = read_authority(seen, version)?;
    let target = if is_tunnel {
        Cow::Borrowed(line.target)
    } else {
        origin_form(line.target, &authority).ok_or(400_u16)?
    };
    if target.len() > limits.target_bytes {
        return Err(414);
    }
    // HTTP/1.0 has no expectations (RFC 9110 section 10.1.1)
    let is_modern = version == Version::Http11;
    if is_modern && options.expects == Expects::More {
        return Err(417);
    }
    // Upgrading is left undone, as a server may (RFC 9110 section 7.8), but what comes behind such a request may be of another protocol.
    let ends = is_tunnel || seen.has(Field::Upgrade) || options.closes;
    Ok(Head {
        method,
        target,
        authority,
        version,
        framing,
        is_last: ends || !(is_modern || options.keeps_alive && is_plain(fields)),
        expects_continue: is_modern
            && options.expects == Expects::Continue
            && framing != Framing::Empty,
        fields: *fields,
        seen: *seen,
    })
}

/// No tab stands in any line. Where one does, others on the way may not read `keep-alive` as the option it is (`node:http` for
/// one): a connection that HTTP/1.0 would end then ends, so that nobody here answers a request that others do not see.
fn is_plain(fields: &Fields<'_>) -> bool {
    memchr(b'\t', fields.bytes()).is_none()
}

fn read_authority<'b>(seen: &Seen<'b>, version: Version) -> Result<Cow<'b, [u8]>, u16> {
    match seen.said(Field::Host) {
        Said::Once(host) => authority_of(host, Scheme::Http).ok_or(400),
        Said::Nothing if version == Version::Http10 => Ok(Cow::Borrowed(NO_HOST)),
        _ => Err(400),
    }
}
