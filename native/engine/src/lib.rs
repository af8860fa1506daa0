//! The native front of Strata without Node: it takes connections, reads HTTP/1, routes, answers what is stored, and hands
//! everything that needs judgement to JavaScript.

pub mod answer;
pub mod authority;
pub mod canonical;
pub mod chunked;
pub mod codings;
pub mod entity_tag;
pub mod fields;
pub mod flight;
pub mod framing;
mod handles;
pub mod head;
pub mod hits;
pub mod key;
mod marks;
mod meta;
pub mod method;
pub mod moment;
mod page;
mod pages;
pub mod program;
pub mod reason;
mod record;
pub mod request;
pub mod request_line;
pub mod route_table;
pub mod router;
pub mod rule;
pub mod store;
pub mod target;
mod token;
