//! Time, which is an argument.

use std::ops::{Add, Sub};
use std::sync::OnceLock;
use std::time::Instant;

/// An instant of a monotonic clock, in microseconds. All threads that share a store have to read the same clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(i64);

/// A length of time in microseconds, also a negative one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(i64);

/// Where the time comes from: tests move one by hand.
pub trait Clock: Send + Sync {
    /// Never goes back.
    fn now(&self) -> Moment;
}

/// The clock of the process, which nobody sets.
#[derive(Clone, Copy, Debug, Default)]
pub struct Monotonic;

impl Clock for Monotonic {
    fn now(&self) -> Moment {
        static ORIGIN: OnceLock<Instant> = OnceLock::new();
        let passed = ORIGIN.get_or_init(Instant::now).elapsed();
        Moment(i64::try_from(passed.as_micros()).unwrap_or(i64::MAX))
    }
}

const MICROS: f64 = 1_000.0;
const MICROS_PER_SECOND: i64 = 1_000_000;

/// About 36,000 years: sums of a few of these do not overflow.
const LONGEST: i64 = 1 << 60;

impl Moment {
    /// Never comes.
    pub const NEVER: Self = Self(i64::MAX);

    /// So many microseconds after the clock began.
    #[must_use]
    pub const fn of_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Milliseconds since the clock began, as JavaScript has them.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "microseconds are exact for 285 years"
    )]
    pub fn millis(self) -> f64 {
        self.0 as f64 / MICROS
    }

    /// Microseconds since the clock began.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }
}

impl Span {
    /// From milliseconds as JavaScript has them; `NaN` is none, and what is too long to matter is cut.
    #[must_use]
    pub fn of_millis(millis: f64) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the cast saturates, and NaN becomes 0"
        )]
        let micros = (millis * MICROS).floor() as i64;
        Self(micros.clamp(-LONGEST, LONGEST))
    }

    /// Of whole seconds.
    #[must_use]
    pub const fn of_seconds(seconds: u32) -> Self {
        Self(seconds as i64 * MICROS_PER_SECOND)
    }

    /// Whole seconds, rounded down: -0.5 s is -1.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(MICROS_PER_SECOND)
    }

    /// As long, the other way.
    #[must_use]
    pub const fn negated(self) -> Self {
        Self(self.0.saturating_neg())
    }

    /// Not below zero.
    #[must_use]
    pub fn or_none(self) -> Self {
        Self(self.0.max(0))
    }
}

impl Add<Span> for Moment {
    type Output = Self;

    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl Sub for Moment {
    type Output = Span;

    fn sub(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Add for Span {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}
