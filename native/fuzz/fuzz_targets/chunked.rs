//! Bodies in chunks: the first byte says how they are split, and splits change nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use strata_engine::chunked::{Chunked, Piece};
use strata_engine::head::Limits;

const LIMITS: Limits = Limits {
    header_bytes: 128,
    header_fields: 4,
    target_bytes: 256,
};

/// Body, how many bytes were read, and how it ended: complete, open, broken.
fn read<'b>(pieces: impl Iterator<Item = &'b [u8]>) -> (Vec<u8>, usize, &'static str) {
    let mut chunked = Chunked::new(&LIMITS);
    let (mut body, mut taken) = (Vec::new(), 0);
    for piece in pieces {
        let mut rest = piece;
        loop {
            let before = rest.len();
            let found = chunked.take(&mut rest);
            taken += before - rest.len();
            match found {
                Ok(Piece::Data(data)) => {
                    assert!(!data.is_empty());
                    body.extend_from_slice(data);
                }
                Ok(Piece::More) => break,
                Ok(Piece::End) => {
                    assert!(chunked.is_complete());
                    return (body, taken, "complete");
                }
                Err(_) => return (body, taken, "broken"),
            }
        }
        assert!(rest.is_empty());
    }
    (body, taken, "open")
}

fuzz_target!(|bytes: &[u8]| {
    let Some((&size, bytes)) = bytes.split_first() else {
        return;
    };
    let whole = read(std::iter::once(bytes));
    let split = read(bytes.chunks(usize::from(size).max(1)));
    assert_eq!(whole, split);
    assert!(whole.0.len() <= bytes.len());
});
