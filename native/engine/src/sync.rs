//! What the parts that are shared by threads are made of: a test puts others in their place and tries every interleaving.

pub(crate) use std::sync::Mutex;
