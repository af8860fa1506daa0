//! What JavaScript says of a response to keep: nothing that is said makes an answer out of bytes that are not there.
#![no_main]

use libfuzzer_sys::fuzz_target;
use strata_engine::store::Store;

fuzz_target!(|bytes: &[u8]| {
    let store = Store::new(1 << 20);
    store.coherent_for(f64::INFINITY);
    let half = bytes.first().map_or(0, |byte| usize::from(*byte)).min(bytes.len());
    let (packed, meta) = bytes.split_at(half);
    // no fill has this token: what is said is read before that is known, or refused
    assert_eq!(store.put(1, meta, packed, &["label".to_owned()], 0), 0);
});
