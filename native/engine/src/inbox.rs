//! What reaches an IO thread from outside.

use std::{
    sync::PoisonError,
    task::{Context, Poll, Waker},
    time::Duration,
};

use super::sync::Mutex;
use crate::flight::{Landed, Waiter};

/// Things to do for the thread, since it looked last.
#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each tells that something has happened, and all may have"
)]
pub(crate) struct Mail {
    /// Answers of JavaScript: whole records.
    pub records: Vec<u8>,
    /// Requests that waited for the answer of another: its flight is over.
    pub landed: Vec<(Waiter, Landed)>,
    /// The queue to JavaScript has room again.
    pub has_room: bool,
    /// Take no more connections, and end what runs within this time.
    pub close: Option<Duration>,
    /// No thread takes connections any more.
    pub none_listens: bool,
    /// End now.
    pub stops: bool,
    /// The last connection is gone.
    pub is_deserted: bool,
}

impl Mail {
    fn is_empty(&self) -> bool {
        let Self {
            records,
            landed,
            has_room,
            close,
            none_listens,
            stops,
            is_deserted,
        } = self;
        records.is_empty()
            && landed.is_empty()
            && !has_room
            && close.is_none()
            && !none_listens
            && !stops
            && !is_deserted
    }
}

/// One push and one wake-up for a batch.
#[derive(Default)]
pub(crate) struct Inbox {
    state: Mutex<(Mail, Option<Waker>)>,
}

/// Memory of a batch that is kept for the next.
const KEPT_BYTES: usize = 1 << 20;

impl Inbox {
    pub fn post(&self, write: impl FnOnce(&mut Mail)) {
        let waker = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            write(&mut state.0);
            state.1.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Puts what came into `mail`, whose memory is used for what comes next.
    pub fn poll_take(&self, mail: &mut Mail, cx: &Context<'_>) -> Poll<()> {
        mail.records.clear();
        mail.records.shrink_to(KEPT_BYTES);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.0.is_empty() {
            state.1 = Some(cx.waker().clone());
            return Poll::Pending;
        }
        let records = std::mem::take(&mut mail.records);
        *mail = std::mem::replace(
            &mut state.0,
            Mail {
                records,
                ..Mail::default()
            },
        );
        Poll::Ready(())
    }
}
