//! Stands where the engine's front and store will be: it listens, closes what it accepts, and keeps nothing.
#![expect(dead_code, reason = "goes when the engine has these types")]
#![expect(clippy::unused_self, reason = "the engine's signatures")]

use std::{
    fmt, io,
    net::{IpAddr, SocketAddr, TcpListener},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use strata_engine::{program::Program, store::Store};

pub struct Config {
    pub front: u32,
    pub ip: IpAddr,
    pub port: u16,
    pub threads: usize,
    pub header_bytes: usize,
    pub header_fields: usize,
    pub connections: usize,
    pub pending: usize,
    pub waiters: usize,
    pub header_timeout: Duration,
    pub idle_timeout: Duration,
    pub request_timeout: Duration,
    pub body_timeout: Duration,
    pub write_timeout: Duration,
    pub handler_timeout: Duration,
}

pub struct OpenError {
    pub code: String,
    pub message: String,
}

impl From<io::Error> for OpenError {
    fn from(error: io::Error) -> Self {
        let code = match error.kind() {
            io::ErrorKind::AddrInUse => "EADDRINUSE",
            io::ErrorKind::AddrNotAvailable => "EADDRNOTAVAIL",
            io::ErrorKind::PermissionDenied => "EACCES",
            _ => "EIO",
        };
        Self {
            code: code.to_owned(),
            message: error.to_string(),
        }
    }
}

pub struct WireError;

impl fmt::Display for WireError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a record is broken")
    }
}

#[derive(Default)]
pub struct Stats {
    pub requests: u64,
    pub refused: u64,
    pub aborted: u64,
    pub connections: u64,
    pub hits: u64,
}

pub struct Front {
    address: SocketAddr,
    closing: AtomicBool,
    closed: AtomicBool,
    wake: Arc<dyn Fn() + Send + Sync>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Front {
    pub fn open(
        config: Config,
        _program: Program,
        _store: Arc<Store>,
        wake: Arc<dyn Fn() + Send + Sync>,
    ) -> Result<Arc<Self>, OpenError> {
        let listener = TcpListener::bind((config.ip, config.port))?;
        listener.set_nonblocking(true)?;
        let front = Arc::new(Self {
            address: listener.local_addr()?,
            closing: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            wake,
            thread: Mutex::new(None),
        });
        let shared = Arc::clone(&front);
        let thread = thread::spawn(move || {
            while !shared.closing.load(Ordering::SeqCst) {
                if listener.accept().is_err() {
                    thread::sleep(Duration::from_millis(1));
                }
            }
            shared.closed.store(true, Ordering::SeqCst);
            (shared.wake)();
        });
        *front.thread.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread);
        Ok(front)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn exchange(&self, _out: &[u8], into: &mut [u8]) -> Result<usize, WireError> {
        if !self.closed.swap(false, Ordering::SeqCst) {
            return Ok(0);
        }
        let closed = [16_u32, 7, u32::MAX, 0].map(u32::to_le_bytes).concat();
        let space = into.get_mut(..closed.len()).ok_or(WireError)?;
        space.copy_from_slice(&closed);
        Ok(closed.len())
    }

    pub fn set_program(&self, _program: Program) {}

    pub fn close(&self, _timeout: Duration) {
        self.closing.store(true, Ordering::SeqCst);
    }

    pub fn join(&self) {
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            drop(thread.join());
        }
    }

    pub fn stats(&self) -> Stats {
        Stats::default()
    }
}
