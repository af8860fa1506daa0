//! Time of the process, and the date as answers tell it.

use std::{
    sync::OnceLock,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// Milliseconds since the first call; never goes back.
pub(crate) fn now_ms() -> u64 {
    static BEGIN: OnceLock<Instant> = OnceLock::new();
    u64::try_from(BEGIN.get_or_init(Instant::now).elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// `date: ...\r\n`, written once a second.
pub(crate) struct DateLine {
    line: Vec<u8>,
    /// By `now_ms`.
    until: u64,
}

impl DateLine {
    pub fn new() -> Self {
        Self {
            line: Vec::with_capacity(40),
            until: 0,
        }
    }

    pub fn at(&mut self, now: u64) -> &[u8] {
        if now >= self.until {
            self.write(now);
        }
        &self.line
    }

    #[cold]
    fn write(&mut self, now: u64) {
        let time = SystemTime::now();
        let since = time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        self.until = now + 1_000 - u64::from(since.subsec_millis());
        self.line.clear();
        self.line.extend_from_slice(b"date: ");
        self.line
            .extend_from_slice(httpdate::fmt_http_date(time).as_bytes());
        self.line.extend_from_slice(b"\r\n");
    }
}
