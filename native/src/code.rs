//! The `code` of each error that JavaScript sees.

use napi::Error;

/// Becomes `error.code`.
#[derive(Debug)]
pub enum Code {
    /// A length, a number or a config field is out of range.
    Argument,
    /// The routes' program cannot be read.
    Program,
    /// A record of an exchange is broken.
    Wire,
    /// The front was joined.
    Closed,
    /// As the operating system calls it, for instance `EADDRINUSE`.
    System(String),
}

impl AsRef<str> for Code {
    fn as_ref(&self) -> &str {
        match self {
            Self::Argument => "ERR_NATIVE_ARGUMENT",
            Self::Program => "ERR_NATIVE_PROGRAM",
            Self::Wire => "ERR_NATIVE_WIRE",
            Self::Closed => "ERR_NATIVE_CLOSED",
            Self::System(code) => code,
        }
    }
}

/// An argument that makes no sense.
pub fn argument(reason: impl Into<String>) -> Error<Code> {
    Error::new(Code::Argument, reason.into())
}
