//! The object that JavaScript opens a front with.

use std::{net::IpAddr, time::Duration};

use napi::Result;
use napi_derive::napi;
use strata_engine::Config;

use crate::{
    bytes::whole,
    code::{Code, argument},
};

const MAX_COUNT: u64 = u32::MAX as u64;
const MAX_PORT: u64 = u16::MAX as u64;
const MAX_THREADS: u64 = 64;

/// Whole numbers; times are in milliseconds.
#[napi(object, object_to_js = false)]
pub struct NativeConfig {
    /// Of the front, in keys of the store.
    pub front: f64,
    /// An address, no name.
    pub ip: String,
    /// 0 = one that is free.
    pub port: f64,
    /// With other processes that say so as well; on Linux only.
    pub shares_port: bool,
    /// 0 = as many as cores, at most 4.
    pub threads: f64,
    /// Of a request's head.
    pub header_bytes: f64,
    /// Of a request's head.
    pub header_fields: f64,
    /// Open at a time.
    pub connections: f64,
    /// Requests given to JavaScript and not answered.
    pub pending: f64,
    /// Per key.
    pub waiters: f64,
    /// For the whole head.
    pub header_timeout: f64,
    /// Between two requests.
    pub idle_timeout: f64,
    /// For the whole request.
    pub request_timeout: f64,
    /// Between two pieces of a body.
    pub body_timeout: f64,
    /// Between two pieces of an answer that the client takes.
    pub write_timeout: f64,
    /// 0 = none.
    pub handler_timeout: f64,
}

impl TryFrom<NativeConfig> for Config {
    type Error = napi::Error<Code>;

    fn try_from(given: NativeConfig) -> Result<Self, Code> {
        Ok(Self {
            front: count("front", given.front, 0)?,
            ip: given
                .ip
                .parse::<IpAddr>()
                .map_err(|_| argument(format!("ip is {:?}, no address", given.ip)))?,
            port: u16::try_from(whole("port", given.port, 0, MAX_PORT)?).unwrap_or_default(),
            shares_port: given.shares_port,
            threads: size("threads", given.threads, 0, MAX_THREADS)?,
            header_bytes: size("headerBytes", given.header_bytes, 1, MAX_COUNT)?,
            header_fields: size("headerFields", given.header_fields, 1, MAX_COUNT)?,
            connections: size("connections", given.connections, 1, MAX_COUNT)?,
            pending: size("pending", given.pending, 1, MAX_COUNT)?,
            waiters: size("waiters", given.waiters, 0, MAX_COUNT)?,
            header_timeout: duration("headerTimeout", given.header_timeout)?,
            idle_timeout: duration("idleTimeout", given.idle_timeout)?,
            request_timeout: duration("requestTimeout", given.request_timeout)?,
            body_timeout: duration("bodyTimeout", given.body_timeout)?,
            write_timeout: duration("writeTimeout", given.write_timeout)?,
            handler_timeout: duration("handlerTimeout", given.handler_timeout)?,
        })
    }
}

fn count(name: &str, value: f64, min: u32) -> Result<u32, Code> {
    let number = whole(name, value, min, MAX_COUNT)?;
    u32::try_from(number).map_err(|_| argument(name))
}

fn size(name: &str, value: f64, min: u32, max: u64) -> Result<usize, Code> {
    let number = whole(name, value, min, max)?;
    usize::try_from(number).map_err(|_| argument(name))
}

fn duration(name: &str, value: f64) -> Result<Duration, Code> {
    Ok(Duration::from_millis(whole(name, value, 0, MAX_COUNT)?))
}
