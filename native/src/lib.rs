//! The edge between Node and the engine: two classes, their arguments checked and turned into the engine's types.
//! `src/native/contract.ts` says what each call does. No JavaScript value outlives the call that brought it, the weak
//! wake-up function excepted, and a panic becomes an error of the call.

#![expect(
    clippy::needless_pass_by_value,
    reason = "arguments of exports are made from JavaScript's values, and owned"
)]

mod bytes;
mod code;
mod config;
mod front;
#[cfg(feature = "panics")]
mod panics;
mod running;
mod store;
mod wake;
