//! What is stored under one key.

use std::sync::Arc;

use crate::fields::Fields;
use crate::record::Record;

/// Responses of one key that requests with different fields get.
const MOST_VARIANTS: usize = 16;

/// What a variant costs beside its record and the values that select it.
const VARIANT: usize = 64;

/// What is stored under one key.
#[derive(Clone)]
pub(crate) enum Page {
    /// For every request.
    One(Arc<Record>),
    /// By fields that the responses name in Vary, the newest first.
    Many(Arc<Variants>),
}

pub(crate) struct Variants {
    list: Vec<Variant>,
    weight: usize,
}

#[derive(Clone)]
struct Variant {
    /// One for each name the record varies by; `None`: absent, which is not empty.
    values: Arc<[Option<Box<[u8]>>]>,
    record: Arc<Record>,
}

impl Page {
    /// With a record that answers requests like the one with these fields, in front of what was there; as much of that as
    /// fits into so many bytes. A response that varies by nothing takes all the place, and none such stays behind a new one.
    pub(crate) fn with(
        old: Option<&Self>,
        record: &Arc<Record>,
        fields: Fields,
        most: usize,
    ) -> Self {
        if record.vary().is_empty() {
            return Self::One(Arc::clone(record));
        }
        let first = Variant {
            values: record
                .vary()
                .iter()
                .map(|name| value_of(fields, name))
                .collect(),
            record: Arc::clone(record),
        };
        let mut weight = first.weight();
        let mut list = vec![first.clone()];
        let others = match old {
            Some(Self::Many(variants)) => variants.list.as_slice(),
            _ => &[],
        };
        for other in others.iter().filter(|other| !other.is_replaced_by(&first)) {
            weight += other.weight();
            if weight > most || list.len() == MOST_VARIANTS {
                weight -= other.weight();
                break;
            }
            list.push(other.clone());
        }
        Self::Many(Arc::new(Variants { list, weight }))
    }

    /// The newest that this request selects.
    pub(crate) fn select(self, fields: Fields) -> Option<Arc<Record>> {
        match self {
            Self::One(record) => Some(record),
            Self::Many(variants) => {
                let found = variants.list.iter().find(|variant| variant.is_for(fields));
                found.map(|variant| Arc::clone(&variant.record))
            }
        }
    }

    /// Bytes, without the key.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Self::One(record) => record.weight(),
            Self::Many(variants) => variants.weight,
        }
    }
}

impl Variant {
    fn is_for(&self, fields: Fields) -> bool {
        let names = self.record.vary().iter();
        names
            .zip(self.values.iter())
            .all(|(name, value)| is_value(fields, name, value.as_deref()))
    }

    fn is_replaced_by(&self, newer: &Self) -> bool {
        self.record.vary() == newer.record.vary() && self.values == newer.values
    }

    fn weight(&self) -> usize {
        let values = self.values.iter().flatten().map(|value| value.len());
        let slots = self.values.len() * size_of::<Option<Box<[u8]>>>();
        VARIANT + self.record.weight() + slots + values.sum::<usize>()
    }
}

/// Between the lines of a field; lines of cookies make one list of pairs (RFC 6265 section 5.4).
fn separator(name: &[u8]) -> &'static [u8] {
    if name == b"cookie" { b"; " } else { b", " }
}

/// As `varyValues` of src/http/vary.ts, but for white space in known lists, which makes no difference there and does here.
fn value_of(fields: Fields, name: &[u8]) -> Option<Box<[u8]>> {
    let mut lines = fields.named(name);
    let mut value = lines.next()?.to_vec();
    for line in lines {
        value.extend_from_slice(separator(name));
        value.extend_from_slice(line);
    }
    Some(value.into())
}

/// Whether `value_of` would give this value.
fn is_value(fields: Fields, name: &[u8], value: Option<&[u8]>) -> bool {
    let mut lines = fields.named(name);
    let mut rest = match (value, lines.next()) {
        (None, None) => return true,
        (Some(value), Some(first)) => value.strip_prefix(first),
        _ => return false,
    };
    for line in lines {
        let behind = rest.and_then(|rest| rest.strip_prefix(separator(name)));
        rest = behind.and_then(|rest| rest.strip_prefix(line));
    }
    rest.is_some_and(<[u8]>::is_empty)
}
