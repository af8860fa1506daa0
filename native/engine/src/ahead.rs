//! Bytes of a client that were read and not looked at yet.

/// It has no memory while there are none.
#[derive(Default)]
pub(crate) struct Ahead {
    bytes: Vec<u8>,
    at: usize,
}

impl Ahead {
    pub fn of(bytes: &[u8]) -> Self {
        Self {
            bytes: bytes.to_vec(),
            at: 0,
        }
    }

    pub fn unread(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    pub fn len(&self) -> usize {
        self.bytes.len() - self.at
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// So many bytes are dealt with.
    pub fn skip(&mut self, bytes: usize) {
        self.at = (self.at + bytes).min(self.bytes.len());
        if self.is_empty() {
            *self = Self::default();
        }
    }

    pub fn push(&mut self, bytes: &[u8]) {
        if self.at * 2 > self.bytes.len() {
            self.bytes.drain(..self.at);
            self.at = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }
}
