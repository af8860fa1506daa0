//! Records between the front and JavaScript: little endian, each a multiple of 4 bytes, the first word its own length.

use std::fmt;

/// Of a request in its connection. Dead after its answer, and never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Id {
    pub slot: u32,
    pub generation: u32,
}

/// A request that nobody waits for, or no request at all.
pub(crate) const NOBODY: Id = Id {
    slot: u32::MAX,
    generation: 0,
};

/// The thread's number stands above the place in its slab.
pub(crate) const PLACE_BITS: u32 = 20;

impl Id {
    pub fn thread(self) -> usize {
        usize::try_from(self.slot >> PLACE_BITS).unwrap_or(usize::MAX)
    }
}

/// Larger than any record to JavaScript: a target of 64 KB, twice, fields of 64 KB, a body of 16 KB. Whoever calls `exchange` needs a
/// buffer of this size.
pub const LARGEST_RECORD: usize = 262_144;

/// Bytes of one `BODY_DATA`.
pub(crate) const PIECE_BYTES: usize = 65_536;

/// A body up to this size comes with its request if it is there already.
pub(crate) const WITH_REQUEST_BYTES: usize = 16_384;

/// What JavaScript gave is no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WireError {
    /// It is not whole.
    Truncated,
    /// A length in it is wrong.
    Length,
    /// Nobody knows this kind.
    Kind,
    /// The next record does not fit into a buffer of this size.
    Room,
}

impl fmt::Display for WireError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Truncated => "a record is not whole",
            Self::Length => "a length in a record is wrong",
            Self::Kind => "a record is of no known kind",
            Self::Room => "the next record is larger than the buffer",
        })
    }
}

impl std::error::Error for WireError {}

/// To JavaScript.
pub(crate) mod to_js {
    pub const REQUEST: u32 = 1;
    pub const BODY_DATA: u32 = 2;
    pub const BODY_END: u32 = 3;
    pub const BODY_ERROR: u32 = 4;
    pub const GONE: u32 = 5;
    pub const DRAINED: u32 = 6;
    pub const CLOSED: u32 = 7;
}

/// Of a `REQUEST`.
pub(crate) mod request_flags {
    pub const HTTP_1_0: u32 = 1;
    pub const IS_LAST: u32 = 1 << 1;
    pub const EXPECTS_CONTINUE: u32 = 1 << 2;
    pub const BACKGROUND: u32 = 1 << 3;
    pub const WHOLE_BODY: u32 = 1 << 4;
    pub const PATH_DIFFERS: u32 = 1 << 5;
}

/// A record that is being written at the end of a buffer.
pub(crate) struct Draft<'a> {
    out: &'a mut Vec<u8>,
    begin: usize,
}

impl<'a> Draft<'a> {
    pub fn new(out: &'a mut Vec<u8>, kind: u32, flags: u32, id: Id) -> Self {
        let begin = out.len();
        let mut draft = Self { out, begin };
        for word in [0, kind | flags << 8, id.slot, id.generation] {
            draft.word(word);
        }
        draft
    }

    pub fn word(&mut self, word: u32) {
        self.out.extend_from_slice(&word.to_le_bytes());
    }

    pub fn length(&mut self, length: usize) {
        self.word(word_of(length));
    }

    pub fn long(&mut self, value: u64) {
        self.out.extend_from_slice(&value.to_le_bytes());
    }

    pub fn bytes(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    pub fn tail(&mut self) -> &mut Vec<u8> {
        self.out
    }

    pub fn len(&self) -> usize {
        self.out.len() - self.begin
    }

    /// Word number `place` of the record, written before, is this.
    pub fn set(&mut self, place: usize, word: u32) {
        let at = self.begin + place * 4;
        if let Some(bytes) = self.out.get_mut(at..at + 4) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
    }

    pub fn pad(&mut self) {
        let over = self.len() % 4;
        if over > 0 {
            self.bytes([0, 0, 0].get(..4 - over).unwrap_or_default());
        }
    }

    pub fn end(mut self) {
        self.pad();
        let length = word_of(self.len());
        self.set(0, length);
    }
}

/// Nothing in a record is near 4 GB.
pub(crate) fn word_of(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// A record that has nothing but its id, and perhaps a word.
pub(crate) struct ShortRecord {
    bytes: [u8; 20],
    len: usize,
}

impl ShortRecord {
    pub fn new(kind: u32, id: Id) -> Self {
        Self::of([16, kind, id.slot, id.generation, 0], 16)
    }

    pub fn with(kind: u32, id: Id, word: u32) -> Self {
        Self::of([20, kind, id.slot, id.generation, word], 20)
    }

    fn of(words: [u32; 5], len: usize) -> Self {
        let mut bytes = [0; 20];
        for (place, word) in bytes.chunks_exact_mut(4).zip(words) {
            place.copy_from_slice(&word.to_le_bytes());
        }
        Self { bytes, len }
    }

    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

/// From JavaScript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reply<'a> {
    Respond(Respond<'a>),
    StreamStart(StreamStart<'a>),
    StreamData { data: &'a [u8], asks_drained: bool },
    StreamEnd { trailers: &'a [u8] },
    StreamAbort,
    BodyPull,
    Inform { status: u32, head: &'a [u8] },
    FillEnd { token: u32, is_hit_for_miss: bool },
}

/// A whole answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Respond<'a> {
    pub closes: bool,
    pub has_date: bool,
    pub is_bodiless: bool,
    pub status: u32,
    pub head: &'a [u8],
    pub body: &'a [u8],
    pub announced: Option<u64>,
}

/// The begin of an answer that comes piece by piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StreamStart<'a> {
    pub closes: bool,
    pub has_date: bool,
    pub status: u32,
    pub head: &'a [u8],
    pub length: Option<u64>,
}

/// A record of which only the first words were looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record<'a> {
    pub id: Id,
    pub bytes: &'a [u8],
}

const HEADER_BYTES: usize = 16;

/// The first record of `bytes`, and what is behind it.
pub(crate) fn first_record(bytes: &[u8]) -> Result<(Record<'_>, &[u8]), WireError> {
    let length = length_at(bytes, 0).ok_or(WireError::Truncated)?;
    if length < HEADER_BYTES || !length.is_multiple_of(4) {
        return Err(WireError::Length);
    }
    let (bytes, rest) = bytes.split_at_checked(length).ok_or(WireError::Truncated)?;
    let word = |place| word_at(bytes, place).ok_or(WireError::Truncated);
    let id = Id {
        slot: word(2)?,
        generation: word(3)?,
    };
    Ok((Record { id, bytes }, rest))
}

impl<'a> Record<'a> {
    pub fn reply(&self) -> Result<Reply<'a>, WireError> {
        let first = self.word(1)?;
        let flags = first >> 8;
        Ok(match first & 0xff {
            1 => Reply::Respond(self.respond(flags)?),
            2 => Reply::StreamStart(StreamStart {
                closes: flags & 1 != 0,
                has_date: flags & 2 != 0,
                status: self.word(4)?,
                head: self.sized(5, 36)?,
                length: self.long(7)?,
            }),
            3 => Reply::StreamData {
                data: self.sized(4, 20)?,
                asks_drained: flags & 1 != 0,
            },
            4 => Reply::StreamEnd {
                trailers: self.sized(4, 20)?,
            },
            5 => Reply::StreamAbort,
            6 => Reply::BodyPull,
            7 => Reply::Inform {
                status: self.word(4)?,
                head: self.sized(5, 24)?,
            },
            8 => Reply::FillEnd {
                token: self.word(4)?,
                is_hit_for_miss: flags & 1 != 0,
            },
            _ => return Err(WireError::Kind),
        })
    }

    fn respond(&self, flags: u32) -> Result<Respond<'a>, WireError> {
        let head = self.sized(5, 36)?;
        let body = self.sized(6, (36 + head.len()).next_multiple_of(4))?;
        Ok(Respond {
            closes: flags & 1 != 0,
            has_date: flags & 2 != 0,
            is_bodiless: flags & 4 != 0,
            status: self.word(4)?,
            head,
            body,
            announced: self.long(7)?,
        })
    }

    fn word(&self, place: usize) -> Result<u32, WireError> {
        word_at(self.bytes, place).ok_or(WireError::Length)
    }

    /// Two words; all ones: none.
    fn long(&self, place: usize) -> Result<Option<u64>, WireError> {
        let value = u64::from(self.word(place)?) | u64::from(self.word(place + 1)?) << 32;
        Ok((value != u64::MAX).then_some(value))
    }

    /// The bytes from `begin`, as many as word number `place` says.
    fn sized(&self, place: usize, begin: usize) -> Result<&'a [u8], WireError> {
        let length = length_at(self.bytes, place).ok_or(WireError::Length)?;
        let end = begin.checked_add(length).ok_or(WireError::Length)?;
        self.bytes.get(begin..end).ok_or(WireError::Length)
    }
}

fn word_at(bytes: &[u8], place: usize) -> Option<u32> {
    let at = place * 4;
    let word: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
    Some(u32::from_le_bytes(word))
}

fn length_at(bytes: &[u8], place: usize) -> Option<usize> {
    usize::try_from(word_at(bytes, place)?).ok()
}
