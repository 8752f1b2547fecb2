use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use super::reader::{mistake, quote};
use crate::core::error::Error;

/// A colour without transparency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Color {
    /// Red.
    pub red: u8,
    /// Green.
    pub green: u8,
    /// Blue.
    pub blue: u8,
}

impl Color {
    pub(super) const EXPECTED: &'static str = "a colour such as #0a7d5c or #08f";
}

impl FromStr for Color {
    type Err = Error;

    /// Reads `#rgb` and `#rrggbb` (CSS Color 4, "The RGB Hexadecimal Notations").
    fn from_str(text: &str) -> Result<Self, Error> {
        let digits = text.trim().strip_prefix('#').unwrap_or_default();
        let nibbles: Option<Vec<u8>> =
            digits.chars().map(|digit| u8::try_from(digit.to_digit(16)?).ok()).collect();
        match nibbles.as_deref() {
            Some(&[r, g, b]) => Ok(Self { red: r * 17, green: g * 17, blue: b * 17 }),
            Some(&[r, r2, g, g2, b, b2]) => {
                Ok(Self { red: r << 4 | r2, green: g << 4 | g2, blue: b << 4 | b2 })
            }
            Some(_) | None => Err(mistake("graphics.color", Self::EXPECTED, quote(text))),
        }
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

impl Serialize for Color {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_short_colour_means_the_long_one() {
        assert_eq!("#08f".parse::<Color>().unwrap().to_string(), "#0088ff");
        assert_eq!(" #0A7d5C ".parse::<Color>().unwrap().to_string(), "#0a7d5c");
    }

    #[test]
    fn other_notations_of_a_colour_are_refused() {
        for text in
            ["", "#", "red", "08f", "#08", "#08ff", "#0088ffaa", "#ggg", "rgb(1,2,3)", "#é1"]
        {
            assert!(text.parse::<Color>().is_err(), "{text}");
        }
    }
}
