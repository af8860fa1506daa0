//! The grammar of the native front, for tests in other languages: reads questions from standard input, one JSON object per line,
//! and answers each with a line of JSON. Characters up to U+00FF stand for bytes.
//!
//! `{"program": json, "requests": [[method, target], ..]}`, `{"codings": [[accepted, [coding, ..]], ..]}`,
//! `{"tags": [[value, etag], ..]}`, `{"authorities": [[text, scheme], ..]}`, `{"targets": [[target, authority], ..]}`,
//! `{"paths": [path, ..]}`.

use std::borrow::Cow;
use std::io::{BufRead, Write, stdin, stdout};

use serde::Deserialize;
use serde_json::{Value, json};
use strata_engine::authority::{Scheme, authority_of};
use strata_engine::canonical::canonical_path;
use strata_engine::codings::{Choice, Coding, coding_for};
use strata_engine::entity_tag::{TagMatch, none_match};
use strata_engine::method::Method;
use strata_engine::program::{Found, Program};
use strata_engine::router::Ranges;
use strata_engine::target::origin_form;

type Fault = Box<dyn std::error::Error>;

#[derive(Deserialize)]
#[serde(untagged)]
enum Question {
    Match {
        /// The text that JavaScript gives the front.
        program: String,
        requests: Vec<(String, String)>,
    },
    Codings {
        codings: Vec<(Option<String>, Vec<String>)>,
    },
    Tags {
        tags: Vec<(String, Option<String>)>,
    },
    Authorities {
        authorities: Vec<(String, String)>,
    },
    Targets {
        targets: Vec<(String, String)>,
    },
    Paths {
        paths: Vec<String>,
    },
}

fn main() -> Result<(), Fault> {
    for line in stdin().lock().lines() {
        let answer = answer(&line?)?;
        let mut out = stdout().lock();
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn answer(line: &str) -> Result<Value, Fault> {
    Ok(match serde_json::from_str(line)? {
        Question::Match { program, requests } => {
            let program = Program::parse(&program)?;
            let mut ranges = Ranges::new();
            let found = requests.iter().map(|(method, target)| {
                found(&program, &bytes_of(method), &bytes_of(target), &mut ranges)
            });
            found.collect()
        }
        Question::Codings { codings } => codings.iter().map(chosen).collect(),
        Question::Tags { tags } => tags.iter().map(matched).collect(),
        Question::Authorities { authorities } => authorities
            .iter()
            .map(|(text, scheme)| text_of(authority_of(&bytes_of(text), scheme_of(scheme))))
            .collect(),
        Question::Targets { targets } => targets
            .iter()
            .map(|(target, authority)| {
                text_of(origin_form(&bytes_of(target), &bytes_of(authority)))
            })
            .collect(),
        Question::Paths { paths } => paths
            .iter()
            .map(|path| text_of(canonical_path(&bytes_of(path))))
            .collect(),
    })
}

/// The number of what is refused, `null` for what has no route.
fn found(program: &Program, method: &[u8], target: &[u8], ranges: &mut Ranges) -> Value {
    match program.find(Method::of(method), target, ranges) {
        Found::Refused(status) => json!(status),
        Found::Nothing => Value::Null,
        Found::Route { route, path, query } => json!({
            "route": route,
            "path": latin1(&path),
            "query": query.map(latin1),
            "ranges": ranges.as_slice(),
        }),
    }
}

fn chosen((accepted, stored): &(Option<String>, Vec<String>)) -> Value {
    let accepted = accepted.as_deref().map(bytes_of);
    let stored: Vec<Coding> = stored
        .iter()
        .map(|name| match name.as_str() {
            "br" => Coding::Brotli,
            "gzip" => Coding::Gzip,
            _ => Coding::Identity,
        })
        .collect();
    json!(match coding_for(accepted.as_deref(), &stored) {
        Choice::Send(Coding::Identity) => "identity",
        Choice::Send(Coding::Brotli) => "br",
        Choice::Send(Coding::Gzip) => "gzip",
        Choice::Judge => "judge",
    })
}

fn matched((value, etag): &(String, Option<String>)) -> Value {
    let etag = etag.as_deref().map(bytes_of);
    json!(match none_match(&bytes_of(value), etag.as_deref()) {
        TagMatch::Found => "found",
        TagMatch::Missing => "missing",
        TagMatch::Judge => "judge",
    })
}

fn scheme_of(text: &str) -> Scheme {
    match text {
        "https" => Scheme::Https,
        _ => Scheme::Http,
    }
}

fn bytes_of(text: &str) -> Vec<u8> {
    text.chars()
        .map(|char| u8::try_from(char).unwrap_or(b'?'))
        .collect()
}

fn text_of(bytes: Option<Cow<'_, [u8]>>) -> Value {
    bytes.map_or(Value::Null, |bytes| latin1(&bytes).into())
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}
