//! A front with its threads, and the ways in which it ends: asked to, forgotten by JavaScript, or with its environment.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use napi::{CleanupEnvHook, Env};
use strata_engine::Front;

use crate::wake::Wake;

/// What the environment's cleanup hook is given.
pub type Hook = CleanupEnvHook<Weak<Running>>;

/// Ends its threads when it is dropped, so that a front which JavaScript forgot leaves none behind.
pub struct Running {
    pub front: Arc<Front>,
    wake: Arc<Wake>,
}

impl Running {
    pub fn new(front: Arc<Front>, wake: Arc<Wake>) -> Self {
        Self { front, wake }
    }

    /// Stops, waits for the threads, and only then lets go of what they call.
    pub fn end(&self) {
        self.front.close(Duration::ZERO);
        self.front.join();
        self.wake.release();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

/// Runs before the environment (of a worker, of an embedder) goes down: a thread must not call into what is gone. Weak, so
/// that it keeps nothing alive. It is added after the wake-up function was made, and hooks run last to first.
pub fn end_with(env: Env, running: &Arc<Running>) -> napi::Result<Hook> {
    env.add_env_cleanup_hook(Arc::downgrade(running), |running| {
        if let Some(running) = running.upgrade() {
            running.end();
        }
    })
}
