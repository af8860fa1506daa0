//! What a front is told when it is opened.

use std::{net::IpAddr, time::Duration};

/// Complete: whoever opens a front has resolved every default.
#[derive(Clone, Debug)]
pub struct Config {
    /// Of the front, in keys of the store: one number per front of the process.
    pub front: u32,
    /// An address, no name.
    pub ip: IpAddr,
    /// 0 = one that is free.
    pub port: u16,
    /// The port may be that of other processes which say so as well (`SO_REUSEPORT`): the kernel spreads connections over
    /// them. On Linux only, and not for port 0.
    pub shares_port: bool,
    /// 0 = as many as cores, at most 4.
    pub threads: usize,
    /// Of a request's fields, with their names.
    pub header_bytes: usize,
    /// Of a request.
    pub header_fields: usize,
    /// Open at a time.
    pub connections: usize,
    /// Requests given to JavaScript and not answered.
    pub pending: usize,
    /// Of one flight.
    pub waiters: usize,
    /// For the head of a request, from its first byte.
    pub header_timeout: Duration,
    /// Between two requests; zero: every connection ends with its first answer.
    pub idle_timeout: Duration,
    /// For a request and its body, from the first byte.
    pub request_timeout: Duration,
    /// Between two pieces of a body that is being read.
    pub body_timeout: Duration,
    /// For a client that takes nothing of its answer.
    pub write_timeout: Duration,
    /// How long a request waits for another's answer before it is given to JavaScript itself; zero: without end.
    pub handler_timeout: Duration,
}

/// The thread's number has 12 bits of a slot, of which this many are used: a slot stays a small integer in JavaScript.
pub(crate) const MOST_THREADS: usize = 64;

impl Config {
    pub(crate) fn threads(&self) -> usize {
        if self.threads > 0 {
            return self.threads.min(MOST_THREADS);
        }
        std::thread::available_parallelism().map_or(1, |cores| cores.get().min(4))
    }
}

/// The same times as plain numbers of milliseconds, as the loop adds them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    pub header: u64,
    pub idle: u64,
    pub request: u64,
    pub body: u64,
    pub write: u64,
    /// `u64::MAX` = without end.
    pub handler: u64,
    /// Between two looks for what is due.
    pub sweep: u64,
}

impl Times {
    pub fn of(config: &Config) -> Self {
        let handler = match ms(config.handler_timeout) {
            0 => u64::MAX,
            time => time,
        };
        let mut times = Self {
            header: ms(config.header_timeout),
            idle: ms(config.idle_timeout),
            request: ms(config.request_timeout),
            body: ms(config.body_timeout),
            write: ms(config.write_timeout),
            handler,
            sweep: 0,
        };
        times.sweep = times
            .shortest()
            .map_or(1_000, |time| (time / 8).clamp(10, 1_000));
        times
    }

    fn shortest(&self) -> Option<u64> {
        let all = [
            self.header,
            self.idle,
            self.request,
            self.body,
            self.write,
            self.handler,
        ];
        all.into_iter().filter(|&time| time > 0).min()
    }
}

fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
