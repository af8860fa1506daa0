//! All routes of a server at one moment, and how each is cached. It never changes: other routes are another program, put in its
//! place at once. The same as `src/server/router.ts`, except that JavaScript answers whatever has no route.

use std::borrow::Cow;
use std::collections::HashSet;

use memchr::{memchr, memchr_iter};
use serde::Deserialize;

use crate::canonical::{canonical_visible, is_visible};
use crate::method::Method;
use crate::route_table::RouteTable;
use crate::router::{Ranges, Router, TableError};
use crate::rule::{Rule, RuleJson};

/// Bytes of a target; more: 414.
pub const TARGET_BYTES: usize = 65_536;

/// Segments of a path; more: 414.
const SEGMENTS: usize = 128;

/// What becomes of a method and a target.
#[derive(Debug, PartialEq, Eq)]
pub enum Found<'t> {
    /// It has a route.
    Route {
        /// Its number.
        route: u32,
        /// The canonical path, in which ranges are meant; borrowed if the target has it in this spelling.
        path: Cow<'t, [u8]>,
        /// Behind the `?`, as sent; `None`: there is no `?`.
        query: Option<&'t [u8]>,
    },
    /// Nothing has the path, or the method; or OPTIONS, which answers itself.
    Nothing,
    /// Nothing could answer it. The status is 400, 405, 414 or 501.
    Refused(u16),
}

/// Why a text is no program.
#[derive(Debug)]
pub enum ProgramError {
    /// It is not the JSON of one.
    Json(serde_json::Error),
    /// Its table is none.
    Table(TableError),
}

impl std::fmt::Display for ProgramError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Self::Json(error) => error.fmt(formatter),
            Self::Table(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for ProgramError {}

/// As JavaScript writes it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ProgramJson {
    version: u32,
    table: RouteTable,
    methods: Vec<String>,
    allow: String,
    #[serde(default)]
    hosts: Option<Vec<String>>,
    #[serde(default)]
    redirect_trailing_slash: bool,
    #[serde(default)]
    rules: Vec<Option<RuleJson>>,
}

/// Routing and rules.
#[derive(Debug)]
pub struct Program {
    version: u32,
    router: Router,
    methods: Box<[Box<[u8]>]>,
    allow: String,
    hosts: Option<HashSet<Box<[u8]>>>,
    redirects_trailing_slash: bool,
    rules: Box<[Option<Rule>]>,
}

impl Program {
    /// Of the JSON that JavaScript gives.
    ///
    /// # Errors
    ///
    /// Another form of JSON, a table that is no tree.
    pub fn parse(json: &str) -> Result<Self, ProgramError> {
        let json: ProgramJson = serde_json::from_str(json).map_err(ProgramError::Json)?;
        let bytes = |text: String| text.into_bytes().into_boxed_slice();
        Ok(Self {
            version: json.version,
            router: Router::new(json.table).map_err(ProgramError::Table)?,
            methods: json.methods.into_iter().map(bytes).collect(),
            allow: json.allow,
            hosts: json
                .hosts
                .map(|hosts| hosts.into_iter().map(bytes).collect()),
            redirects_trailing_slash: json.redirect_trailing_slash,
            rules: json
                .rules
                .into_iter()
                .map(|rule| rule.as_ref().map(Rule::of))
                .collect(),
        })
    }

    /// Its number: JavaScript knows by it which program a route number is of.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// Of `OPTIONS *` and of methods that are never routed.
    #[must_use]
    pub fn allow(&self) -> &str {
        &self.allow
    }

    /// Whether a path that differs from a route by a slash at its end is redirected there, which JavaScript does.
    #[must_use]
    pub const fn redirects_trailing_slash(&self) -> bool {
        self.redirects_trailing_slash
    }

    /// How the responses of a route are cached here. `None`: not here.
    #[must_use]
    pub fn rule(&self, route: u32) -> Option<&Rule> {
        self.rules.get(route as usize)?.as_ref()
    }

    /// Whether the server answers for the authority; if not: 421.
    #[must_use]
    pub fn is_ours(&self, authority: &[u8]) -> bool {
        self.hosts.as_ref().is_none_or(|hosts| {
            hosts.contains(authority) || hosts.contains(without_port(authority))
        })
    }

    /// `target` is in origin-form, or `*`.
    #[must_use]
    pub fn find<'t>(&self, method: Method, target: &'t [u8], ranges: &mut Ranges) -> Found<'t> {
        if !self.knows(method) {
            return Found::Refused(unknown(method));
        }
        if target.len() > TARGET_BYTES {
            return Found::Refused(414);
        }
        if target == b"*" && method == Method::Options {
            return Found::Nothing;
        }
        if !is_visible(target) {
            return Found::Refused(400);
        }
        let (path, query) = split(target);
        let Some(path) = canonical_visible(path) else {
            return Found::Refused(400);
        };
        if has_too_many_segments(&path) {
            return Found::Refused(414);
        }
        match self.router.find(method, &path, ranges) {
            Some(route) => Found::Route { route, path, query },
            None => Found::Nothing,
        }
    }

    fn knows(&self, method: Method) -> bool {
        let name = method.name();
        self.methods.iter().any(|known| **known == *name)
    }
}

/// CONNECT and TRACE are never routed (RFC 9110 sections 9.3.6 and 9.3.8), others are not known.
fn unknown(method: Method) -> u16 {
    match method.name() {
        b"CONNECT" | b"TRACE" => 405,
        _ => 501,
    }
}

fn split(target: &[u8]) -> (&[u8], Option<&[u8]>) {
    let halves = memchr(b'?', target).and_then(|mark| target.split_at_checked(mark));
    halves.map_or((target, None), |(path, query)| (path, query.get(1..)))
}

fn has_too_many_segments(path: &[u8]) -> bool {
    path.len() > SEGMENTS && memchr_iter(b'/', path).count() > SEGMENTS
}

/// `host:80` without the `:80`.
fn without_port(authority: &[u8]) -> &[u8] {
    let digits = authority
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_digit());
    let digits = digits.count();
    let host = authority.get(..authority.len() - digits);
    match host.and_then(|host| host.strip_suffix(b":")) {
        Some(host) if digits > 0 => host,
        _ => authority,
    }
}
