//! The queue under every interleaving of a few threads with up to three forced switches: loom takes the place of what it is
//! made of.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "parts of the sources under test are used, and a test may panic"
)]

mod sync {
    pub use loom::sync::Mutex;
}

#[path = "../src/queue.rs"]
mod queue;

use std::sync::atomic::Ordering::SeqCst;

use loom::{
    sync::{Arc, Condvar, Mutex, atomic::AtomicUsize},
    thread,
};

use queue::{Pushed, Queue};

/// More than three switches where no thread waits find nothing more in practice, and take for ever.
fn model(run: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(run);
}

/// A record of 8 bytes.
fn record(number: u8) -> [u8; 8] {
    [8, 0, 0, 0, number, 0, 0, 0]
}

/// JavaScript's event loop: sleeps until it is woken; two wake-ups before it runs are one too many.
#[derive(Default)]
struct EventLoop {
    woken: Mutex<usize>,
    changed: Condvar,
    most: AtomicUsize,
}

impl EventLoop {
    fn wake(&self) {
        let mut woken = self.woken.lock().unwrap();
        *woken += 1;
        self.most.fetch_max(*woken, SeqCst);
        self.changed.notify_one();
    }

    fn sleep(&self) {
        let mut woken = self.woken.lock().unwrap();
        while *woken == 0 {
            woken = self.changed.wait(woken).unwrap();
        }
        *woken = 0;
    }
}

/// Takes until there is nothing, as `exchange` is called. Returns the numbers of the records.
fn drain(queue: &Queue, into: &mut [u8]) -> Vec<u8> {
    let mut numbers = Vec::new();
    loop {
        let taken = queue.take(into);
        assert!(!taken.is_short);
        if taken.bytes == 0 {
            return numbers;
        }
        numbers.extend(into[..taken.bytes].chunks(8).map(|record| record[4]));
    }
}

#[test]
fn no_wake_up_is_lost_and_none_is_given_twice() {
    model(|| {
        let queue = Arc::new(Queue::new(1 << 20, 1 << 20));
        let events = Arc::new(EventLoop::default());
        let threads: Vec<_> = (0..2)
            .map(|thread| {
                let (queue, events) = (Arc::clone(&queue), Arc::clone(&events));
                thread::spawn(move || {
                    for number in 0..2 - thread {
                        // one way and the other
                        let pushed = if number == 0 {
                            queue.push(&record(thread * 2 + number))
                        } else {
                            queue.offer(&record(thread * 2 + number), 0)
                        };
                        if pushed == Pushed::Wakes {
                            events.wake();
                        }
                    }
                })
            })
            .collect();
        let mut numbers = Vec::new();
        // a wake-up that is lost would be a deadlock, which loom reports
        while numbers.len() < 3 {
            events.sleep();
            numbers.extend(drain(&queue, &mut [0; 16]));
        }
        for thread in threads {
            thread.join().unwrap();
        }
        let place = |number| numbers.iter().position(|&other| other == number);
        assert!(
            place(0) < place(1),
            "those of one thread are in order: {numbers:?}"
        );
        assert_eq!(
            events.most.load(SeqCst),
            1,
            "it is woken once for each sleep"
        );
    });
}

#[test]
fn who_waits_for_room_is_told_when_there_is() {
    model(|| {
        let queue = Arc::new(Queue::new(16, 1 << 20));
        let events = Arc::new(EventLoop::default());
        // room is told by a wake-up of the thread's own
        let rooms = Arc::new(EventLoop::default());
        let pusher = {
            let (queue, events, rooms) =
                (Arc::clone(&queue), Arc::clone(&events), Arc::clone(&rooms));
            thread::spawn(move || {
                for number in 0..3 {
                    loop {
                        match queue.offer(&record(number), 5) {
                            Pushed::Full => rooms.sleep(),
                            Pushed::Wakes => break events.wake(),
                            Pushed::Queued => break,
                        }
                    }
                }
            })
        };
        let mut numbers = Vec::new();
        while numbers.len() < 3 {
            events.sleep();
            let mut into = [0; 8];
            loop {
                let taken = queue.take(&mut into);
                if taken.waiting != 0 {
                    assert_eq!(taken.waiting, 1 << 5);
                    rooms.wake();
                }
                if taken.bytes == 0 {
                    break;
                }
                numbers.push(into[4]);
            }
        }
        pusher.join().unwrap();
        assert_eq!(numbers, [0, 1, 2]);
    });
}
