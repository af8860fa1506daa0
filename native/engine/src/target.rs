//! The forms of a request target (RFC 9112 section 3.2). The same as `src/server/target.ts`.

use std::borrow::Cow;

use crate::authority::{Scheme, authority_of};

/// A request target in origin-form, `None` for one that may not be: `/path?query` as it is, of `http://host/path` the part
/// behind the authority, which must be that of the Host field (RFC 9112 section 3.2.2). `*` stays.
#[must_use]
pub fn origin_form<'b>(target: &'b [u8], authority: &[u8]) -> Option<Cow<'b, [u8]>> {
    if target.first() == Some(&b'/') || target == b"*" {
        return Some(Cow::Borrowed(target));
    }
    let (scheme, behind) = scheme_in(target)?;
    let end = behind
        .iter()
        .position(|byte| matches!(byte, b'/' | b'?' | b'#'))
        .unwrap_or(behind.len());
    let (host, rest) = behind.split_at_checked(end)?;
    if *authority_of(host, scheme)? != *authority {
        return None;
    }
    Some(match rest {
        [] => Cow::Borrowed(b"/"),
        [b'/', ..] => Cow::Borrowed(rest),
        _ => Cow::Owned([b"/", rest].concat()),
    })
}

fn scheme_in(target: &[u8]) -> Option<(Scheme, &[u8])> {
    let forms: [(Scheme, &[u8]); 2] = [(Scheme::Http, b"http://"), (Scheme::Https, b"https://")];
    forms.into_iter().find_map(|(scheme, form)| {
        let (own, rest) = target.split_at_checked(form.len())?;
        own.eq_ignore_ascii_case(form).then_some((scheme, rest))
    })
}
