use std::fmt;
use std::str::FromStr;

use crate::core::error::Error;
use crate::core::json::quote;

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
        let number = u32::from_str_radix(digits, 16).ok();
        // A sign would be read as part of the number.
        let number = number.filter(|_| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let byte = |number: u32, at: u32| u8::try_from(number >> at & 0xff).unwrap_or_default();
        let nibble = |number: u32, at: u32| byte(number >> at & 0xf, 0) * 17;
        match (number, digits.len()) {
            (Some(rgb), 3) => {
                Ok(Self { red: nibble(rgb, 8), green: nibble(rgb, 4), blue: nibble(rgb, 0) })
            }
            (Some(rgb), 6) => {
                Ok(Self { red: byte(rgb, 16), green: byte(rgb, 8), blue: byte(rgb, 0) })
            }
            _ => Err(Error::mistake("graphics.color", Self::EXPECTED, quote(text))),
        }
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
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
