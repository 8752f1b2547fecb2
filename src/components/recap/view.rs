//! What is said about sending a conversation, and the conversation as a text.

use crate::components::chat::timeline::Moment;
use crate::core::Error;
use crate::core::model::Direction;
use crate::core::session::chat::{Entry, EntryKind};
use crate::i18n::Key;

/// Why a conversation was not sent, in words (docs/protocol.md, "Before, instead of and after").
#[must_use]
pub fn refusal(error: &Error) -> Key {
    match error.reason() {
        "RATE_LIMITED" => Key::RecapLimit,
        "MAIL_NOT_CONFIGURED" => Key::RecapOff,
        // The server's word; the client's own for a lost connection is an error of another kind.
        "NOT_CONNECTED" if matches!(error, Error::Refused(_)) => Key::RecapEarly,
        "INVALID_PARAMS" => Key::RecapInvalid,
        _ => crate::components::ui::failure(error),
    }
}

/// What a transcript calls things.
pub struct Words<'a> {
    /// The first line.
    pub title: &'a str,
    /// The visitor.
    pub you: &'a str,
    /// Whoever answered.
    pub operator: &'a str,
}

/// The conversation as plain text: a line for each message, behind its day, time and author.
#[must_use]
pub fn transcript(
    entries: &[Entry],
    words: &Words<'_>,
    moment: impl Fn(&str) -> Option<Moment>,
    day: impl Fn(Moment) -> String,
    time: impl Fn(Moment) -> String,
) -> String {
    let mut text = format!("{}\r\n", words.title);
    let mut last = None;
    for entry in entries.iter().filter(|entry| entry.kind == EntryKind::Message) {
        let at = entry.created_at.as_deref().and_then(&moment);
        if let Some(at) = at.filter(|at| last != Some(at.day)) {
            last = Some(at.day);
            text += &format!("\r\n{}\r\n", day(at));
        }
        let own = entry.direction == Direction::Outbound && !entry.greeting;
        let author = if own { words.you } else { words.operator };
        if let Some(at) = at {
            text += &format!("[{}] ", time(at));
        }
        // A line break within a message does not look like the next one.
        let said = entry.text.replace("\r\n", "\n").replace('\n', "\r\n    ");
        let said = if entry.attachment.is_some() { format!("[{said}]") } else { said };
        text += &format!("{author}: {said}\r\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::error::Refused;
    use crate::core::session::chat::Delivery;

    #[test]
    fn each_refusal_has_words_of_its_own() {
        let refused = |reason: &str| {
            Error::Refused(Box::new(Refused { reason: reason.to_owned(), ..Refused::default() }))
        };
        assert_eq!(refusal(&refused("RATE_LIMITED")), Key::RecapLimit);
        assert_eq!(refusal(&refused("MAIL_NOT_CONFIGURED")), Key::RecapOff);
        assert_eq!(refusal(&refused("NOT_CONNECTED")), Key::RecapEarly);
        assert_eq!(refusal(&Error::NotConnected), Key::ErrorNetwork);
    }

    #[test]
    fn a_transcript_holds_every_message_with_day_time_and_author() {
        let entry = |direction, text: &str, at: &str| Entry {
            kind: EntryKind::Message,
            direction,
            text: text.into(),
            created_at: Some(at.to_owned()),
            id: None,
            seq: None,
            greeting: false,
            delivery: Delivery::Sent,
            attachment: None,
            key: (&crate::core::model::Key::from("k")).into(),
        };
        let entries = [
            entry(Direction::Inbound, "Buongiorno", "1"),
            entry(Direction::Outbound, "due\nrighe", "1441"),
        ];
        let words = Words { title: "Assistenza", you: "Lei", operator: "Anna" };
        let minutes = |text: &str| {
            let minutes: i64 = text.parse().ok()?;
            Some(Moment { millis: minutes * 60_000, day: minutes / 1440 })
        };
        let day = |at: Moment| format!("day {}", at.day);
        let text = transcript(&entries, &words, minutes, day, |at| at.millis.to_string());
        let expected = "Assistenza\r\n\r\nday 0\r\n[60000] Anna: Buongiorno\r\n\r\nday 1\r\n\
                        [86460000] Lei: due\r\n    righe\r\n";
        assert_eq!(text, expected);
    }
}
