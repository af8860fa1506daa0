//! What a client has not taken yet.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::{io::AsyncWrite, net::TcpStream};

use crate::answer::Body as StoredBody;

/// Bytes that the kernel did not take at once. It has no memory while there are none.
#[derive(Default)]
pub(crate) struct Outgoing {
    bytes: Vec<u8>,
    sent: usize,
    /// Behind these, and how much of it is sent. Nothing is added while it is there.
    apart: Option<(StoredBody, usize)>,
}

/// Sent bytes that are worth to be moved out of the way.
const COMPACT_BYTES: usize = 65_536;

impl Outgoing {
    pub fn len(&self) -> usize {
        let apart = self.apart.as_ref();
        let apart = apart.map_or(0, |(body, sent)| body.bytes().len() - sent);
        self.bytes.len() - self.sent + apart
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// To write at the end of it.
    pub fn tail(&mut self) -> &mut Vec<u8> {
        if self.sent >= COMPACT_BYTES && self.sent * 2 > self.bytes.len() {
            self.bytes.drain(..self.sent);
            self.sent = 0;
        }
        &mut self.bytes
    }

    /// Sends both, at once if nothing waits already, and keeps what is left.
    pub fn send(
        &mut self,
        stream: &mut TcpStream,
        cx: &mut Context<'_>,
        head: &[u8],
        body: &[u8],
    ) -> io::Result<()> {
        let sent = if self.is_empty() {
            write_once(stream, cx, head, body)?
        } else {
            0
        };
        if sent == head.len() + body.len() {
            return Ok(());
        }
        let tail = self.tail();
        tail.extend_from_slice(head.get(sent..).unwrap_or_default());
        let of_body = sent.saturating_sub(head.len());
        tail.extend_from_slice(body.get(of_body..).unwrap_or_default());
        Ok(())
    }

    /// The same with a body of the store, which is not copied. Nothing waits already.
    pub fn send_stored(
        &mut self,
        stream: &mut TcpStream,
        cx: &mut Context<'_>,
        head: &[u8],
        body: StoredBody,
    ) -> io::Result<()> {
        let sent = write_once(stream, cx, head, body.bytes())?;
        self.tail()
            .extend_from_slice(head.get(sent..).unwrap_or_default());
        let of_body = sent.saturating_sub(head.len());
        if of_body < body.bytes().len() {
            self.apart = Some((body, of_body));
        }
        Ok(())
    }

    /// Ready when all is sent. `took` is called when the client has taken something.
    pub fn poll_flush(
        &mut self,
        stream: &mut TcpStream,
        cx: &mut Context<'_>,
        mut took: impl FnMut(),
    ) -> Poll<io::Result<()>> {
        while let Some(left) = self.bytes.get(self.sent..).filter(|left| !left.is_empty()) {
            let sent = ready!(Pin::new(&mut *stream).poll_write(cx, left))?;
            if sent == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.sent += sent;
            took();
        }
        while let Some((body, sent)) = &mut self.apart {
            let left = body.bytes().get(*sent..).unwrap_or_default();
            if left.is_empty() {
                break;
            }
            let more = ready!(Pin::new(&mut *stream).poll_write(cx, left))?;
            if more == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            *sent += more;
            took();
        }
        *self = Self::default();
        Poll::Ready(Ok(()))
    }
}

/// Bytes the kernel took.
fn write_once(
    stream: &mut TcpStream,
    cx: &mut Context<'_>,
    head: &[u8],
    body: &[u8],
) -> io::Result<usize> {
    let stream = Pin::new(stream);
    let written = if body.is_empty() {
        stream.poll_write(cx, head)
    } else {
        stream.poll_write_vectored(cx, &[IoSlice::new(head), IoSlice::new(body)])
    };
    match written {
        Poll::Ready(sent) => sent,
        Poll::Pending => Ok(0),
    }
}
