//! Which of its codings a stored response is sent in (RFC 9110 section 12.5.3). The same as `inCodingFor` and `weightsOf` in
//! `src/http`.

/// A coding of a stored body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// As it is.
    Identity,
    /// Brotli.
    Brotli,
    /// Gzip.
    Gzip,
}

/// What to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// This one.
    Send(Coding),
    /// The field holds what only JavaScript reads rightly.
    Judge,
}

/// Members of a list that are looked at.
const MOST_MEMBERS: usize = 32;

/// In thousandths.
type Weight = u16;
const MOST: Weight = 1_000;

/// What the field says of the names that matter.
#[derive(Default)]
struct Weights {
    identity: Option<Weight>,
    brotli: Option<Weight>,
    gzip: Option<Weight>,
    any: Option<Weight>,
}

/// The coding that the client takes most gladly, of those the body is kept in, in their order, and of the body as it is.
/// `accepted` is the value of its only Accept-Encoding, `None`: it has none.
#[must_use]
pub fn coding_for(accepted: Option<&[u8]>, stored: &[Coding]) -> Choice {
    let Some(accepted) = accepted else {
        return Choice::Send(Coding::Identity);
    };
    if accepted
        .iter()
        .any(|byte| !matches!(byte, b'\t' | 0x20..=0x7e))
    {
        return Choice::Judge;
    }
    let weights = weights_of(accepted);
    let mut best = Coding::Identity;
    // what is not mentioned is taken, but less gladly than anything that is
    let mut weight = weights.identity.unwrap_or(0);
    for &coding in stored {
        let named = match coding {
            Coding::Identity => continue,
            Coding::Brotli => weights.brotli,
            Coding::Gzip => weights.gzip,
        };
        let own = named.or(weights.any).unwrap_or(0);
        if own > weight || own > 0 && own == weight && best == Coding::Identity {
            best = coding;
            weight = own;
        }
    }
    Choice::Send(best)
}

fn weights_of(field: &[u8]) -> Weights {
    let mut weights = Weights::default();
    for member in field.split(|&byte| byte == b',').take(MOST_MEMBERS) {
        let mut parts = member.split(|&byte| byte == b';');
        let name = parts.next().unwrap_or_default().trim_ascii();
        let place = if name.eq_ignore_ascii_case(b"gzip") {
            &mut weights.gzip
        } else if name.eq_ignore_ascii_case(b"br") {
            &mut weights.brotli
        } else if name.eq_ignore_ascii_case(b"identity") {
            &mut weights.identity
        } else if name == b"*" {
            &mut weights.any
        } else {
            continue;
        };
        // the first of one name counts
        if place.is_none() {
            *place = Some(parts.find_map(weight_in).unwrap_or(MOST));
        }
    }
    weights
}

/// Of `q=0.5`; `None` for any other parameter.
fn weight_in(parameter: &[u8]) -> Option<Weight> {
    let (b'q' | b'Q', rest) = parameter.trim_ascii().split_first()? else {
        return None;
    };
    let value = rest
        .trim_ascii_start()
        .strip_prefix(b"=")?
        .trim_ascii_start();
    let (whole, digits) = match value {
        [b'0', rest @ ..] => (0, rest),
        [b'1', rest @ ..] => (MOST, rest),
        _ => return None,
    };
    let fraction = match digits {
        [] => 0,
        [b'.', digits @ ..] => fraction_of(digits)?,
        _ => return None,
    };
    (whole == 0 || fraction == 0).then_some(whole + fraction)
}

fn fraction_of(digits: &[u8]) -> Option<Weight> {
    let mut fraction = 0;
    for place in 0..3 {
        fraction = fraction * 10
            + match digits.get(place) {
                None => 0,
                Some(digit) if digit.is_ascii_digit() => Weight::from(digit - b'0'),
                Some(_) => return None,
            };
    }
    (digits.len() <= 3).then_some(fraction)
}
