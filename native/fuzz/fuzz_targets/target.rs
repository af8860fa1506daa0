//! Targets: ranges of params lie in the path, which is canonical: the same path is found under its own spelling.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use strata_engine::method::Method;
use strata_engine::program::{Found, Program};
use strata_engine::router::Ranges;

/// `/`, `/a`, `/a/:x`, `/a/:x/b`, `/a/*`, `/:x/c`, `/*`.
const PROGRAM: &str = r#"{
  "version": 1,
  "table": {
    "version": 1,
    "nodes": [
      [["", 1, "a", 2], 3, -1, 6],
      [[], -1, 0, -1],
      [[], 4, 1, 4],
      [["c", 5], -1, -1, -1],
      [["b", 6], -1, 2, -1],
      [[], -1, 5, -1],
      [[], -1, 3, -1]
    ],
    "leaves": [["GET", 0], ["GET", 1], ["GET", 2], ["*", 3], ["GET", 4], ["GET", 5], ["*", 6]],
    "names": [[], [], ["x"], ["x"], ["rest"], ["x"], ["all"]]
  },
  "methods": ["GET", "HEAD", "OPTIONS", "POST"],
  "allow": "GET, HEAD, OPTIONS, POST",
  "hosts": null,
  "redirectTrailingSlash": false,
  "rules": []
}"#;

static ROUTES: LazyLock<Program> = LazyLock::new(|| Program::parse(PROGRAM).expect("a program"));

fuzz_target!(|bytes: &[u8]| {
    let mut ranges = Ranges::default();
    let Found::Route { route, path, .. } = ROUTES.find(Method::Get, bytes, &mut ranges) else {
        return;
    };
    assert!(path.starts_with(b"/"));
    for &(begin, end) in ranges.as_slice() {
        assert!(begin < end && end as usize <= path.len());
    }
    let mut again = Ranges::default();
    match ROUTES.find(Method::Get, &path, &mut again) {
        Found::Route {
            route: found,
            path: canonical,
            ..
        } => {
            assert_eq!((found, &*canonical), (route, &*path));
        }
        other => panic!("{other:?} of a canonical path"),
    }
});
