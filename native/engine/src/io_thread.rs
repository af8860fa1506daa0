//! One IO thread: it takes connections, runs them, and looks into its inbox.

use std::{
    future::poll_fn,
    net::TcpListener as StdListener,
    panic::{AssertUnwindSafe, catch_unwind},
    rc::Rc,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use tokio::{
    net::TcpListener,
    runtime::Builder,
    task::{JoinHandle, LocalSet, spawn_local},
    time::{MissedTickBehavior, interval, sleep},
};

use crate::{
    flight::Landed,
    inbox::Mail,
    shared::{Listens, Shared},
    thread::Thread,
    wire::{Id, first_record},
};

/// When the system has no more sockets: until some are free.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Events between two looks at what other threads sent: a flood of requests does not delay answers.
const EVENT_INTERVAL: u32 = 31;

/// The life of a thread. The last to end tells that the front is closed: no socket of it is open then.
pub(crate) fn run(index: usize, listener: StdListener, shared: &Arc<Shared>) {
    let contained = catch_unwind(AssertUnwindSafe(|| {
        live(index, listener, Listens(Arc::clone(shared)));
    }));
    if contained.is_err() {
        shared.counters(index).panics.one();
    }
    if shared.running.fetch_sub(1, Ordering::AcqRel) == 1 {
        shared.store.detach(shared.config.front);
        shared.tell_closed();
    }
}

fn live(index: usize, listener: StdListener, listens: Listens) {
    let runtime = Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .event_interval(EVENT_INTERVAL)
        .build();
    let Ok(runtime) = runtime else {
        return;
    };
    let shared = Arc::clone(&listens.0);
    let counters = shared.counters(index);
    let thread = Rc::new(Thread::new(index, shared, counters));
    LocalSet::new().block_on(&runtime, work(thread, listener, listens));
}

async fn work(thread: Rc<Thread>, listener: StdListener, listens: Listens) {
    let Ok(listener) = TcpListener::from_std(listener) else {
        return;
    };
    let accepting = spawn_local(accept(Rc::clone(&thread), listener));
    let sweeping = spawn_local(sweep(Rc::clone(&thread)));
    attend(&thread, accepting, listens).await;
    sweeping.abort();
}

/// Until there is nothing to do any more, or no time for it.
async fn attend(thread: &Rc<Thread>, accepting: JoinHandle<()>, listens: Listens) {
    let Some(inbox) = thread.shared.inbox(thread.index) else {
        return;
    };
    let mut accepting = Some((accepting, listens));
    let mut mail = Mail::default();
    loop {
        poll_fn(|cx| inbox.poll_take(&mut mail, cx)).await;
        deliver(thread, &mail.records);
        for (waiter, landed) in mail.landed.drain(..) {
            land(thread, waiter.into(), landed);
        }
        if mail.has_room {
            thread.unblock();
        }
        if let Some(timeout) = mail.close {
            if let Some((accepting, listens)) = accepting.take() {
                accepting.abort();
                let _ = accepting.await; // the listener is closed behind it
                drop(listens);
            }
            spawn_local(stop_after(timeout, Rc::clone(thread)));
        }
        // not before: whoever sees a connection end and comes again would be taken by another thread
        if mail.none_listens {
            thread.close();
        }
        if mail.stops || thread.is_closing.get() && thread.is_deserted() {
            return;
        }
    }
}

async fn accept(thread: Rc<Thread>, listener: TcpListener) {
    loop {
        match listener.accept().await {
            Ok((stream, client)) => {
                if !cfg!(target_os = "linux") {
                    let _ = stream.set_nodelay(true); // without it it is slower, and no more
                }
                thread.welcome(stream, client);
            }
            Err(error) if is_of_one(&error) => {}
            Err(_) => sleep(ACCEPT_PAUSE).await,
        }
    }
}

/// An error of the connection that was to be taken, not of the listener.
fn is_of_one(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted
    )
}

async fn sweep(thread: Rc<Thread>) {
    let mut ticks = interval(Duration::from_millis(thread.shared.times.sweep));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        thread.sweep();
    }
}

async fn stop_after(timeout: Duration, thread: Rc<Thread>) {
    sleep(timeout).await;
    thread.shared.post(thread.index, |mail| mail.stops = true);
}

/// Records of one batch. They were looked at when they came; each connection goes on when all of its own are with it.
fn deliver(thread: &Thread, mut records: &[u8]) {
    let mut touched: Vec<u32> = Vec::new();
    while let Ok((record, rest)) = first_record(records) {
        records = rest;
        let Ok(reply) = record.reply() else {
            continue;
        };
        let connection = thread.places.borrow().at(record.id.slot).cloned();
        if let Some(connection) = connection {
            connection.deliver(thread, record.id.generation, &reply);
            if touched.last() != Some(&record.id.slot) {
                touched.push(record.id.slot);
            }
        }
    }
    for slot in touched {
        let connection = thread.places.borrow().at(slot).cloned();
        if let Some(connection) = connection {
            connection.drive(thread);
        }
    }
}

/// A request that waited for the answer of another goes on.
fn land(thread: &Thread, waiter: Id, landed: Landed) {
    let connection = thread.places.borrow().at(waiter.slot).cloned();
    if let Some(connection) = connection {
        connection.with(thread, |inner, _| inner.land(waiter.generation, landed));
        connection.drive(thread);
    }
}
