//! Which labels were purged when.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use crate::sync::{Arc, AtomicU64, Mutex, MutexGuard};

/// Marks remembered for what is still on its way into the store. Forgetting one only refuses older work.
const MOST_MARKS: usize = 100_000;

/// Labels looked at each time another comes, so that those nobody has any more are forgotten.
const SWEPT: usize = 4;

/// Which labels were purged when, on a counter of its own. A fill remembers its birth on this counter; a record shares one
/// cell with every other record of the label, so that a purge reaches them all by one store, whatever it finds in the map of
/// pages at that moment. An entry whose label was marked after its birth is never answered.
///
/// A label is known by a keyed 64-bit `SipHash` and its text is not kept: that two labels meet is as good as impossible and
/// nobody outside can bring it about, for the key is random and secret (a fast hash with a random seed does not promise
/// that). And if it happened, purging one would purge the other: too much is dropped, never too little.
pub struct Marks {
    /// The newest mark; all that belong to it have been made.
    latest: AtomicU64,
    cleared: AtomicU64,
    distrusted: AtomicU64,
    labels: Mutex<Labels>,
    hasher: RandomState,
    most: usize,
}

/// Moment of a label's last purge, shared by its records.
type Cell = Arc<AtomicU64>;

struct Label {
    id: u64,
    cell: Cell,
}

#[derive(Default)]
struct Labels {
    /// Places in `list`.
    places: HashMap<u64, usize, foldhash::fast::RandomState>,
    list: Vec<Label>,
    /// Where the sweep goes on.
    hand: usize,
    /// The oldest mark first.
    marked: VecDeque<(u64, u64)>,
    /// Up to here marks may have been forgotten: what was born before is refused.
    floor: u64,
}

/// What the marks say about a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Good,
    /// Something may have been missed since it was put.
    Untrusted,
    Revoked,
}

/// A record's side of the marks.
pub(crate) struct Standing {
    birth: u64,
    /// The newest mark it was last compared with.
    checked: AtomicU64,
    trusted_since: AtomicU64,
    /// Not measured by what other processes say.
    is_unheard: bool,
    cells: Box<[Cell]>,
}

impl Marks {
    pub(crate) fn new() -> Self {
        Self::holding(MOST_MARKS)
    }

    pub(crate) fn holding(most: usize) -> Self {
        Self {
            latest: AtomicU64::new(0),
            cleared: AtomicU64::new(0),
            distrusted: AtomicU64::new(0),
            labels: Mutex::new(Labels::default()),
            hasher: RandomState::new(),
            most,
        }
    }

    /// Now: every later mark revokes what is born now.
    pub(crate) fn birth(&self) -> u64 {
        self.latest.load(Ordering::SeqCst)
    }

    /// What was born before and has one of these labels is dead.
    pub(crate) fn purge(&self, labels: &[String]) {
        if labels.is_empty() {
            return;
        }
        // marks of one purge are made before a later one is published: see `verdict`
        let mut known = self.lock();
        let mark = self.next();
        for label in labels {
            let id = self.hasher.hash_one(label);
            known.cell(id).store(mark, Ordering::SeqCst);
            known.remember(mark, id, self.most);
        }
        self.latest.store(mark, Ordering::SeqCst);
    }

    /// What was born before is dead.
    pub(crate) fn clear(&self) {
        self.publish(&self.cleared);
    }

    /// What was put before is not answered before it is renewed, and what was born before is not put any more.
    pub(crate) fn distrust(&self) {
        self.publish(&self.distrusted);
    }

    fn publish(&self, moment: &AtomicU64) {
        let _known = self.lock();
        let mark = self.next();
        moment.store(mark, Ordering::SeqCst);
        self.latest.store(mark, Ordering::SeqCst);
    }

    fn lock(&self) -> MutexGuard<'_, Labels> {
        // whoever panicked has left nothing half done that would not be refused or looked at again
        self.labels.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// To be called with the labels locked.
    fn next(&self) -> u64 {
        self.latest.load(Ordering::SeqCst).saturating_add(1)
    }

    /// For a record with these labels; `None`: something was marked that concerns it.
    pub(crate) fn admit(
        &self,
        birth: u64,
        labels: &[String],
        is_unheard: bool,
    ) -> Option<Standing> {
        let mut known = self.lock();
        let earliest = [&self.cleared, &self.distrusted]
            .into_iter()
            .map(|moment| moment.load(Ordering::SeqCst))
            .fold(known.floor, u64::max);
        if birth < earliest {
            return None;
        }
        let ids = labels.iter().map(|label| self.hasher.hash_one(label));
        let cells = ids.map(|id| known.cell(id)).collect::<Box<[Cell]>>();
        let is_marked = |cell: &Cell| cell.load(Ordering::SeqCst) > birth;
        let standing = Standing {
            birth,
            checked: AtomicU64::new(birth),
            trusted_since: AtomicU64::new(birth),
            is_unheard,
            cells,
        };
        (!standing.cells.iter().any(is_marked)).then_some(standing)
    }

    /// One load and a comparison, unless something was marked since the record was last looked at.
    ///
    /// Marks become visible before `latest` does, and in its order. So whoever reads `latest` here, and then the cells, has
    /// seen every mark up to it; writing an older number over a newer one only means to look again.
    pub(crate) fn verdict(&self, standing: &Standing) -> Verdict {
        let latest = self.latest.load(Ordering::SeqCst);
        if standing.checked.load(Ordering::Relaxed) >= latest {
            return Verdict::Good;
        }
        self.compared(standing, latest)
    }

    #[cold]
    fn compared(&self, standing: &Standing, latest: u64) -> Verdict {
        let is_marked = |cell: &Cell| cell.load(Ordering::SeqCst) > standing.birth;
        if standing.birth < self.cleared.load(Ordering::SeqCst)
            || standing.cells.iter().any(is_marked)
        {
            return Verdict::Revoked;
        }
        let trusted_since = standing.trusted_since.load(Ordering::SeqCst);
        if !standing.is_unheard && trusted_since < self.distrusted.load(Ordering::SeqCst) {
            return Verdict::Untrusted;
        }
        standing.checked.store(latest, Ordering::Relaxed);
        Verdict::Good
    }

    /// Trusted again, as of now. False: it is dead.
    pub(crate) fn renew(&self, standing: &Standing) -> bool {
        standing.trusted_since.store(self.birth(), Ordering::SeqCst);
        self.verdict(standing) == Verdict::Good
    }

    /// Labels known, of records and of purges.
    pub(crate) fn len(&self) -> usize {
        self.lock().list.len()
    }
}

impl Standing {
    pub(crate) fn is_unheard(&self) -> bool {
        self.is_unheard
    }

    pub(crate) fn labels(&self) -> usize {
        self.cells.len()
    }
}

impl Labels {
    fn cell(&mut self, id: u64) -> Cell {
        let at = self.places.get(&id);
        if let Some(label) = at.and_then(|at| self.list.get(*at)) {
            return Arc::clone(&label.cell);
        }
        self.sweep();
        let cell = Arc::new(AtomicU64::new(0));
        self.places.insert(id, self.list.len());
        self.list.push(Label {
            id,
            cell: Arc::clone(&cell),
        });
        cell
    }

    /// Forgets labels that no record has and of which no mark is remembered.
    fn sweep(&mut self) {
        for _ in 0..SWEPT {
            if self.hand >= self.list.len() {
                self.hand = 0;
            }
            let Some(Label { id, cell }) = self.list.get(self.hand) else {
                return;
            };
            if Arc::strong_count(cell) > 1 || cell.load(Ordering::Relaxed) > self.floor {
                self.hand += 1;
                continue;
            }
            self.places.remove(id);
            self.list.swap_remove(self.hand);
            if let Some(moved) = self.list.get(self.hand) {
                self.places.insert(moved.id, self.hand);
            }
        }
    }

    fn remember(&mut self, mark: u64, id: u64, most: usize) {
        self.marked.push_back((mark, id));
        while self.marked.len() > most
            && let Some((mark, id)) = self.marked.pop_front()
        {
            let at = self.places.get(&id);
            let label = at.and_then(|at| self.list.get(*at));
            // one that was made again stands further behind
            if label.is_some_and(|label| label.cell.load(Ordering::Relaxed) == mark) {
                self.floor = self.floor.max(mark);
            }
        }
    }
}
