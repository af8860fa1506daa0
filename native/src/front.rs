//! `NativeFront`: a listener with its threads.

use std::{sync::Arc, time::Duration};

use napi::{
    Env, Error, Result,
    bindgen_prelude::{BufferSlice, Function},
};
use napi_derive::napi;
use strata_engine::{Front, OpenError, WireError, program::Program};

use crate::{
    bytes::{assert_apart, front_of, number_of, whole},
    code::Code,
    config::NativeConfig,
    running::{Hook, Running, end_with},
    store::NativeStore,
    wake::Wake,
};

/// Where a front listens.
#[napi(object, object_from_js = false)]
pub struct NativeAddress {
    /// Without brackets.
    pub address: String,
    /// As in node:net.
    #[napi(ts_type = "'IPv4' | 'IPv6'")]
    pub family: &'static str,
    /// The one that was taken when 0 was asked for.
    pub port: u16,
}

/// What a front counts.
#[napi(object, object_from_js = false)]
pub struct NativeFrontStats {
    /// Answered from the store or given to JavaScript.
    pub requests: f64,
    /// Answered from the store.
    pub hits: f64,
    /// Malformed, too long, too slow: answered with an error before routing.
    pub refused: f64,
    /// Clients that went away before they were answered.
    pub aborted: f64,
    /// Answered with 503: too many wait for JavaScript.
    pub overloaded: f64,
    /// Open now.
    pub connections: f64,
    /// Given to JavaScript and not answered now.
    pub pending: f64,
    /// Connections taken.
    pub accepted: f64,
    /// Connections closed at once: there were too many.
    pub dropped: f64,
    /// Connections lost by an error of ours.
    pub panics: f64,
    /// Answers of JavaScript that could not be sent as they were.
    pub unsendable: f64,
    /// Bytes that wait for JavaScript now.
    pub queued_bytes: f64,
}

/// Listeners of one address with their connections.
#[napi]
pub struct NativeFront {
    /// `None` after join.
    running: Option<(Arc<Running>, Hook)>,
}

#[napi]
impl NativeFront {
    /// Binds, starts the threads that accept and answer, returns at once.
    #[napi(factory, catch_unwind)]
    pub fn open(
        env: Env,
        config: NativeConfig,
        program_json: String,
        store: &NativeStore,
        #[napi(ts_arg_type = "() => void")] wake: Function<'_, (), ()>,
    ) -> Result<Self, Code> {
        let config = config.try_into()?;
        let program = program_of(&program_json)?;
        let wake = Arc::new(Wake::new(&wake).map_err(of_node)?);
        let wakes = Arc::clone(&wake);
        let front = Front::open(
            config,
            program,
            store.shared(),
            Arc::new(move || wakes.call()),
        )
        .map_err(of_opening)?;
        let running = Arc::new(Running::new(front, wake));
        let hook = end_with(env, &running).map_err(of_node)?;
        Ok(Self {
            running: Some((running, hook)),
        })
    }

    /// Where it listens.
    #[napi(catch_unwind)]
    pub fn address(&self) -> Result<NativeAddress, Code> {
        let address = self.front()?.address();
        Ok(NativeAddress {
            address: address.ip().to_string(),
            family: if address.is_ipv4() { "IPv4" } else { "IPv6" },
            port: address.port(),
        })
    }

    /// Takes the records in `out`, fills `into`, returns the bytes filled.
    #[napi(catch_unwind)]
    pub fn exchange(
        &self,
        out: BufferSlice<'_>,
        out_length: u32,
        mut into: BufferSlice<'_>,
    ) -> Result<u32, Code> {
        assert_apart(&out, &into)?;
        let filled = self
            .front()?
            .exchange(front_of(&out, out_length)?, &mut into)
            .map_err(of_wire)?;
        u32::try_from(filled).map_err(|_| Error::new(Code::Wire, "more than 4 GB"))
    }

    /// Replaces the routes.
    #[napi(catch_unwind)]
    pub fn set_program(&self, program_json: String) -> Result<(), Code> {
        let front = self.front()?;
        front.set_program(program_of(&program_json)?);
        Ok(())
    }

    /// Stops accepting now, ends what runs within `timeout` ms, then sends the record CLOSED.
    #[napi(catch_unwind)]
    pub fn close(&self, timeout: f64) -> Result<(), Code> {
        let timeout = whole("timeout", timeout, 0, u64::from(u32::MAX))?;
        self.front()?.close(Duration::from_millis(timeout));
        Ok(())
    }

    /// Waits for the threads: call it after CLOSED, or to cut everything short.
    #[napi(catch_unwind)]
    pub fn join(&mut self, env: Env) -> Result<(), Code> {
        if let Some((running, hook)) = self.running.take() {
            running.end();
            env.remove_env_cleanup_hook(hook).map_err(of_node)?;
        }
        Ok(())
    }

    /// What it counted.
    #[napi(catch_unwind)]
    pub fn stats(&self) -> Result<NativeFrontStats, Code> {
        let stats = self.front()?.stats();
        Ok(NativeFrontStats {
            requests: number_of(stats.requests),
            hits: number_of(stats.hits),
            refused: number_of(stats.refused),
            aborted: number_of(stats.aborted),
            overloaded: number_of(stats.overloaded),
            connections: number_of(stats.connections),
            pending: number_of(stats.pending),
            accepted: number_of(stats.accepted),
            dropped: number_of(stats.dropped),
            panics: number_of(stats.panics),
            unsendable: number_of(stats.unsendable),
            queued_bytes: number_of(stats.queued_bytes),
        })
    }

    fn front(&self) -> Result<&Front, Code> {
        let running = self.running.as_ref();
        running
            .map(|(running, _)| &*running.front)
            .ok_or_else(|| Error::new(Code::Closed, "the front was joined"))
    }
}

fn program_of(json: &str) -> Result<Program, Code> {
    Program::parse(json).map_err(|error| Error::new(Code::Program, error.to_string()))
}

/// A failure of Node-API itself: the environment goes down.
fn of_node(error: Error) -> Error<Code> {
    Error::new(
        Code::System(error.status.as_ref().to_owned()),
        error.reason.clone(),
    )
}

fn of_opening(error: OpenError) -> Error<Code> {
    Error::new(Code::System(error.code.to_owned()), error.message)
}

fn of_wire(error: WireError) -> Error<Code> {
    Error::new(Code::Wire, error.to_string())
}
