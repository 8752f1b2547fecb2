//! What types alone do not say: the rules that several fields share.

use std::time::Duration;

use crate::core::error::Error;
use crate::core::time::millis;

/// The mistake of a delay that is too short or too long, in milliseconds.
pub(super) fn within(field: &str, value: Duration, least: u64, most: u64) -> Result<(), Error> {
    let value = millis(value);
    if (least..=most).contains(&value) {
        return Ok(());
    }
    let expected = format!("{least} to {most} milliseconds");
    Err(Error::mistake(field, &expected, value.to_string()))
}

/// The mistake of a text that is too long, in characters; `field` is where it stands. The text may be
/// about a person, so only its length is told.
pub(super) fn at_most(most: usize, text: &str, field: &dyn Fn() -> String) -> Result<(), Error> {
    let length = text.chars().count();
    if length <= most {
        return Ok(());
    }
    Err(Error::mistake(&field(), &format!("at most {most} characters"), length.to_string()))
}
