//! The sockets that take connections.

use std::{
    fmt, io,
    net::{IpAddr, SocketAddr, TcpListener},
};

use socket2::{Domain, Protocol, Socket, Type};

/// Why a front could not be opened.
#[derive(Debug)]
pub struct OpenError {
    /// As the operating system calls it: `EADDRINUSE`.
    pub code: &'static str,
    /// In words.
    pub message: String,
}

impl fmt::Display for OpenError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for OpenError {}

impl From<io::Error> for OpenError {
    fn from(error: io::Error) -> Self {
        Self {
            code: match error.kind() {
                io::ErrorKind::AddrInUse => "EADDRINUSE",
                io::ErrorKind::AddrNotAvailable => "EADDRNOTAVAIL",
                io::ErrorKind::PermissionDenied => "EACCES",
                io::ErrorKind::InvalidInput => "EINVAL",
                io::ErrorKind::Unsupported => "EAFNOSUPPORT",
                io::ErrorKind::OutOfMemory => "ENOMEM",
                _ if error.raw_os_error() == Some(TOO_MANY_FILES) => "EMFILE",
                _ => "EIO",
            },
            message: error.to_string(),
        }
    }
}

/// `EMFILE`, the same number on every Unix.
const TOO_MANY_FILES: i32 = 24;

/// Connections that wait to be taken: as node:net asks for, the kernel caps it.
const BACKLOG: i32 = 511;

/// How often another free port is tried when somebody takes it between two calls.
const TRIES: usize = 5;

/// One listener per thread, all of one address. Only the first call of `bind` can tell that a port is taken: sockets with
/// `SO_REUSEPORT` share it with whoever has set that as well. So that call is made without, unless it is to be shared.
pub(crate) fn bind(
    ip: IpAddr,
    port: u16,
    threads: usize,
    shares_port: bool,
) -> io::Result<Vec<TcpListener>> {
    if shares_port && port != 0 && cfg!(target_os = "linux") {
        return spread(SocketAddr::new(ip, port), threads);
    }
    let mut tries = if port == 0 { TRIES } else { 1 };
    loop {
        tries -= 1;
        match bind_once(ip, port, threads) {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && tries > 0 => {}
            bound => return bound,
        }
    }
}

fn bind_once(ip: IpAddr, port: u16, threads: usize) -> io::Result<Vec<TcpListener>> {
    let probe = socket_at(SocketAddr::new(ip, port), false)?;
    if threads == 1 || !cfg!(target_os = "linux") {
        return shared(listening(&probe).map(|()| probe.into())?, threads);
    }
    // listening, so that a port that another has bound but does not listen on shows as well
    listening(&probe)?;
    let address = address_of(&probe)?;
    drop(probe);
    spread(address, threads)
}

/// Listeners of which each gets its share of the connections.
fn spread(address: SocketAddr, threads: usize) -> io::Result<Vec<TcpListener>> {
    let sockets: Vec<Socket> = (0..threads)
        .map(|_| socket_at(address, true))
        .collect::<io::Result<_>>()?;
    sockets.iter().try_for_each(listening)?;
    Ok(sockets.into_iter().map(TcpListener::from).collect())
}

/// Where the kernel does not spread connections over listeners, all threads wait at one.
fn shared(listener: TcpListener, threads: usize) -> io::Result<Vec<TcpListener>> {
    let mut listeners = (1..threads)
        .map(|_| listener.try_clone())
        .collect::<io::Result<Vec<_>>>()?;
    listeners.push(listener);
    Ok(listeners)
}

fn socket_at(address: SocketAddr, shares_port: bool) -> io::Result<Socket> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    if address.is_ipv6() {
        socket.set_only_v6(false)?; // as node:net: `::` is every address of this machine
    }
    if cfg!(unix) {
        socket.set_reuse_address(true)?; // connections of the past that linger in TIME_WAIT do not count
    }
    #[cfg(target_os = "linux")]
    socket.set_reuse_port(shares_port)?;
    #[cfg(not(target_os = "linux"))]
    let _ = shares_port;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

fn listening(socket: &Socket) -> io::Result<()> {
    // Linux gives it on to the connections that are taken
    socket.set_tcp_nodelay(true)?;
    socket.listen(BACKLOG)
}

fn address_of(socket: &Socket) -> io::Result<SocketAddr> {
    socket
        .local_addr()?
        .as_socket()
        .ok_or_else(|| io::ErrorKind::AddrNotAvailable.into())
}
