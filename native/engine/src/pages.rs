//! The pages of a store, by their keys.

use std::hash::RandomState;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use quick_cache::sync::Cache;
use quick_cache::{Lifecycle, OptionsBuilder, Weighter};

use crate::key::{Key, KeyRef};
use crate::page::Page;

/// Bounded by bytes, and what is used most stays.
///
/// Keys come from whoever sends requests, so they are hashed with a random, secret key (`SipHash`): nobody can make many of
/// them meet in one place. Keys are compared in full.
pub(crate) struct Pages {
    cache: Cache<Key, Page, ByBytes, RandomState, Evicting>,
    evictions: Arc<AtomicU64>,
    max_bytes: u64,
    /// Bytes of one page.
    most: usize,
}

/// Bytes of a part of the map, each with a lock and room of its own; the least is one part.
const PART: u64 = 32 * 1024 * 1024;

const MOST_PARTS: u64 = 16;

/// Bytes of a usual page. From the estimate only follows how much is remembered of what was pushed out.
const USUAL: u64 = 8 * 1024;

/// What a page costs beside its records and key.
const OVERHEAD: usize = 128;

impl Pages {
    pub(crate) fn holding(max_bytes: u64) -> Self {
        // a power of two, and a multiple of it: so the parts are no larger than the whole
        let parts = 1 << (max_bytes / PART).clamp(1, MOST_PARTS).ilog2();
        let capacity = max_bytes - max_bytes % parts;
        let shards = usize::try_from(parts).unwrap_or(1);
        // the map makes fewer parts of less than 32 items each
        let items = (max_bytes / USUAL).clamp(32 * parts, 1 << 24);
        let items = usize::try_from(items).unwrap_or(usize::MAX);
        let options = OptionsBuilder::new()
            .shards(shards)
            .estimated_items_capacity(items)
            .weight_capacity(capacity)
            .build();
        let evicting = Evicting::default();
        let evictions = Arc::clone(&evicting.count);
        let hasher = RandomState::new();
        let cache = match options {
            Ok(options) => Cache::with_options(options, ByBytes, hasher, evicting),
            Err(_) => Cache::with(items, capacity, ByBytes, hasher, evicting),
        };
        // of a part the map gives 97 % to what it holds for long, and turns away what is larger
        let most = cache.shard_capacity() / 100 * 95;
        Self {
            cache,
            evictions,
            max_bytes,
            most: usize::try_from(most).unwrap_or(usize::MAX),
        }
    }

    pub(crate) fn get(&self, key: &[u8]) -> Option<Page> {
        self.cache.get(&KeyRef(key))
    }

    /// Does not count as a use.
    pub(crate) fn peek(&self, key: &Key) -> Option<Page> {
        self.cache.peek(key)
    }

    /// Bytes that a page of this key may have.
    pub(crate) fn room_for(&self, key: &Key) -> usize {
        self.most.saturating_sub(OVERHEAD + key.bytes().len())
    }

    pub(crate) fn insert(&self, key: Key, page: Page) {
        self.cache.insert(key, page);
    }

    pub(crate) fn clear(&self) {
        self.cache.clear();
    }

    pub(crate) fn len(&self) -> usize {
        self.cache.len()
    }

    pub(crate) fn weight(&self) -> u64 {
        self.cache.weight()
    }

    pub(crate) fn max_bytes(&self) -> u64 {
        self.max_bytes
    }

    pub(crate) fn evictions(&self) -> u64 {
        self.evictions.load(Ordering::Relaxed)
    }
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<Key, Page> for ByBytes {
    fn weight(&self, key: &Key, page: &Page) -> u64 {
        (OVERHEAD + key.bytes().len() + page.weight()) as u64
    }
}

/// Counts what is pushed out, and lets go of it behind the lock.
#[derive(Clone, Default)]
struct Evicting {
    count: Arc<AtomicU64>,
}

impl Lifecycle<Key, Page> for Evicting {
    type RequestState = Vec<(Key, Page)>;

    fn begin_request(&self) -> Self::RequestState {
        Vec::new()
    }

    fn before_evict(&self, _: &mut Self::RequestState, _: &Key, _: &mut Page) {
        self.count.fetch_add(1, Ordering::Relaxed);
    }

    /// Also called for what is replaced.
    fn on_evict(&self, gone: &mut Self::RequestState, key: Key, page: Page) {
        gone.push((key, page));
    }
}
