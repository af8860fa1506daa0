//! Heads: what is read does not depend on how the bytes are split, nor on what comes behind them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use strata_engine::head::{Limits, Parsed, parse_head};

const LIMITS: Limits = Limits {
    header_bytes: 512,
    header_fields: 8,
    target_bytes: 256,
};

/// What it says, as text: heads borrow from the bytes they were read from.
fn said(bytes: &[u8]) -> Option<String> {
    match parse_head(bytes, &LIMITS) {
        Parsed::Partial => None,
        Parsed::Refused(status) => Some(status.to_string()),
        Parsed::Head { head, len } => Some(format!("{len} {head:?}")),
    }
}

fuzz_target!(|bytes: &[u8]| {
    let whole = said(bytes);
    for end in 0..bytes.len() {
        let Some(part) = said(&bytes[..end]) else {
            continue;
        };
        assert_eq!(whole, Some(part), "decided after {end} bytes");
        break;
    }
    if bytes.len() >= LIMITS.most_bytes() {
        assert!(whole.is_some(), "so many bytes decide something");
    }
    if whole.is_some() {
        let mut longer = bytes.to_vec();
        longer.extend_from_slice(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_eq!(said(&longer), whole, "what comes behind it counts");
    }
});
