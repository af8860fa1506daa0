//! Under which key the response to a request is stored.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use memchr::{memchr, memchr2};
use quick_cache::Equivalent;

use crate::fields::{Field, Fields, Said, Seen};
use crate::request::Request;
use crate::rule::Name;

/// Bytes. A request with a longer key is for JavaScript.
const LONGEST: usize = 16 * 1024;

/// Parameters looked at where a rule lists some.
const MOST_PARAMETERS: usize = 256;

/// What tells stored responses apart. Injective: every part is written with its length, and absent is not empty. Finer than
/// the key TypeScript makes of the same request, never coarser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key(Arc<[u8]>);

/// A key in somebody's buffer, to look up with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeyRef<'a>(pub(crate) &'a [u8]);

impl Key {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(&self.0);
    }
}

impl Hash for KeyRef<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(self.0);
    }
}

impl Equivalent<Key> for KeyRef<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        *self.0 == *key.0
    }
}

/// The key of a request, in place of what is in the buffer. False: JavaScript has to make it.
#[must_use]
pub fn write_key(request: &Request, key: &mut Vec<u8>) -> bool {
    let Request { rule, fields, .. } = request;
    key.clear();
    key.extend_from_slice(&request.front.to_le_bytes());
    key.extend_from_slice(&rule.id.to_le_bytes());
    piece(key, request.authority);
    piece(key, request.path);
    match &rule.query {
        None => match request.query {
            None => key.push(ABSENT),
            Some(query) => present(key, query),
        },
        Some(names) => {
            if !parameters(key, names, request.query.unwrap_or_default()) {
                return false;
            }
        }
    }
    for name in &rule.headers {
        lines(key, name, *fields);
    }
    for name in rule.cookies.iter().flatten() {
        match cookie_of(*fields, request.seen, name) {
            None => key.push(ABSENT),
            Some(value) => present(key, value),
        }
    }
    key.len() <= LONGEST
}

const ABSENT: u8 = 0;
const PRESENT: u8 = 1;

fn piece(key: &mut Vec<u8>, bytes: &[u8]) {
    // longer ones do not pass the limit of the whole
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    key.extend_from_slice(&length.to_le_bytes());
    key.extend_from_slice(bytes);
}

fn present(key: &mut Vec<u8>, bytes: &[u8]) {
    key.push(PRESENT);
    piece(key, bytes);
}

/// The listed parameters in the order of the list, each as sent, as `narrowed` of src/http/rule-key.ts has them. False: a
/// name is written with escapes, or there are too many.
fn parameters(key: &mut Vec<u8>, names: &[Name], query: &[u8]) -> bool {
    let is_escaped = |piece| memchr2(b'%', b'+', name_of(piece)).is_some();
    if memchr2(b'%', b'+', query).is_some() && pieces_of(query).any(is_escaped) {
        return false;
    }
    if pieces_of(query).nth(MOST_PARAMETERS).is_some() {
        return false;
    }
    for name in names {
        for piece in pieces_of(query) {
            if **name == *name_of(piece) {
                present(key, piece);
            }
        }
        key.push(ABSENT);
    }
    true
}

fn pieces_of(query: &[u8]) -> impl Iterator<Item = &[u8]> {
    query.split(|byte| *byte == b'&')
}

fn name_of(piece: &[u8]) -> &[u8] {
    memchr(b'=', piece)
        .and_then(|at| piece.get(..at))
        .unwrap_or(piece)
}

/// All lines of a field, one by one: the same field in one line has another key, and the same response.
fn lines(key: &mut Vec<u8>, name: &Name, fields: Fields) {
    for value in fields.named(name) {
        present(key, value);
    }
    key.push(ABSENT);
}

/// The first cookie of that name, as `cookieOf` of src/http/rule-key.ts finds it.
#[must_use]
pub fn cookie_of<'b>(fields: Fields<'b>, seen: &Seen<'b>, name: &[u8]) -> Option<&'b [u8]> {
    let in_line = |line: &'b [u8]| {
        let mut pairs = line.split(|byte| *byte == b';');
        pairs.find_map(|pair| cookie_in(pair, name))
    };
    match seen.said(Field::Cookie) {
        Said::Nothing => None,
        Said::Once(line) => in_line(line),
        Said::Repeatedly => fields.named(b"cookie").find_map(in_line),
    }
}

fn cookie_in<'a>(pair: &'a [u8], wanted: &[u8]) -> Option<&'a [u8]> {
    let at = memchr(b'=', pair)?;
    let name = pair.get(..at)?;
    (trim(name) == wanted).then(|| trim(pair.get(at + 1..).unwrap_or_default()))
}

/// As JavaScript's `trim`, of the characters Latin-1 has: another first cookie found would be another user's response.
fn trim(mut text: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = text
        && is_white(*first)
    {
        text = rest;
    }
    while let [rest @ .., last] = text
        && is_white(*last)
    {
        text = rest;
    }
    text
}

fn is_white(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ' | 0xa0)
}
