//! Writes the heads of answers, and the short answers that the front gives by itself.

use crate::{clock::DateLine, reason::reason_of, status_line::write_status_line};

/// How the end of a body is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// Nothing is said: there is no body, or it ends with the connection.
    Unsaid,
    Length(u64),
    Chunked,
}

/// What is said about the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Persistence {
    /// It stays, which goes without saying.
    Stays,
    /// It stays, told to a client of HTTP/1.0 that asked for it.
    StaysTold,
    Closes,
}

pub(crate) struct FinalHead<'a> {
    pub status: u16,
    /// Whole lines.
    pub lines: &'a [u8],
    pub has_date: bool,
    pub framing: Framing,
    pub persistence: Persistence,
}

impl FinalHead<'_> {
    pub fn write(&self, out: &mut Vec<u8>, date: &mut DateLine, now: u64) {
        write_status_line(out, self.status);
        out.extend_from_slice(self.lines);
        if !self.has_date {
            out.extend_from_slice(date.at(now));
        }
        match self.framing {
            Framing::Unsaid => {}
            Framing::Length(length) => write_length(out, length),
            Framing::Chunked => out.extend_from_slice(b"transfer-encoding: chunked\r\n"),
        }
        out.extend_from_slice(match self.persistence {
            Persistence::Stays => b"\r\n".as_slice(),
            Persistence::StaysTold => b"connection: keep-alive\r\n\r\n",
            Persistence::Closes => b"connection: close\r\n\r\n",
        });
    }
}

fn write_length(out: &mut Vec<u8>, length: u64) {
    out.extend_from_slice(b"content-length: ");
    out.extend_from_slice(itoa::Buffer::new().format(length).as_bytes());
    out.extend_from_slice(b"\r\n");
}

/// An answer of 1xx.
pub(crate) fn write_information(out: &mut Vec<u8>, status: u16, lines: &[u8]) {
    write_status_line(out, status);
    out.extend_from_slice(lines);
    out.extend_from_slice(b"\r\n");
}

/// Statuses whose answers have no body (RFC 9110 section 6.4.1), 205 included.
pub(crate) fn is_bodiless(status: u16) -> bool {
    matches!(status, 100..=199 | 204 | 205 | 304)
}

/// A whole answer about an error (RFC 9457): the status, and nothing else that was not known before.
pub(crate) struct Problem {
    pub status: u16,
    pub is_head: bool,
    pub persistence: Persistence,
}

impl Problem {
    pub fn write(&self, out: &mut Vec<u8>, date: &mut DateLine, now: u64) {
        let body = problem_body(self.status);
        let head = FinalHead {
            status: self.status,
            lines: if self.status == 503 {
                b"content-type: application/problem+json\r\nretry-after: 1\r\n"
            } else {
                b"content-type: application/problem+json\r\n"
            },
            has_date: false,
            framing: Framing::Length(u64::try_from(body.len()).unwrap_or_default()),
            persistence: self.persistence,
        };
        head.write(out, date, now);
        if !self.is_head {
            out.extend_from_slice(body.as_bytes());
        }
    }
}

/// As `src/server/problem.ts` has it. No reason phrase has a character that JSON escapes.
fn problem_body(status: u16) -> String {
    let title = reason_of(status);
    format!(r#"{{"type":"about:blank","title":"{title}","status":{status}}}"#)
}

/// Whether these are whole lines `name: value\r\n` that cannot be taken for something else: no bare CR or LF, no NUL, no line
/// that is empty or goes on from the one before, and none about framing or the connection, which the front alone decides.
/// What is in a name was checked by whoever wrote it; this is what keeps an answer from being split (RFC 9112 section 11.1).
pub(crate) fn are_lines(mut lines: &[u8]) -> bool {
    while !lines.is_empty() {
        let Some(end) = memchr::memchr(b'\n', lines) else {
            return false;
        };
        let (line, rest) = lines.split_at(end + 1);
        let Some(line) = line.strip_suffix(b"\r\n") else {
            return false;
        };
        if !is_line(line) {
            return false;
        }
        lines = rest;
    }
    true
}

fn is_line(line: &[u8]) -> bool {
    if memchr::memchr2(b'\r', 0, line).is_some() {
        return false;
    }
    let Some(colon) = memchr::memchr(b':', line) else {
        return false;
    };
    let (name, _) = line.split_at(colon);
    match name.first() {
        None | Some(b' ' | b'\t') => false,
        Some(_) => !is_ours(name),
    }
}

fn is_ours(name: &[u8]) -> bool {
    match name.len() {
        10 => name.eq_ignore_ascii_case(b"connection"),
        14 => name.eq_ignore_ascii_case(b"content-length"),
        17 => name.eq_ignore_ascii_case(b"transfer-encoding"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{are_lines, problem_body};

    #[test]
    fn takes_whole_lines_and_nothing_else() {
        let rows: [(&[u8], bool); 16] = [
            (b"", true),
            (b"a: b\r\n", true),
            (b"a: b\r\nc:\r\n", true),
            (b"a: \xe9\r\n", true),
            (b"a: b", false),
            (b"a: b\n", false),
            (b"a: b\r\n\r\n", false),
            (b"\r\n", false),
            (b"a: b\rc\r\n", false),
            (b"a: b\nc: d\r\n", false),
            (b"a: \0\r\n", false),
            (b"a\r\n", false),
            (b": b\r\n", false),
            (b"a: b\r\n c: d\r\n", false),
            (b"Content-Length: 3\r\n", false),
            (b"transfer-encoding: chunked\r\n", false),
        ];
        for (lines, expected) in rows {
            assert_eq!(
                are_lines(lines),
                expected,
                "{:?}",
                lines.escape_ascii().to_string()
            );
        }
    }

    #[test]
    fn tells_a_problem_as_the_other_listener_does() {
        assert_eq!(
            problem_body(431),
            r#"{"type":"about:blank","title":"Request Header Fields Too Large","status":431}"#
        );
    }
}
