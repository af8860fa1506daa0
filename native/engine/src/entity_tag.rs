//! Whether a client has what is stored (RFC 9110 section 13.1.2). The same as `src/http/entity-tag.ts` with `weakMatch`.

use crate::token::trim_ows;

/// What a list of entity tags says about one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TagMatch {
    /// It is among them.
    Found,
    /// It is not.
    Missing,
    /// The list is malformed: JavaScript decides.
    Judge,
}

/// Looks for the entity tag of a response, `None` if it has none, in the value of an If-None-Match, by weak comparison.
#[must_use]
pub fn none_match(value: &[u8], own: Option<&[u8]>) -> TagMatch {
    if trim_ows(value) == b"*" {
        return TagMatch::Found;
    }
    let own = own.and_then(opaque_of);
    let mut is_found = false;
    let mut rest = skip(value);
    while !rest.is_empty() {
        let Some((opaque, behind)) = tag_at(rest) else {
            return TagMatch::Judge;
        };
        is_found |= own == Some(opaque);
        rest = skip(behind);
        let separator = behind.get(..behind.len() - rest.len()).unwrap_or_default();
        if !rest.is_empty() && !separator.contains(&b',') {
            return TagMatch::Judge;
        }
    }
    if is_found {
        TagMatch::Found
    } else {
        TagMatch::Missing
    }
}

/// What stands between the quotes of exactly one entity tag.
fn opaque_of(text: &[u8]) -> Option<&[u8]> {
    let (opaque, behind) = tag_at(trim_ows(text))?;
    behind.is_empty().then_some(opaque)
}

/// The opaque part of the tag that the text begins with, and what is behind it. A backslash is a character as any other.
fn tag_at(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let quoted = text
        .strip_prefix(b"W/")
        .unwrap_or(text)
        .strip_prefix(b"\"")?;
    let end = quoted
        .iter()
        .position(|&byte| !matches!(byte, 0x21 | 0x23..=0x7e | 0x80..))?;
    let (opaque, behind) = quoted.split_at_checked(end)?;
    Some((opaque, behind.strip_prefix(b"\"")?))
}

/// Without the commas, spaces and tabs at its beginning.
fn skip(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t' | b',', rest @ ..] = text {
        text = rest;
    }
    text
}
