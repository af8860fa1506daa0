//! Exports that panic, for a test. Only with the feature `panics`.
#![expect(clippy::panic, clippy::unused_self, reason = "they do nothing else")]

use napi::{Result, bindgen_prelude::BufferSlice};
use napi_derive::napi;

use crate::code::Code;

/// Panics on its way, with whatever the exports of this crate hold meanwhile.
#[napi]
pub struct NativePanics {}

#[napi]
impl NativePanics {
    /// Panics while it makes an object.
    #[napi(constructor, catch_unwind)]
    pub fn new(panics: bool) -> Self {
        assert!(!panics, "in a constructor");
        Self {}
    }

    /// Panics in a method that has borrowed a buffer.
    #[napi(catch_unwind)]
    pub fn method(&self, buffer: BufferSlice<'_>) -> Result<u32, Code> {
        panic!("in a method, with {} bytes", buffer.len())
    }
}
