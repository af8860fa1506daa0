//! The one call that goes from Rust to JavaScript: "there is something in the queue".

use std::sync::{Mutex, PoisonError};

use napi::{
    Status,
    bindgen_prelude::Function,
    threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode},
};

/// Weak: it does not keep the event loop alive. It takes no error, it has nothing to say.
type WakeFunction = ThreadsafeFunction<(), (), (), Status, false, true>;

/// May be called from any thread, until it is dropped; then it does nothing.
pub struct Wake(Mutex<Option<WakeFunction>>);

impl Wake {
    pub fn new(function: &Function<'_, (), ()>) -> napi::Result<Self> {
        let threadsafe = function
            .build_threadsafe_function::<()>()
            .callee_handled::<false>()
            .weak::<true>()
            .build()?;
        Ok(Self(Mutex::new(Some(threadsafe))))
    }

    /// Queues one call. It never waits, and fails only when the environment goes down: then there is nobody to tell.
    pub fn call(&self) {
        if let Some(function) = &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            function.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }

    /// Lets go of the function.
    pub fn release(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}
