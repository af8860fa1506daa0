//! Threads that answer and fill while others purge: no answer was born before a purge that had ended when the request began.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use strata_engine::flight::Joined;

use crate::site::{MB, Site, Told, get, response};

/// At least so many hits and purges, for at least so long: how the threads take turns is for the machine to say.
const ENOUGH: u64 = 100;
const SHORTEST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(30);

#[derive(Default)]
struct Race {
    /// What the origin says: how often it was changed.
    origin: AtomicU64,
    /// Up to which of these a purge has ended.
    purged: AtomicU64,
    hits: AtomicU64,
    is_over: AtomicBool,
}

/// The body of a response is the version that its origin had when it was asked, behind the birth of its fill.
fn serve(site: &Site, race: &Race) {
    let mut number = 0_u64;
    while !race.is_over.load(Ordering::Relaxed) {
        number += 1;
        let asked = get(&format!("/{}", number % 4));
        let least = race.purged.load(Ordering::SeqCst);
        if let Told::Answer(answer) = site.ask(&asked) {
            let version = answer.text().parse::<u64>().expect("a number");
            assert!(version >= least, "{version} after a purge of {least}");
            race.hits.fetch_add(1, Ordering::Relaxed);
            continue;
        }
        if let Joined::Leader(leader) = site.join(&asked, 1) {
            let version = race.origin.load(Ordering::SeqCst);
            if number.is_multiple_of(3) {
                thread::yield_now();
            }
            site.put(leader, &response(&version.to_string()).labels(&["l", "m"]));
            site.store.end(leader.token, false);
        }
    }
}

fn race(purge: impl Fn(&Site, u64)) {
    let (site, race) = (Site::holding(MB), Race::default());
    let begun = Instant::now();
    let is_enough = |version| {
        let hits = race.hits.load(Ordering::Relaxed);
        begun.elapsed() > SHORTEST && version > ENOUGH && hits > ENOUGH
    };
    thread::scope(|scope| {
        let serving = [(); 2].map(|()| scope.spawn(|| serve(&site, &race)));
        let mut version = 0;
        while !is_enough(version) && begun.elapsed() < LONGEST {
            version += 1;
            race.origin.store(version, Ordering::SeqCst);
            purge(&site, version);
            race.purged.store(version, Ordering::SeqCst);
            if version.is_multiple_of(5) {
                thread::sleep(Duration::from_micros(50));
            }
        }
        race.is_over.store(true, Ordering::Relaxed);
        assert!(is_enough(version));
        for thread in serving {
            thread.join().expect("no thread panics");
        }
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
