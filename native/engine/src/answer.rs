//! The answer to a request from a stored response, as bytes: what `present` of src/http makes.

use std::ops::Range;
use std::sync::Arc;

use crate::codings::{Choice, coding_for};
use crate::entity_tag::{TagMatch, none_match};
use crate::fields::{Field, Said, Seen};
use crate::method::Method;
use crate::record::{Record, Representation};
use crate::request::Request;

/// Bytes from which on a body is not copied: whoever writes the answer takes it from where it is.
const LARGE: usize = 16 * 1024;

/// A body that is sent from where it lies in the store.
#[derive(Clone, Debug)]
pub struct Body {
    packed: Arc<[u8]>,
    range: Range<usize>,
}

impl Body {
    /// All of it.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.packed.get(self.range.clone()).unwrap_or_default()
    }
}

impl AsRef<[u8]> for Body {
    fn as_ref(&self) -> &[u8] {
        self.bytes()
    }
}

/// What Cache-Status says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    Hit,
    /// Of one that waited for another's request.
    Collapsed,
    Stale,
}

pub(crate) struct Written {
    pub(crate) status: u16,
    pub(crate) body: Option<Body>,
}

/// Writes the answer: 200 (or what the status is), 304, or the head alone. `None`: JavaScript has to judge what was asked.
pub(crate) fn write(
    request: &Request,
    record: &Record,
    told: Told,
    out: &mut Vec<u8>,
) -> Option<Written> {
    let &Request {
        seen, lines, now, ..
    } = request;
    let representation = chosen(record, seen)?;
    let is_known = is_success(record.status) && is_known(representation, seen)?;
    let head = if is_known {
        &representation.head_of_304
    } else {
        &representation.head
    };
    let body = record
        .packed
        .get(representation.body.clone())
        .filter(|_| !is_known && request.method != Method::Head)
        .unwrap_or_default();
    let copied = if body.len() < LARGE { body } else { &[] };
    out.reserve(head.len() + record.prefix.len() + lines.len() + copied.len() + OWN);
    out.extend_from_slice(head);
    out.extend_from_slice(b"age: ");
    number(record.age(now), out);
    out.extend_from_slice(b"\r\ncache-status: ");
    out.extend_from_slice(&record.prefix);
    out.extend_from_slice(match told {
        Told::Hit | Told::Stale => b"strata; hit; ttl=",
        Told::Collapsed => b"strata; fwd=uri-miss; collapsed; ttl=",
    });
    number(record.ttl(now), out);
    if told == Told::Stale {
        out.extend_from_slice(b"; detail=stale-while-revalidate");
    }
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(lines);
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(copied);
    let is_apart = copied.len() < body.len();
    Some(Written {
        status: if is_known { 304 } else { record.status },
        body: is_apart.then(|| Body {
            packed: Arc::clone(&record.packed),
            range: representation.body.clone(),
        }),
    })
}

/// Room for the two fields that are written anew.
const OWN: usize = 160;

/// RFC 9651 section 3.3.1.
const MOST: i64 = 999_999_999_999_999;

fn number(number: i64, out: &mut Vec<u8>) {
    let number = number.clamp(-MOST, MOST);
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// The representation that the client takes most gladly.
fn chosen<'a>(record: &'a Record, seen: &Seen) -> Option<&'a Representation> {
    let first = record.representations.first()?;
    if record.representations.len() == 1 {
        return Some(first);
    }
    let accepted = match seen.said(Field::AcceptEncoding) {
        Said::Nothing => None,
        Said::Once(value) => Some(value),
        Said::Repeatedly => return None,
    };
    let Choice::Send(coding) = coding_for(accepted, &record.codings) else {
        return None;
    };
    let mut stored = record.codings.iter().zip(&record.representations);
    let found = stored.find(|(own, _)| **own == coding);
    Some(found.map_or(first, |(_, representation)| representation))
}

/// RFC 9110 section 13.2.1: conditions are for what would be a success.
fn is_success(status: u16) -> bool {
    (200..=299).contains(&status)
}

/// Whether the client says that it has the representation.
fn is_known(representation: &Representation, seen: &Seen) -> Option<bool> {
    let known = match seen.said(Field::IfNoneMatch) {
        Said::Nothing => return Some(false),
        Said::Once(value) => value,
        Said::Repeatedly => return None,
    };
    let own = Some(&*representation.etag).filter(|etag| !etag.is_empty());
    match none_match(known, own) {
        TagMatch::Found => Some(true),
        TagMatch::Missing => Some(false),
        TagMatch::Judge => None,
    }
}
