//! Host and port of a request, in one spelling. The same as `src/server/authority.ts`.

use std::borrow::Cow;

/// What a port is left out for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Port 80.
    Http,
    /// Port 443.
    Https,
}

const MOST_PORT: u32 = 65_535;
const MOST_PORT_DIGITS: usize = 5;
const MOST_NAME: usize = 255;
const MOST_ADDRESS: usize = 45;

/// Host and port in lower case, without the port that the scheme means anyway. `None`: it is none.
#[must_use]
pub fn authority_of(text: &[u8], scheme: Scheme) -> Option<Cow<'_, [u8]>> {
    let host = host_in(text)?;
    let port = text.get(host..)?;
    let is_left_out = match port {
        [] => true,
        [b':', digits @ ..] => {
            if !is_port(digits) {
                return None;
            }
            digits.is_empty() || digits == default_port(scheme)
        }
        _ => return None,
    };
    let kept = if is_left_out { text.get(..host)? } else { text };
    if kept.iter().any(u8::is_ascii_uppercase) {
        return Some(Cow::Owned(kept.to_ascii_lowercase()));
    }
    Some(Cow::Borrowed(kept))
}

const fn default_port(scheme: Scheme) -> &'static [u8] {
    match scheme {
        Scheme::Http => b"80",
        Scheme::Https => b"443",
    }
}

/// Where the host ends: letters, digits, `-._~`, or an address in brackets.
fn host_in(text: &[u8]) -> Option<usize> {
    if let [b'[', rest @ ..] = text {
        let is_address = |byte: &u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
        let len = rest.iter().position(|byte| !is_address(byte))?;
        let is_closed = rest.get(len) == Some(&b']');
        return (is_closed && (2..=MOST_ADDRESS).contains(&len)).then_some(len + 2);
    }
    let is_name =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'~' | b'-');
    let len = text
        .iter()
        .position(|byte| !is_name(byte))
        .unwrap_or(text.len());
    (1..=MOST_NAME).contains(&len).then_some(len)
}

fn is_port(digits: &[u8]) -> bool {
    digits.len() <= MOST_PORT_DIGITS
        && digits.iter().all(u8::is_ascii_digit)
        && digits
            .iter()
            .fold(0, |port, digit| port * 10 + u32::from(digit - b'0'))
            <= MOST_PORT
}
