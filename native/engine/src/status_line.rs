//! The first line of an answer.

use crate::reason::reason_of;

/// What most answers begin with.
const OK: &[u8] = b"HTTP/1.1 200 OK\r\n";

/// Whatever the client speaks: a server tells its own version (RFC 9110 section 2.5).
pub(crate) fn write_status_line(out: &mut Vec<u8>, status: u16) {
    if status == 200 {
        out.extend_from_slice(OK);
        return;
    }
    out.extend_from_slice(b"HTTP/1.1 ");
    out.extend_from_slice(itoa::Buffer::new().format(status).as_bytes());
    out.push(b' ');
    out.extend_from_slice(reason_of(status).as_bytes());
    out.extend_from_slice(b"\r\n");
}
