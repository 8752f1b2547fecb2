//! What may be sent, and when the composer begins to count.

/// The longest message, in characters, as the server counts them (docs/protocol.md, "Errors and
/// limits").
pub const LIMIT: usize = 4_000;

/// The counter appears when this many characters are left.
const NEAR: usize = 400;

/// How much room a draft leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// Enough not to speak of it.
    Plenty,
    /// This many characters.
    Left(usize),
    /// None: it is this many characters too long.
    Over(usize),
}

impl Room {
    /// The room that a draft leaves.
    #[must_use]
    pub fn of(draft: &str) -> Self {
        let length = draft.trim().chars().count();
        match LIMIT.checked_sub(length) {
            None => Self::Over(length - LIMIT),
            Some(left) if left <= NEAR => Self::Left(left),
            Some(_) => Self::Plenty,
        }
    }
}

/// The text to send, if there is one: without white space around it, and not too long.
#[must_use]
pub fn sendable(draft: &str) -> Option<&str> {
    let text = draft.trim();
    let fits = !matches!(Room::of(draft), Room::Over(_));
    (!text.is_empty() && fits).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_alone_is_not_sent_and_none_is_sent_around_a_text() {
        assert_eq!(sendable(" \n\t "), None);
        assert_eq!(sendable("  ciao\n"), Some("ciao"));
    }

    #[test]
    fn characters_count_not_bytes() {
        let longest = "è".repeat(LIMIT);
        assert_eq!(sendable(&longest), Some(longest.as_str()));
        assert_eq!(Room::of(&longest), Room::Left(0));
        let over = format!("{longest}x");
        assert_eq!(sendable(&over), None);
        assert_eq!(Room::of(&over), Room::Over(1));
    }

    #[test]
    fn the_counter_appears_only_near_the_limit() {
        assert_eq!(Room::of(&"a".repeat(3_599)), Room::Plenty);
        assert_eq!(Room::of(&"a".repeat(3_600)), Room::Left(400));
    }
}
