//! Lengths and numbers as JavaScript gives them: all are checked, none is trusted.

use napi::{Error, Result};

use crate::code::{Code, argument};

/// 2^53 - 1, `Number.MAX_SAFE_INTEGER`.
const MAX_SAFE: f64 = 9_007_199_254_740_991.0;

/// The first `length` bytes.
pub fn front_of(bytes: &[u8], length: u32) -> Result<&[u8], Code> {
    usize::try_from(length)
        .ok()
        .and_then(|length| bytes.get(..length))
        .ok_or_else(|| {
            argument(format!(
                "outLength is {length}, the buffer has {}",
                bytes.len()
            ))
        })
}

/// Two buffers of JavaScript may be views of the same memory: then reading one while writing the other is undefined.
pub fn assert_apart(left: &[u8], right: &[u8]) -> Result<(), Code> {
    let (left, right) = (left.as_ptr_range(), right.as_ptr_range());
    if left.start < right.end && right.start < left.end {
        return Err(argument("the two buffers overlap"));
    }
    Ok(())
}

/// A whole number within bounds. A number of JavaScript converts to an integer silently, -1 and NaN as well.
pub fn whole(name: &str, value: f64, min: u32, max: u64) -> Result<u64, Code> {
    let whole = value.trunc();
    #[expect(
        clippy::float_cmp,
        reason = "a whole number equals itself without its fraction exactly"
    )]
    let is_whole = value == whole;
    if !is_whole || value < f64::from(min) || value > MAX_SAFE {
        return Err(out_of_range(name, value, min, max));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 2^53 - 1, whole"
    )]
    let number = whole as u64;
    if number > max {
        return Err(out_of_range(name, value, min, max));
    }
    Ok(number)
}

/// A time in milliseconds, with a fraction or `Infinity`.
pub fn milliseconds(name: &str, value: f64) -> Result<f64, Code> {
    if value.is_nan() || value < 0.0 {
        return Err(argument(format!(
            "{name} is {value}, at least 0 is allowed"
        )));
    }
    Ok(value)
}

/// As JavaScript has it. Counts and handles stay below 2^53.
#[expect(
    clippy::cast_precision_loss,
    reason = "no count and no handle reaches 2^53"
)]
pub fn number_of(value: u64) -> f64 {
    value as f64
}

fn out_of_range(name: &str, value: f64, min: u32, max: u64) -> Error<Code> {
    argument(format!("{name} is {value}, {min} .. {max} is allowed"))
}
