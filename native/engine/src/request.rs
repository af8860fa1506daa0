//! A request as the store is asked about it.

use crate::fields::{Field, Fields, Seen};
use crate::method::Method;
use crate::moment::Moment;
use crate::rule::Rule;

/// A request for a route that has a rule.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Number of the listener: several may share a store.
    pub front: u32,
    /// Of the route.
    pub rule: &'a Rule,
    /// As sent.
    pub method: Method<'a>,
    /// Whether a body comes with it.
    pub has_body: bool,
    /// As `src/server/authority.ts` writes it.
    pub authority: &'a [u8],
    /// Canonical.
    pub path: &'a [u8],
    /// What stands behind the `?`, as sent.
    pub query: Option<&'a [u8]>,
    /// All of them.
    pub fields: Fields<'a>,
    /// Those that decide something.
    pub seen: &'a Seen<'a>,
    /// It waited for another request's answer: its own says so.
    pub is_collapsed: bool,
    /// Whole lines to add to the head of the answer, `connection: close\r\n` for example.
    pub lines: &'a [u8],
    /// When it came, by the store's clock.
    pub now: Moment,
}

/// Fields with which a request asks for more than what is stored.
const JUDGED: [Field; 5] = [
    Field::Authorization,
    Field::Range,
    Field::IfRange,
    Field::IfMatch,
    Field::IfUnmodifiedSince,
];

impl Request<'_> {
    /// Whether it asks for nothing that only JavaScript can judge.
    pub(crate) fn is_plain(&self) -> bool {
        let is_reading = matches!(self.method, Method::Get | Method::Head);
        is_reading
            && !self.has_body
            && !JUDGED.into_iter().any(|field| self.seen.has(field))
            && !self.is_judged()
    }

    /// Of fields that are plain here and not there.
    fn is_judged(&self) -> bool {
        let Self { seen, rule, .. } = self;
        // under a policy a client's wishes do not count
        let wishes = seen.has(Field::CacheControl) || seen.has(Field::Pragma);
        let asks = wishes && !rule.has_policy;
        let tells = seen.has(Field::Cookie) && rule.cookie_bypasses;
        let comes_back = rule
            .via
            .as_deref()
            .is_some_and(|name| self.has_passed(name));
        // an If-None-Match takes its place (RFC 9110 section 13.2.2)
        asks || tells
            || comes_back
            || seen.has(Field::IfModifiedSince) && !seen.has(Field::IfNoneMatch)
    }

    /// Whether a `Via` holds this name, be it as part of another: JavaScript looks closer.
    fn has_passed(&self, name: &[u8]) -> bool {
        let holds = |value: &[u8]| {
            value
                .windows(name.len().max(1))
                .any(|part| part.eq_ignore_ascii_case(name))
        };
        self.fields.named(b"via").any(holds)
    }

    /// Whether it goes to the origin as it is: by what a response says of itself, a HEAD brings nothing for others.
    pub(crate) fn is_head_alone(&self) -> bool {
        self.method == Method::Head && !self.rule.has_policy
    }
}
