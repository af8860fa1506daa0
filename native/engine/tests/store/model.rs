//! Random histories beside a simple model: what the store answers is always something the model allows.

use std::collections::HashMap;

use proptest::prelude::*;
use strata_engine::flight::{Joined, Leader};
use strata_engine::store::Kind;

use crate::site::{Asked, MB, Site, Told, get, response};

#[derive(Clone, Debug)]
enum Step {
    Ask {
        path: u8,
        language: u8,
    },
    Lead {
        path: u8,
        language: u8,
    },
    Put {
        flight: usize,
        label: usize,
        varies: bool,
        fresh: i64,
        stale: i64,
        unheard: bool,
    },
    End {
        flight: usize,
    },
    Alias {
        flight: usize,
        record: usize,
    },
    Renew {
        record: usize,
        fresh: i64,
    },
    Purge {
        label: usize,
    },
    Clear,
    Distrust,
    Coherent {
        millis: i64,
    },
    Pass {
        millis: i64,
    },
}

const LABELS: [&str; 3] = ["a", "b", "c"];

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let (path, language) = (0..3_u8, 0..3_u8);
    let index = 0..8_usize;
    let step = prop_oneof![
        6 => (path.clone(), language.clone()).prop_map(|(path, language)| Step::Ask { path, language }),
        4 => (path, language).prop_map(|(path, language)| Step::Lead { path, language }),
        6 => (index.clone(), 0..3_usize, any::<bool>(), 0..3_000_i64, 0..6_000_i64, prop::bool::weighted(0.2))
            .prop_map(|(flight, label, varies, fresh, stale, unheard)| Step::Put { flight, label, varies, fresh, stale, unheard }),
        1 => index.clone().prop_map(|flight| Step::End { flight }),
        2 => (index.clone(), index.clone()).prop_map(|(flight, record)| Step::Alias { flight, record }),
        2 => (index, 0..3_000_i64).prop_map(|(record, fresh)| Step::Renew { record, fresh }),
        2 => (0..3_usize).prop_map(|label| Step::Purge { label }),
        1 => Just(Step::Clear),
        1 => Just(Step::Distrust),
        2 => (0..4_000_i64).prop_map(|millis| Step::Coherent { millis }),
        4 => (0..1_500_i64).prop_map(|millis| Step::Pass { millis }),
    ];
    prop::collection::vec(step, 1..80)
}

struct Flight {
    leader: Leader,
    path: u8,
    language: u8,
    /// Steps of the model are its clock of purges.
    begun: usize,
}

#[derive(Clone)]
struct Kept {
    handle: u64,
    begun: usize,
    trusted: usize,
    label: usize,
    varies: bool,
    unheard: bool,
    fresh_until: i64,
    stale_until: i64,
    /// Requests it may answer.
    places: Vec<(u8, u8)>,
}

#[derive(Default)]
struct Model {
    step: usize,
    now: i64,
    coherent_until: i64,
    purged: HashMap<usize, usize>,
    cleared: usize,
    distrusted: usize,
    flights: Vec<Flight>,
    kept: Vec<Kept>,
}

impl Model {
    fn is_dead(&self, kept: &Kept) -> bool {
        let purged = self.purged.get(&kept.label).copied().unwrap_or(0);
        kept.begun < purged.max(self.cleared)
    }

    fn allows(&self, kept: &Kept, path: u8, language: u8, kind: Kind) -> bool {
        let is_for = |(own_path, own_language): &(u8, u8)| {
            *own_path == path && (!kept.varies || *own_language == language)
        };
        let is_trusted = kept.trusted >= self.distrusted && self.now < self.coherent_until;
        let in_time = match kind {
            Kind::Fresh | Kind::Collapsed => self.now < kept.fresh_until,
            Kind::Stale => self.now >= kept.fresh_until && self.now < kept.stale_until,
        };
        kept.places.iter().any(is_for)
            && !self.is_dead(kept)
            && (is_trusted || kept.unheard)
            && in_time
    }
}

fn asked(path: u8, language: u8) -> Asked {
    get(&format!("/{path}")).with("x-language", &language.to_string())
}

fn run(steps: Vec<Step>) -> Result<(), TestCaseError> {
    let site = Site::holding(MB);
    let mut model = Model {
        coherent_until: i64::MAX,
        ..Model::default()
    };
    for step in steps {
        model.step += 1;
        act(&site, &mut model, &step)?;
    }
    Ok(())
}

fn act(site: &Site, model: &mut Model, step: &Step) -> Result<(), TestCaseError> {
    match *step {
        Step::Ask { path, language } => ask(site, model, path, language)?,
        Step::Lead { path, language } => {
            if let Joined::Leader(leader) = site.join(&asked(path, language), 1) {
                let begun = model.step;
                model.flights.push(Flight {
                    leader,
                    path,
                    language,
                    begun,
                });
            }
        }
        Step::Put { .. } => put(site, model, step)?,
        Step::End { flight } => {
            if flight < model.flights.len() {
                let ended = model.flights.swap_remove(flight);
                site.store.end(ended.leader.token, false);
            }
        }
        Step::Alias { flight, record } => {
            if let (Some(flight), Some(kept)) = (model.flights.get(flight), model.kept.get(record))
                && site.store.alias(flight.leader.token, kept.handle)
            {
                prop_assert!(!model.is_dead(kept));
                let place = (flight.path, flight.language);
                model.kept[record].places.push(place);
            }
        }
        Step::Renew { record, fresh } => {
            let is_dead = model
                .kept
                .get(record)
                .is_none_or(|kept| model.is_dead(kept));
            if let Some(kept) = model.kept.get_mut(record) {
                #[expect(clippy::cast_precision_loss, reason = "small")]
                let is_renewed = site.store.renew(kept.handle, fresh as f64, fresh as f64);
                prop_assert!(!(is_renewed && is_dead));
                kept.trusted = model.step;
                kept.fresh_until = model.now + fresh;
                kept.stale_until = model.now + fresh;
            }
        }
        Step::Purge { label } => {
            site.purge(LABELS[label]);
            model.purged.insert(label, model.step);
        }
        Step::Clear => {
            site.store.clear();
            model.cleared = model.step;
        }
        Step::Distrust => {
            site.store.distrust();
            model.distrusted = model.step;
        }
        Step::Coherent { millis } => {
            #[expect(clippy::cast_precision_loss, reason = "small")]
            site.heard_for(millis as f64);
            model.coherent_until = model.now + millis;
        }
        Step::Pass { millis } => {
            site.pass(millis);
            model.now += millis;
        }
    }
    Ok(())
}

fn put(site: &Site, model: &mut Model, step: &Step) -> Result<(), TestCaseError> {
    let Step::Put {
        flight,
        label,
        varies,
        fresh,
        stale,
        unheard,
    } = *step
    else {
        return Ok(());
    };
    let Some(flight) = model.flights.get(flight) else {
        return Ok(());
    };
    let body = model.kept.len().to_string();
    let mut response = response(&body)
        .labels(&[LABELS[label]])
        .flags(u32::from(unheard));
    #[expect(clippy::cast_precision_loss, reason = "small")]
    {
        response = response.fresh(fresh as f64).stale(stale as f64);
    }
    if varies {
        response = response.vary(&["x-language"]);
    }
    let handle = site.put(flight.leader, &response);
    let kept = Kept {
        handle,
        begun: flight.begun,
        trusted: flight.begun,
        label,
        varies,
        unheard,
        fresh_until: model.now + fresh,
        stale_until: model.now + stale,
        places: vec![(flight.path, flight.language)],
    };
    // nothing is refused that could be kept, and nothing kept that is dead already
    let is_late = model.is_dead(&kept) || flight.begun < model.distrusted;
    prop_assert_eq!(handle != 0, !is_late);
    if handle != 0 {
        // the newest is what its own request gets
        let told = site.ask(&asked(flight.path, flight.language));
        if let Told::Answer(answer) = told {
            prop_assert_eq!(answer.text(), &body);
        }
        model.kept.push(kept);
    }
    Ok(())
}

fn ask(site: &Site, model: &Model, path: u8, language: u8) -> Result<(), TestCaseError> {
    if let Told::Answer(answer) = site.ask(&asked(path, language)) {
        let number = answer.text().parse::<usize>().expect("a number");
        let kept = &model.kept[number];
        prop_assert!(
            model.allows(kept, path, language, answer.kind),
            "{}",
            number
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn answers_only_what_the_model_allows(steps in steps()) {
        run(steps)?;
    }
}
