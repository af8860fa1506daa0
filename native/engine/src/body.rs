//! What is left of a request's body.

use crate::{
    chunked::{Chunked, Piece},
    framing::Framing,
    head::Limits,
};

pub(crate) enum Body {
    Ended,
    Length(u64),
    /// Boxed: few requests have one.
    Chunked(Box<Chunked>),
    /// It is no body, or did not come in time: nothing behind it can be relied on.
    Broken,
}

impl Body {
    pub fn of(framing: Framing, limits: &Limits) -> Self {
        match framing {
            Framing::Empty => Self::Ended,
            Framing::Length(length) => Self::Length(length),
            Framing::Chunked => Self::Chunked(Box::new(Chunked::new(limits))),
        }
    }

    pub fn is_ended(&self) -> bool {
        matches!(self, Self::Ended)
    }

    pub fn is_broken(&self) -> bool {
        matches!(self, Self::Broken)
    }

    /// Gives what `input` has of it to `sink`, and leaves what is behind it. What was given before it broke is right.
    pub fn take(&mut self, input: &mut &[u8], mut sink: impl FnMut(&[u8])) {
        match self {
            Self::Ended | Self::Broken => {}
            Self::Length(left) => {
                let most = usize::try_from(*left).unwrap_or(usize::MAX);
                let (data, rest) = input.split_at(most.min(input.len()));
                *input = rest;
                *left -= data.len() as u64;
                sink(data);
                if *left == 0 {
                    *self = Self::Ended;
                }
            }
            Self::Chunked(chunks) => {
                if let Some(end) = take_chunks(chunks, input, sink) {
                    *self = end;
                }
            }
        }
    }
}

/// What has become of the body, if it goes on no longer.
fn take_chunks(
    chunks: &mut Chunked,
    input: &mut &[u8],
    mut sink: impl FnMut(&[u8]),
) -> Option<Body> {
    loop {
        match chunks.take(input) {
            Ok(Piece::Data(data)) => sink(data),
            Ok(Piece::More) => return None,
            Ok(Piece::End) => return Some(Body::Ended),
            Err(_) => return Some(Body::Broken),
        }
    }
}
