//! The marks under every interleaving of a few threads, and under the memory model: loom takes the place of what they are
//! made of.
#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

mod sync {
    pub(crate) use loom::sync::atomic::AtomicU64;
    pub(crate) use loom::sync::{Arc, Mutex, MutexGuard};
}

#[path = "../src/marks.rs"]
#[expect(dead_code, reason = "the store uses all of it")]
mod marks;

use std::sync::atomic::Ordering;

use loom::thread;
use marks::{Marks, Standing, Verdict};
use sync::{Arc, AtomicU64, Mutex};

fn purge(marks: &Marks, label: &str) {
    marks.purge(&[label.to_owned()]);
}

fn admit(marks: &Marks, birth: u64) -> Option<Standing> {
    marks.admit(birth, &["l".to_owned(), "k".to_owned()], false)
}

/// With one before that is spared: nothing of that is what decides here.
fn marks() -> Arc<Marks> {
    Arc::new(Marks::holding(2))
}

#[test]
fn revokes_what_is_put_while_it_is_purged() {
    for forget in [
        (|marks| purge(marks, "l")) as fn(&Marks),
        Marks::clear,
        Marks::distrust,
    ] {
        loom::model(move || {
            let marks = marks();
            let page = Arc::new(Mutex::new(None));
            let birth = marks.birth();
            let putting = {
                let (marks, page) = (Arc::clone(&marks), Arc::clone(&page));
                thread::spawn(move || {
                    *page.lock().expect("whole") = admit(&marks, birth);
                })
            };
            forget(&marks);
            if let Some(standing) = &*page.lock().expect("whole") {
                assert_ne!(marks.verdict(standing), Verdict::Good);
            }
            putting.join().expect("no panic");
            if let Some(standing) = &*page.lock().expect("whole") {
                assert_ne!(marks.verdict(standing), Verdict::Good);
            }
        });
    }
}

#[test]
fn revokes_what_others_look_at_while_more_is_purged() {
    loom::model(|| {
        let marks = marks();
        let standing = Arc::new(admit(&marks, marks.birth()).expect("nothing is marked"));
        let looking = {
            let (marks, standing) = (Arc::clone(&marks), Arc::clone(&standing));
            thread::spawn(move || {
                marks.verdict(&standing);
            })
        };
        let purging = {
            let marks = Arc::clone(&marks);
            thread::spawn(move || purge(&marks, "other"))
        };
        purge(&marks, "k");
        assert_eq!(marks.verdict(&standing), Verdict::Revoked);
        looking.join().expect("no panic");
        purging.join().expect("no panic");
        assert_eq!(marks.verdict(&standing), Verdict::Revoked);
    });
}

#[test]
fn keeps_what_was_read_behind_the_change_only() {
    loom::model(|| {
        let marks = marks();
        let origin = Arc::new(AtomicU64::new(0));
        let filling = {
            let (marks, origin) = (Arc::clone(&marks), Arc::clone(&origin));
            thread::spawn(move || {
                let birth = marks.birth();
                let version = origin.load(Ordering::Acquire);
                admit(&marks, birth).map(|standing| (standing, version))
            })
        };
        origin.store(1, Ordering::Release);
        purge(&marks, "l");
        if let Some((standing, version)) = filling.join().expect("no panic") {
            assert!(version == 1 || marks.verdict(&standing) == Verdict::Revoked);
        }
    });
}

#[test]
fn trusts_again_what_is_renewed_after_it_was_distrusted_only() {
    loom::model(|| {
        let marks = marks();
        let standing = Arc::new(admit(&marks, marks.birth()).expect("nothing is marked"));
        let looking = {
            let (marks, standing) = (Arc::clone(&marks), Arc::clone(&standing));
            thread::spawn(move || {
                marks.verdict(&standing);
            })
        };
        assert!(marks.renew(&standing));
        marks.distrust();
        assert_eq!(marks.verdict(&standing), Verdict::Untrusted);
        looking.join().expect("no panic");
        assert_eq!(marks.verdict(&standing), Verdict::Untrusted);
        assert!(marks.renew(&standing));
    });
}
