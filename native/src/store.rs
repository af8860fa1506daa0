//! `NativeStore`: stored responses.

use std::sync::Arc;

use napi::{Env, Error, Result, bindgen_prelude::BufferSlice};
use napi_derive::napi;
use strata_engine::store::Store;

use crate::{
    bytes::{milliseconds, number_of, whole},
    code::Code,
};

const MAX_SAFE: u64 = (1 << 53) - 1;

/// What a store counts.
#[napi(object, object_from_js = false)]
pub struct NativeStoreStats {
    /// Keys with something stored.
    pub entries: f64,
    /// With all that is counted for them.
    pub bytes: f64,
    /// The limit.
    pub max_bytes: f64,
    /// Pushed out for want of room.
    pub evictions: f64,
    /// Fills under way.
    pub flights: f64,
    /// Requests that wait for one.
    pub waiters: f64,
    /// Labels known.
    pub labels: f64,
    /// Handles known; some may be dead.
    pub handles: f64,
}

/// Responses kept in Rust.
#[napi]
pub struct NativeStore {
    store: Arc<Store>,
}

#[napi]
impl NativeStore {
    /// At most so many bytes.
    #[napi(constructor, catch_unwind)]
    pub fn new(max_bytes: f64) -> Result<Self, Code> {
        Ok(Self {
            store: Store::new(whole("maxBytes", max_bytes, 1, MAX_SAFE)?),
        })
    }

    /// Keeps a response under the key of a flight. Returns its handle, 0 if it was refused.
    #[napi(catch_unwind)]
    pub fn put(
        &self,
        token: u32,
        meta: BufferSlice<'_>,
        packed: BufferSlice<'_>,
        labels: Vec<String>,
        flags: u32,
    ) -> f64 {
        number_of(self.store.put(token, &meta, &packed, &labels, flags))
    }

    /// Keeps a record under the key of another flight as well.
    #[napi(catch_unwind)]
    pub fn alias(&self, token: u32, handle: f64) -> Result<bool, Code> {
        Ok(self.store.alias(token, handle_of(handle)?))
    }

    /// New lifetimes in ms from now.
    #[napi(catch_unwind)]
    pub fn renew(&self, handle: f64, fresh_for: f64, stale_for: f64) -> Result<bool, Code> {
        let fresh_for = milliseconds("freshFor", fresh_for)?;
        let stale_for = milliseconds("staleFor", stale_for)?;
        Ok(self.store.renew(handle_of(handle)?, fresh_for, stale_for))
    }

    /// A copy of the record's packed bytes, also of a record that is not answered any more.
    #[napi(catch_unwind)]
    pub fn read<'env>(
        &self,
        env: &'env Env,
        handle: f64,
    ) -> Result<Option<BufferSlice<'env>>, Code> {
        let bytes = self.store.read(handle_of(handle)?);
        let copied = bytes
            .map(|bytes| BufferSlice::copy_from(env, bytes))
            .transpose();
        copied.map_err(|error| {
            Error::new(
                Code::System(error.status.as_ref().to_owned()),
                error.reason.clone(),
            )
        })
    }

    /// Whether the record was not evicted.
    #[napi(catch_unwind)]
    pub fn has(&self, handle: f64) -> Result<bool, Code> {
        Ok(self.store.has(handle_of(handle)?))
    }

    /// What was born before now and has one of these labels is never answered again.
    #[napi(catch_unwind)]
    pub fn purge_labels(&self, labels: Vec<String>) {
        self.store.purge_labels(&labels);
    }

    /// Forgets everything.
    #[napi(catch_unwind)]
    pub fn clear(&self) {
        self.store.clear();
    }

    /// Nothing that is in the store now is answered before it is renewed.
    #[napi(catch_unwind)]
    pub fn distrust(&self) {
        self.store.distrust();
    }

    /// The store's clock, in ms.
    #[napi(catch_unwind)]
    pub fn now(&self) -> f64 {
        self.store.now().millis()
    }

    /// Measured records are answered until then, in ms of the store's clock.
    #[napi(catch_unwind)]
    pub fn coherent_until(&self, at: f64) -> Result<(), Code> {
        self.store.coherent_until(milliseconds("at", at)?);
        Ok(())
    }

    /// Hits since the last call, four numbers a record: handle, hits, 304s, stale ones.
    #[napi(catch_unwind)]
    pub fn drain_hits(&self) -> Vec<f64> {
        let drained = self.store.drain_hits().into_iter();
        let rows = drained.map(|row| {
            [
                number_of(row.handle),
                f64::from(row.hits),
                f64::from(row.not_modified),
                f64::from(row.stale),
            ]
        });
        rows.flatten().collect()
    }

    /// What it counted.
    #[napi(catch_unwind)]
    pub fn stats(&self) -> NativeStoreStats {
        let stats = self.store.stats();
        NativeStoreStats {
            entries: number_of(stats.entries),
            bytes: number_of(stats.bytes),
            max_bytes: number_of(stats.max_bytes),
            evictions: number_of(stats.evictions),
            flights: number_of(stats.flights),
            waiters: number_of(stats.waiters),
            labels: number_of(stats.labels),
            handles: number_of(stats.handles),
        }
    }

    /// For a front.
    pub(crate) fn shared(&self) -> Arc<Store> {
        Arc::clone(&self.store)
    }
}

fn handle_of(handle: f64) -> Result<u64, Code> {
    whole("handle", handle, 0, MAX_SAFE)
}
