//! What JavaScript says about a response to be put.

use crate::codings::Coding;
use crate::moment::Span;
use crate::response::is_bodiless;
use crate::token::{is_token_byte, is_value_byte};

/// Representations of one response: as it is, and in two codings.
const MOST_REPRESENTATIONS: usize = 3;

/// Names in Vary.
const MOST_VARY: usize = 32;

/// What JavaScript says about a response to be put: every decision has been made, and here are its results. Little-endian
/// 32-bit words, then texts in Latin-1:
///
/// | words | meaning |
/// |---|---|
/// | 1 | status, 200 .. 599; of 204, 205 and 304 the body is empty |
/// | 2 | f64: age now, ms |
/// | 2 | f64: fresh for so long from now, ms |
/// | 2 | f64: may be served stale, while one request brings a new one, for so long from now, ms |
/// | 1 | flags; bit 0: unheard, not measured by what other processes say |
/// | 1 | number of representations, 1 .. 3; the first one is sent where nothing else is asked for |
/// | 7 each | coding (0 identity, 1 br, 2 gzip), offset and length of the body in the packed bytes, lengths of its four texts |
/// | 1 | number of names in `vary` |
/// | 1 | length of the prefix of Cache-Status |
///
/// Texts, one behind the other: of each representation the head of a 200 and the head of a 304 (`name: value\r\n` lines), the
/// entity tag, Last-Modified; then the prefix of Cache-Status (what caches before us said, without a comma); then, to the
/// end, the names of `vary`, lower case, joined by `\0`.
pub(crate) struct Meta<'a> {
    pub(crate) status: u16,
    pub(crate) age: Span,
    pub(crate) fresh_for: Span,
    pub(crate) stale_for: Span,
    pub(crate) is_unheard: bool,
    pub(crate) representations: Vec<Described<'a>>,
    pub(crate) prefix: &'a [u8],
    pub(crate) vary: Vec<&'a [u8]>,
}

pub(crate) struct Described<'a> {
    pub(crate) coding: Coding,
    pub(crate) offset: usize,
    pub(crate) length: usize,
    pub(crate) head: &'a [u8],
    pub(crate) head_of_304: &'a [u8],
    pub(crate) etag: &'a [u8],
}

const UNHEARD: u32 = 1;

impl<'a> Meta<'a> {
    /// `None`: broken, or nothing that may be sent.
    pub(crate) fn parse(bytes: &'a [u8], packed: &[u8]) -> Option<Self> {
        let mut words = Words(bytes);
        let status = u16::try_from(words.word()?).ok()?;
        let (age, fresh_for, stale_for) = (words.span()?, words.span()?, words.span()?);
        let flags = words.word()?;
        let count = words.count(1, MOST_REPRESENTATIONS)?;
        let rows = (0..count)
            .map(|_| words.row())
            .collect::<Option<Vec<_>>>()?;
        let names = words.count(0, MOST_VARY)?;
        let prefix_length = words.size()?;
        let Words(texts) = words;
        let mut texts = Texts(texts);
        let representations = rows
            .into_iter()
            .map(|row| texts.of_row(row, status, packed))
            .collect::<Option<Vec<_>>>()?;
        let prefix = texts.take(prefix_length).filter(|text| is_value(text))?;
        let Texts(vary) = texts;
        let vary = match names {
            0 => Vec::new(),
            _ => vary.split(|byte| *byte == 0).collect(),
        };
        let is_sound = (200..=599).contains(&status)
            && vary.len() == names
            && vary.iter().copied().all(is_name);
        is_sound.then_some(Self {
            status,
            age,
            fresh_for,
            stale_for,
            is_unheard: flags & UNHEARD != 0,
            representations,
            prefix,
            vary,
        })
    }
}

#[derive(Clone, Copy)]
struct Row {
    coding: Coding,
    offset: usize,
    length: usize,
    texts: [usize; 4],
}

struct Words<'a>(&'a [u8]);

impl Words<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*first)
    }

    fn word(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    fn size(&mut self) -> Option<usize> {
        usize::try_from(self.word()?).ok()
    }

    fn count(&mut self, least: usize, most: usize) -> Option<usize> {
        self.size().filter(|count| (least..=most).contains(count))
    }

    fn span(&mut self) -> Option<Span> {
        let millis = f64::from_le_bytes(self.take()?);
        (!millis.is_nan()).then(|| Span::of_millis(millis))
    }

    fn row(&mut self) -> Option<Row> {
        let coding = match self.word()? {
            0 => Coding::Identity,
            1 => Coding::Brotli,
            2 => Coding::Gzip,
            _ => return None,
        };
        Some(Row {
            coding,
            offset: self.size()?,
            length: self.size()?,
            texts: [self.size()?, self.size()?, self.size()?, self.size()?],
        })
    }
}

struct Texts<'a>(&'a [u8]);

impl<'a> Texts<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (first, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(first)
    }

    fn of_row(&mut self, row: Row, status: u16, packed: &[u8]) -> Option<Described<'a>> {
        let Row {
            coding,
            offset,
            length,
            texts: [head, head_of_304, etag, modified],
        } = row;
        packed.get(offset..offset.checked_add(length)?)?;
        let head = self.take(head)?;
        let head_of_304 = self.take(head_of_304)?;
        let etag = self.take(etag)?;
        self.take(modified)?;
        let announced = length_of(head)?;
        // a 204 needs no length (RFC 9110 section 8.6)
        let is_framed = announced == Some(length) || (status == 204 && announced.is_none());
        let is_sound = is_framed
            && (!is_bodiless(status) || length == 0)
            && length_of(head_of_304)?.is_none()
            && is_value(etag);
        is_sound.then_some(Described {
            coding,
            offset,
            length,
            head,
            head_of_304,
            etag,
        })
    }
}

/// Content-Length of a block of fields. `None`: it is no such block, or frames a message in another way.
#[expect(
    clippy::option_option,
    reason = "whether it is a block, and whether it has a length"
)]
fn length_of(block: &[u8]) -> Option<Option<usize>> {
    let mut length = None;
    let mut rest = block;
    while !rest.is_empty() {
        let end = memchr::memchr(b'\r', rest)?;
        let (line, behind) = rest.split_at_checked(end)?;
        rest = behind.strip_prefix(b"\r\n")?;
        let colon = memchr::memchr(b':', line)?;
        let (name, value) = line.split_at_checked(colon)?;
        if !is_name(name) || !is_value(value) || OURS.iter().any(|our| is_named(name, our)) {
            return None;
        }
        if is_named(name, b"content-length") {
            let value = value.strip_prefix(b": ")?;
            let number = str::from_utf8(value).ok()?.parse().ok()?;
            if length.replace(number).is_some() {
                return None;
            }
        }
    }
    Some(length)
}

/// Fields that are the connection's, or of each answer.
const OURS: [&[u8]; 4] = [b"transfer-encoding", b"connection", b"age", b"cache-status"];

fn is_named(name: &[u8], wanted: &[u8]) -> bool {
    name.eq_ignore_ascii_case(wanted)
}

fn is_name(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().copied().all(is_token_byte)
}

fn is_value(text: &[u8]) -> bool {
    text.iter().copied().all(is_value_byte)
}
