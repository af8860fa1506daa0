//! A body in chunks (RFC 9112 section 7.1), byte by byte and to the letter: no white space where the grammar has none, sizes of
//! at most 16 digits, bounded extensions and trailers. Extensions and trailers are thrown away.

use crate::head::Limits;
use crate::token::{is_token_byte, is_value_byte};

/// What comes out of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'b> {
    /// Some bytes of the body, one at least.
    Data(&'b [u8]),
    /// All bytes are read; more have to come.
    More,
    /// The body is complete. What was not read is behind it.
    End,
}

/// It is no body in chunks. Nothing behind it can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken;

/// Bytes of extensions, over all chunks of a body.
const MOST_EXTENSION: usize = 16_384;

/// Digits of a size: 64 bits.
const MOST_DIGITS: u32 = 16;

/// Names that no trailer has: whoever took them for fields of the message would see its end, or that of the connection,
/// elsewhere.
const FRAMING: [&[u8]; 5] = [
    b"connection",
    b"content-length",
    b"proxy-connection",
    b"transfer-encoding",
    b"upgrade",
];
const LONGEST: usize = 17;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// In a size, of which there are digits, or not.
    Size,
    /// Behind `;`: in the name of an extension, with nothing of it yet.
    ExtensionStart,
    Extension,
    ValueStart,
    Value,
    Quoted,
    QuotedPair,
    QuotedEnd,
    /// Before the LF that ends a size.
    SizeEnd,
    Data,
    DataCr,
    DataLf,
    LineStart,
    Name,
    TrailerValue,
    TrailerEnd,
    /// Before the LF that ends the body.
    LastLf,
    End,
    Broken,
}

/// Takes a body apart as it comes.
#[derive(Clone, Debug)]
pub struct Chunked {
    state: State,
    /// The size that is read, then what is left of the chunk.
    left: u64,
    digits: u32,
    extension_room: usize,
    trailer_room: usize,
    trailers_left: usize,
    /// The start of a trailer's name, in lower case.
    name: [u8; LONGEST],
    name_len: usize,
}

impl Chunked {
    /// At the beginning of a body. Trailers may be as many and as long as the fields of a head.
    #[must_use]
    pub const fn new(limits: &Limits) -> Self {
        Self {
            state: State::Size,
            left: 0,
            digits: 0,
            extension_room: MOST_EXTENSION,
            trailer_room: limits.header_bytes,
            trailers_left: limits.header_fields,
            name: [0; LONGEST],
            name_len: 0,
        }
    }

    /// Whether the body is complete.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.state == State::End
    }

    /// Reads on in `bytes`, which are then what was not read. To be called until it answers `More` or `End`.
    ///
    /// # Errors
    ///
    /// `Broken`, from then on always.
    pub fn take<'b>(&mut self, bytes: &mut &'b [u8]) -> Result<Piece<'b>, Broken> {
        loop {
            match self.state {
                State::Data => return Ok(self.data(bytes)),
                State::End => return Ok(Piece::End),
                State::Broken => return Err(Broken),
                _ => {}
            }
            let Some((&byte, rest)) = bytes.split_first() else {
                return Ok(Piece::More);
            };
            self.state = self.step(byte).unwrap_or(State::Broken);
            *bytes = rest;
        }
    }

    fn data<'b>(&mut self, bytes: &mut &'b [u8]) -> Piece<'b> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX);
        let (data, rest) = bytes.split_at_checked(most).unwrap_or((bytes, &[]));
        if data.is_empty() {
            return Piece::More;
        }
        *bytes = rest;
        self.left -= data.len() as u64;
        if self.left == 0 {
            self.state = State::DataCr;
        }
        Piece::Data(data)
    }

    fn step(&mut self, byte: u8) -> Option<State> {
        match self.state {
            State::Size => self.size(byte),
            State::ExtensionStart
            | State::Extension
            | State::ValueStart
            | State::Value
            | State::Quoted
            | State::QuotedPair
            | State::QuotedEnd => self.extension(byte),
            State::SizeEnd => (byte == b'\n').then(|| self.chunk()),
            State::DataCr => (byte == b'\r').then_some(State::DataLf),
            State::DataLf => (byte == b'\n').then(|| self.next_size()),
            State::LineStart | State::Name | State::TrailerValue | State::TrailerEnd => {
                self.trailer(byte)
            }
            State::LastLf => (byte == b'\n').then_some(State::End),
            State::Data | State::End | State::Broken => None,
        }
    }

    fn next_size(&mut self) -> State {
        self.left = 0;
        self.digits = 0;
        State::Size
    }

    fn chunk(&self) -> State {
        if self.left == 0 {
            State::LineStart
        } else {
            State::Data
        }
    }

    fn size(&mut self, byte: u8) -> Option<State> {
        if let Some(digit) = char::from(byte).to_digit(16) {
            self.digits += 1;
            self.left = (self.left << 4) | u64::from(digit);
            return (self.digits <= MOST_DIGITS).then_some(State::Size);
        }
        match byte {
            _ if self.digits == 0 => None,
            b'\r' => Some(State::SizeEnd),
            b';' => Some(State::ExtensionStart),
            _ => None,
        }
    }

    /// RFC 9112 section 7.1.1, without the white space that is there for bad senders only.
    fn extension(&mut self, byte: u8) -> Option<State> {
        self.extension_room = self.extension_room.checked_sub(1)?;
        let state = self.state;
        match (state, byte) {
            (State::ExtensionStart | State::Extension, _) if is_token_byte(byte) => {
                Some(State::Extension)
            }
            (State::ValueStart | State::Value, _) if is_token_byte(byte) => Some(State::Value),
            (State::Extension, b'=') => Some(State::ValueStart),
            (State::ValueStart, b'"') => Some(State::Quoted),
            (State::Quoted, b'"') => Some(State::QuotedEnd),
            (State::Quoted, b'\\') => Some(State::QuotedPair),
            (State::Quoted | State::QuotedPair, _) if is_value_byte(byte) => Some(State::Quoted),
            (State::Extension | State::Value | State::QuotedEnd, b';') => {
                Some(State::ExtensionStart)
            }
            (State::Extension | State::Value | State::QuotedEnd, b'\r') => Some(State::SizeEnd),
            _ => None,
        }
    }

    fn trailer(&mut self, byte: u8) -> Option<State> {
        if self.state == State::LineStart && byte == b'\r' {
            return Some(State::LastLf);
        }
        self.trailer_room = self.trailer_room.checked_sub(1)?;
        match self.state {
            State::LineStart if is_token_byte(byte) => {
                self.trailers_left = self.trailers_left.checked_sub(1)?;
                self.name_len = 0;
                self.note(byte);
                Some(State::Name)
            }
            State::Name if byte == b':' => (!self.is_framing()).then_some(State::TrailerValue),
            State::Name if is_token_byte(byte) => {
                self.note(byte);
                Some(State::Name)
            }
            State::TrailerValue if byte == b'\r' => Some(State::TrailerEnd),
            State::TrailerValue if is_value_byte(byte) => Some(State::TrailerValue),
            State::TrailerEnd if byte == b'\n' => Some(State::LineStart),
            _ => None,
        }
    }

    fn note(&mut self, byte: u8) {
        if let Some(place) = self.name.get_mut(self.name_len) {
            *place = byte.to_ascii_lowercase();
        }
        self.name_len += 1;
    }

    fn is_framing(&self) -> bool {
        let name = self.name.get(..self.name_len).unwrap_or_default();
        FRAMING.contains(&name)
    }
}
