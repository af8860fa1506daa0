//! Threads that answer and fill while others purge: no answer was born before a purge that had ended when the request began.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use strata_engine::flight::Joined;

use crate::site::{Asked, MB, Site, Told, get, response};

/// What the origin says: how often it was changed.
struct Origin(AtomicU64);

fn asked(number: u64) -> Asked {
    get(&format!("/{}", number % 4))
}

/// The body of a response is the version that its origin had when it was asked, behind the birth of its fill.
fn serve(site: &Site, origin: &Origin, purged: &AtomicU64, stop: &AtomicBool) -> u64 {
    let mut hits = 0;
    let mut number = 0;
    while !stop.load(Ordering::Relaxed) {
        number += 1;
        let asked = asked(number);
        let least = purged.load(Ordering::SeqCst);
        if let Told::Answer(answer) = site.ask(&asked) {
            let version = answer.text().parse::<u64>().expect("a number");
            assert!(version >= least, "{version} after a purge of {least}");
            hits += 1;
            continue;
        }
        if let Joined::Leader(leader) = site.join(&asked, 1) {
            let version = origin.0.load(Ordering::SeqCst);
            if number.is_multiple_of(3) {
                thread::yield_now();
            }
            site.put(leader, &response(&version.to_string()).labels(&["l", "m"]));
            site.store.end(leader.token, false);
        }
    }
    hits
}

fn race(purge: impl Fn(&Site, u64) + Sync) {
    let site = Site::holding(MB);
    let origin = Origin(AtomicU64::new(1));
    let purged = AtomicU64::new(0);
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let serving = [(); 2].map(|()| scope.spawn(|| serve(&site, &origin, &purged, &stop)));
        let begun = Instant::now();
        let mut version = 1;
        while begun.elapsed() < Duration::from_millis(700) {
            version += 1;
            origin.0.store(version, Ordering::SeqCst);
            purge(&site, version);
            purged.store(version, Ordering::SeqCst);
            if version.is_multiple_of(5) {
                thread::sleep(Duration::from_micros(50));
            }
        }
        stop.store(true, Ordering::Relaxed);
        let hits = serving.map(|thread| thread.join().expect("no thread panics"));
        assert!(hits.iter().sum::<u64>() > 100, "{hits:?}");
        assert!(version > 100, "{version}");
    });
}

#[test]
fn never_answers_what_was_purged_by_label() {
    race(|site, version| site.purge(if version.is_multiple_of(2) { "l" } else { "m" }));
}

#[test]
fn never_answers_what_was_cleared() {
    race(|site, version| {
        if version.is_multiple_of(4) {
            site.store.clear();
        } else {
            site.purge("l");
        }
    });
}

#[test]
fn never_answers_what_is_distrusted() {
    race(|site, _| site.store.distrust());
}
