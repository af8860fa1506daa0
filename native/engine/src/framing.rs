//! Where the body of a request ends (RFC 9112 section 6.3), and nothing two recipients could see in two places.

use crate::fields::{Field, Said, Seen};
use crate::request_line::Version;
use crate::token::trim_ows;

/// How the body is marked off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// There is none.
    Empty,
    /// So many bytes, one at least, and at most what a number in JavaScript holds.
    Length(u64),
    /// In chunks.
    Chunked,
}

/// `Number.MAX_SAFE_INTEGER`. No limit of a body is above it.
const MOST_LENGTH: u64 = (1 << 53) - 1;

/// The error is a status.
pub(crate) fn framing_of(seen: &Seen, version: Version) -> Result<Framing, u16> {
    let length = seen.said(Field::ContentLength);
    match (length, seen.said(Field::TransferEncoding)) {
        (Said::Nothing, Said::Nothing) => Ok(Framing::Empty),
        (Said::Once(digits), Said::Nothing) => length_of(digits),
        (Said::Nothing, Said::Once(codings)) if version == Version::Http11 => coding_of(codings),
        _ => Err(400),
    }
}

fn length_of(digits: &[u8]) -> Result<Framing, u16> {
    if digits.is_empty() {
        return Err(400);
    }
    let mut length: u64 = 0;
    for byte in digits {
        if !byte.is_ascii_digit() {
            return Err(400);
        }
        let next = length
            .checked_mul(10)
            .and_then(|tens| tens.checked_add(u64::from(byte - b'0')));
        length = next.ok_or(400_u16)?;
    }
    match length {
        0 => Ok(Framing::Empty),
        1..=MOST_LENGTH => Ok(Framing::Length(length)),
        _ => Err(413),
    }
}

/// Chunked, once, alone. Where another coding is applied after it nobody knows the end of the body; others are not known here.
fn coding_of(codings: &[u8]) -> Result<Framing, u16> {
    if codings.eq_ignore_ascii_case(b"chunked") {
        return Ok(Framing::Chunked);
    }
    let mut members = codings.rsplit(|&byte| byte == b',').skip(1);
    let is_inner_chunked = members.any(|member| trim_ows(member).eq_ignore_ascii_case(b"chunked"));
    Err(if is_inner_chunked { 400 } else { 501 })
}
