//! One spelling per path (RFC 3986 section 6.2.2): escapes of unreserved characters are decoded, the hex of others is in upper
//! case. The same as `src/server/canonical.ts`.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter};

/// Nothing but visible ASCII, without the `#`, which no request target holds (RFC 9112 section 3.2).
#[must_use]
pub fn is_visible(text: &[u8]) -> bool {
    text.iter()
        .all(|&byte| (0x21..=0x7e).contains(&byte) && byte != b'#')
}

/// The path in its one spelling. `None`: it cannot be a path (a raw byte outside of visible ASCII, `#`, `%00`, a broken escape,
/// a dot segment).
#[must_use]
pub fn canonical_path(path: &[u8]) -> Option<Cow<'_, [u8]>> {
    if is_visible(path) {
        canonical_visible(path)
    } else {
        None
    }
}

/// The same for a path that is known to be visible ASCII.
#[must_use]
pub fn canonical_visible(path: &[u8]) -> Option<Cow<'_, [u8]>> {
    if path.first() != Some(&b'/') {
        return None;
    }
    let canonical = match memchr(b'%', path) {
        None => Cow::Borrowed(path),
        Some(at) => canonical_escapes(path, at)?,
    };
    if has_dot_segment(&canonical) {
        None
    } else {
        Some(canonical)
    }
}

/// `at` is where the first escape is. Nothing is copied up to the first that is spelled otherwise.
fn canonical_escapes(path: &[u8], mut at: usize) -> Option<Cow<'_, [u8]>> {
    let mut canonical: Option<Vec<u8>> = None;
    loop {
        let escape = path.get(at..at + 3)?;
        let byte = byte_of(escape)?;
        let is_plain = is_unreserved(byte);
        if canonical.is_none() && (is_plain || escape.iter().any(u8::is_ascii_lowercase)) {
            canonical = Some(start_of(path, at)?);
        }
        if let Some(made) = &mut canonical {
            if is_plain {
                made.push(byte);
            } else {
                made.extend(escape.iter().map(u8::to_ascii_uppercase));
            }
        }
        let rest = path.get(at + 3..)?;
        let next = memchr(b'%', rest);
        if let Some(made) = &mut canonical {
            made.extend_from_slice(rest.get(..next.unwrap_or(rest.len()))?);
        }
        match next {
            Some(offset) => at += 3 + offset,
            None => return Some(canonical.map_or(Cow::Borrowed(path), Cow::Owned)),
        }
    }
}

fn start_of(path: &[u8], len: usize) -> Option<Vec<u8>> {
    let mut start = Vec::with_capacity(path.len());
    start.extend_from_slice(path.get(..len)?);
    Some(start)
}

/// Of `%XX`. `None`: not two hex digits, or `%00`.
fn byte_of(escape: &[u8]) -> Option<u8> {
    let [_, high, low] = escape else { return None };
    let byte = hex_of(*high)? * 16 + hex_of(*low)?;
    (byte != 0).then_some(byte)
}

const fn hex_of(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

fn has_dot_segment(path: &[u8]) -> bool {
    memchr_iter(b'.', path).any(|at| {
        let Some((before, behind)) = path.split_at_checked(at) else {
            return false;
        };
        before.last() == Some(&b'/')
            && matches!(
                behind,
                [b'.'] | [b'.', b'/', ..] | [b'.', b'.'] | [b'.', b'.', b'/', ..]
            )
    })
}

/// RFC 3986 section 2.3.
const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}
