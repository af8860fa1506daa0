//! What the parts that are shared by threads are made of: a test puts others in their place and tries every interleaving.

pub(crate) use std::sync::atomic::AtomicU64;
pub(crate) use std::sync::{Arc, Mutex, MutexGuard};
