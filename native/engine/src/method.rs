//! The method of a request.

/// Those that most requests have, and the name of any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method<'b> {
    /// `GET`
    Get,
    /// `HEAD`
    Head,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `DELETE`
    Delete,
    /// `PATCH`
    Patch,
    /// `OPTIONS`
    Options,
    /// A token that is none of these; methods are case-sensitive (RFC 9110 section 9.1).
    Other(&'b [u8]),
}

impl<'b> Method<'b> {
    /// The method of that name.
    #[must_use]
    pub fn of(name: &'b [u8]) -> Self {
        match name {
            b"GET" => Self::Get,
            b"HEAD" => Self::Head,
            b"POST" => Self::Post,
            b"PUT" => Self::Put,
            b"DELETE" => Self::Delete,
            b"PATCH" => Self::Patch,
            b"OPTIONS" => Self::Options,
            _ => Self::Other(name),
        }
    }

    /// As it is sent.
    #[must_use]
    pub const fn name(&self) -> &'b [u8] {
        match self {
            Self::Get => b"GET",
            Self::Head => b"HEAD",
            Self::Post => b"POST",
            Self::Put => b"PUT",
            Self::Delete => b"DELETE",
            Self::Patch => b"PATCH",
            Self::Options => b"OPTIONS",
            Self::Other(name) => name,
        }
    }

    /// Whether parsers of HTTP know it. Some end the connection at any other, so that what comes behind one is a request for us
    /// and none for them.
    #[must_use]
    pub fn is_known(&self) -> bool {
        match self {
            Self::Other(name) => KNOWN.contains(name),
            _ => true,
        }
    }

    /// Its number in records for JavaScript; 0 stands for any other, which goes by its name.
    #[must_use]
    pub const fn code(&self) -> u32 {
        match self {
            Self::Get => 1,
            Self::Head => 2,
            Self::Post => 3,
            Self::Put => 4,
            Self::Delete => 5,
            Self::Patch => 6,
            Self::Options => 7,
            Self::Other(_) => 0,
        }
    }
}

/// Beside those above, the methods of RFC 9110 and of the registries that the parser of Node knows.
const KNOWN: [&[u8]; 28] = [
    b"ACL",
    b"BIND",
    b"CHECKOUT",
    b"CONNECT",
    b"COPY",
    b"LINK",
    b"LOCK",
    b"M-SEARCH",
    b"MERGE",
    b"MKACTIVITY",
    b"MKCALENDAR",
    b"MKCOL",
    b"MOVE",
    b"NOTIFY",
    b"PROPFIND",
    b"PROPPATCH",
    b"PURGE",
    b"QUERY",
    b"REBIND",
    b"REPORT",
    b"SEARCH",
    b"SOURCE",
    b"SUBSCRIBE",
    b"TRACE",
    b"UNBIND",
    b"UNLINK",
    b"UNLOCK",
    b"UNSUBSCRIBE",
];
