//! The field lines of a head, and the values of those that decide something here.

use memchr::memchr;

use crate::token::trim_ows;

/// Field lines that were read and found well-formed, as they came. Copying it copies two words.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fields<'b> {
    block: &'b [u8],
    count: usize,
}

impl<'b> Fields<'b> {
    /// `block` holds `count` lines, each with its CRLF.
    pub(crate) const fn new(block: &'b [u8], count: usize) -> Self {
        Self { block, count }
    }

    /// Names as sent, and values without white space around them, in order.
    #[must_use]
    pub const fn iter(&self) -> Lines<'b> {
        Lines { rest: self.block }
    }

    /// How many lines there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The bytes of all lines, each with its CRLF.
    #[must_use]
    pub const fn bytes(&self) -> &'b [u8] {
        self.block
    }

    /// The values of all lines of that name, which is compared without regard to case.
    pub fn named<'n>(&self, name: &'n [u8]) -> impl Iterator<Item = &'b [u8]> + use<'b, 'n> {
        self.iter()
            .filter(move |(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }
}

impl<'b> IntoIterator for Fields<'b> {
    type Item = (&'b [u8], &'b [u8]);
    type IntoIter = Lines<'b>;

    fn into_iter(self) -> Lines<'b> {
        self.iter()
    }
}

impl<'b> IntoIterator for &Fields<'b> {
    type Item = (&'b [u8], &'b [u8]);
    type IntoIter = Lines<'b>;

    fn into_iter(self) -> Lines<'b> {
        self.iter()
    }
}

/// Names and values, in order.
#[derive(Clone, Debug)]
pub struct Lines<'b> {
    rest: &'b [u8],
}

impl<'b> Iterator for Lines<'b> {
    type Item = (&'b [u8], &'b [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let end = memchr(b'\n', self.rest)?;
        let (line, rest) = self.rest.split_at_checked(end + 1)?;
        self.rest = rest;
        let (name, value) = line.split_at_checked(memchr(b':', line)?)?;
        Some((name, trim_ows(value.get(1..)?.strip_suffix(b"\r\n")?)))
    }
}

/// The fields that decide something in Rust.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the field of its name")]
pub enum Field {
    AcceptEncoding,
    Authorization,
    CacheControl,
    Connection,
    ContentLength,
    Cookie,
    Expect,
    Host,
    IfMatch,
    IfModifiedSince,
    IfNoneMatch,
    IfRange,
    IfUnmodifiedSince,
    Pragma,
    Range,
    TransferEncoding,
    Upgrade,
}

const FIELDS: usize = 17;

impl Field {
    /// Which of them the name, a token, is of, in whatever case.
    #[must_use]
    pub fn of(name: &[u8]) -> Option<Self> {
        // makes letters small, leaves hyphens, and makes neither of anything else that a token may hold
        let mut small = [0; LONGEST_NAME];
        for (small, byte) in small.iter_mut().zip(name) {
            *small = byte | 0x20;
        }
        Some(match small.get(..name.len())? {
            b"accept-encoding" => Self::AcceptEncoding,
            b"authorization" => Self::Authorization,
            b"cache-control" => Self::CacheControl,
            b"connection" => Self::Connection,
            b"content-length" => Self::ContentLength,
            b"cookie" => Self::Cookie,
            b"expect" => Self::Expect,
            b"host" => Self::Host,
            b"if-match" => Self::IfMatch,
            b"if-modified-since" => Self::IfModifiedSince,
            b"if-none-match" => Self::IfNoneMatch,
            b"if-range" => Self::IfRange,
            b"if-unmodified-since" => Self::IfUnmodifiedSince,
            b"pragma" => Self::Pragma,
            b"range" => Self::Range,
            b"transfer-encoding" => Self::TransferEncoding,
            b"upgrade" => Self::Upgrade,
            _ => return None,
        })
    }
}

/// Of `if-unmodified-since`.
const LONGEST_NAME: usize = 19;

/// What a request says in one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said<'b> {
    /// It has no such line.
    Nothing,
    /// The value of its only line.
    Once(&'b [u8]),
    /// It has several lines: what they mean together needs judgement.
    Repeatedly,
}

/// The values of those fields in one request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen<'b> {
    first: [Option<&'b [u8]>; FIELDS],
    repeated: u32,
}

impl<'b> Seen<'b> {
    /// Whether there is a line of it.
    #[must_use]
    pub fn has(&self, field: Field) -> bool {
        self.first(field).is_some()
    }

    /// What it says.
    #[must_use]
    pub fn said(&self, field: Field) -> Said<'b> {
        match self.first(field) {
            None => Said::Nothing,
            Some(_) if self.is_repeated(field) => Said::Repeatedly,
            Some(value) => Said::Once(value),
        }
    }

    /// The value of its first line.
    #[must_use]
    pub fn first(&self, field: Field) -> Option<&'b [u8]> {
        self.first.get(field as usize).copied().flatten()
    }

    /// Whether there is more than one line of it.
    #[must_use]
    pub const fn is_repeated(&self, field: Field) -> bool {
        self.repeated & (1 << field as u32) != 0
    }

    pub(crate) fn note(&mut self, field: Field, value: &'b [u8]) {
        match self.first.get_mut(field as usize) {
            Some(Some(_)) => self.repeated |= 1 << field as u32,
            Some(first) => *first = Some(value),
            None => {}
        }
    }
}
