//! How the responses of a route are told apart and when they may be answered here: the part of a cache rule that needs no
//! judgement.

use serde::Deserialize;

/// As JavaScript writes it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RuleJson {
    id: u32,
    policy: bool,
    #[serde(default)]
    query: Option<Vec<String>>,
    #[serde(default)]
    headers: Vec<String>,
    #[serde(default)]
    cookies: Option<Vec<String>>,
    #[serde(default)]
    cookie_bypasses: bool,
    #[serde(default)]
    via: Option<String>,
    #[serde(default)]
    server_timing: bool,
}

/// A name as it stands in a request.
pub type Name = Box<[u8]>;

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Routes with the same number share their responses.
    pub id: u32,
    /// The route says itself how long its responses are kept; else what they say of themselves counts.
    pub has_policy: bool,
    /// The parameters that tell responses apart, in this order. `None`: the query as it is.
    pub query: Option<Box<[Name]>>,
    /// Names of request fields that tell responses apart, in lower case.
    pub headers: Box<[Name]>,
    /// Names of cookies that tell responses apart. `None`: not said.
    pub cookies: Option<Box<[Name]>>,
    /// A request with a cookie passes by.
    pub cookie_bypasses: bool,
    /// The name of a proxy, in whose place this is. What names it in `Via` has passed here before: it would wait for itself.
    pub via: Option<Name>,
    /// Answers carry `Server-Timing`.
    pub server_timing: bool,
}

impl Rule {
    pub(crate) fn of(json: &RuleJson) -> Self {
        Self {
            id: json.id,
            has_policy: json.policy,
            query: json.query.as_deref().map(names_of),
            headers: names_of(&json.headers),
            cookies: json.cookies.as_deref().map(names_of),
            cookie_bypasses: json.cookie_bypasses,
            via: json.via.as_deref().map(name_of),
            server_timing: json.server_timing,
        }
    }
}

fn names_of(names: &[String]) -> Box<[Name]> {
    names.iter().map(|name| name_of(name)).collect()
}

/// JavaScript reads the bytes of a head as Latin-1. A name with other characters is in no head: its UTF-8 is as good as any.
fn name_of(name: &str) -> Name {
    let latin1: Result<Name, _> = name.chars().map(u8::try_from).collect();
    latin1.unwrap_or_else(|_| name.as_bytes().into())
}
