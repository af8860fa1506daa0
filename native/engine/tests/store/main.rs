//! The store: what it answers, what it keeps, what it lets go of.
#![expect(
    clippy::panic,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod answers;
mod bounds;
mod flights;
mod freshness;
mod keys;
mod marks;
mod model;
mod puts;
mod racing;
mod site;
mod variants;
