//! The first line of a request (RFC 9112 section 3), one space between its parts and CRLF behind them.

use crate::head::Limits;
use crate::token::is_token_byte;

/// The versions of HTTP/1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// HTTP/1.0
    Http10,
    /// HTTP/1.1
    Http11,
}

/// A whole request line.
pub(crate) struct RequestLine<'b> {
    pub method: &'b [u8],
    pub target: &'b [u8],
    pub version: Version,
    /// Bytes of it, with its CRLF.
    pub len: usize,
}

/// The longest method is `UPDATEREDIRECTREF` with 17.
const METHOD_BYTES: usize = 64;

/// What stands before the path in absolute-form: a scheme, a host of 255 characters, a port.
const AUTHORITY_BYTES: usize = 300;

/// `HTTP/d.d` and CRLF.
const VERSION_BYTES: usize = 10;

/// Of the longest line, and a byte more.
pub(crate) const fn most_bytes(limits: &Limits) -> usize {
    METHOD_BYTES + 1 + limits.target_bytes + AUTHORITY_BYTES + 1 + VERSION_BYTES + 1
}

/// Reads the line that `bytes` begin with. `None`: it is right as far as it goes. The error is a status, given as soon as no
/// bytes that could follow would make a request of it; only of a version it is told at the end of the line.
pub(crate) fn request_line<'b>(
    bytes: &'b [u8],
    limits: &Limits,
) -> Result<Option<RequestLine<'b>>, u16> {
    let Some(method) = method_in(bytes)? else {
        return Ok(None);
    };
    let rest = bytes.get(method.len() + 1..).unwrap_or_default();
    let Some(target) = target_in(rest, limits)? else {
        return Ok(None);
    };
    let rest = rest.get(target.len() + 1..).unwrap_or_default();
    let version = version_in(rest)?;
    Ok(version.map(|version| RequestLine {
        method,
        target,
        version,
        len: method.len() + 1 + target.len() + 1 + VERSION_BYTES,
    }))
}

/// Up to the space behind it.
fn method_in(bytes: &[u8]) -> Result<Option<&[u8]>, u16> {
    let view = bytes.get(..=METHOD_BYTES).unwrap_or(bytes);
    let Some(end) = view.iter().position(|&byte| !is_token_byte(byte)) else {
        return if view.len() > METHOD_BYTES {
            Err(400)
        } else {
            Ok(None)
        };
    };
    match view.split_at_checked(end) {
        Some((method, [b' ', ..])) if end > 0 => Ok(Some(method)),
        _ => Err(400),
    }
}

/// Up to the space behind it. Without one it is the whole request of HTTP/0.9.
fn target_in<'b>(bytes: &'b [u8], limits: &Limits) -> Result<Option<&'b [u8]>, u16> {
    let most = match bytes.first() {
        Some(b'/') => limits.target_bytes,
        _ => limits.target_bytes + AUTHORITY_BYTES,
    };
    let view = bytes.get(..=most).unwrap_or(bytes);
    let Some(end) = view.iter().position(|byte| !(0x21..=0x7e).contains(byte)) else {
        return if view.len() > most {
            Err(414)
        } else {
            Ok(None)
        };
    };
    let (target, rest) = bytes.split_at_checked(end).ok_or(400_u16)?;
    match rest {
        _ if target.is_empty() => Err(400),
        [b' ', ..] => Ok(Some(target)),
        [b'\r'] => Ok(None),
        [b'\r', b'\n', ..] => Err(505),
        _ => Err(400),
    }
}

fn version_in(bytes: &[u8]) -> Result<Option<Version>, u16> {
    if bytes.starts_with(b"HTTP/1.1\r\n") {
        return Ok(Some(Version::Http11));
    }
    if bytes.starts_with(b"HTTP/1.0\r\n") {
        return Ok(Some(Version::Http10));
    }
    let form = b"HTTP/d.d\r\n";
    let fits = |(&byte, &own): (&u8, &u8)| match own {
        b'd' => byte.is_ascii_digit(),
        _ => byte == own,
    };
    if !bytes.iter().zip(form).all(fits) {
        return Err(400);
    }
    if bytes.len() < form.len() {
        Ok(None)
    } else {
        Err(505)
    }
}
