//! The native front of Strata without Node: it takes connections, reads HTTP/1, routes, answers what is stored, and hands
//! everything that needs judgement to JavaScript.

pub mod authority;
pub mod canonical;
pub mod chunked;
pub mod codings;
pub mod entity_tag;
pub mod fields;
pub mod framing;
pub mod head;
pub mod method;
pub mod program;
pub mod request_line;
pub mod route_table;
pub mod router;
pub mod rule;
pub mod target;
mod token;
