//! Typing, both ways: ephemeral, so it is limited in rate here and expires there.

use std::time::Duration;

use crate::core::model::ChatMessageStatus;
use crate::core::time::Timestamp;

const COMPOSING_EVERY: Duration = Duration::from_secs(4);
const IDLE_AFTER: Duration = Duration::from_secs(5);
const THEIRS_EXPIRES_AFTER: Duration = Duration::from_secs(8);

/// What we say about our own typing.
#[derive(Debug, Default)]
pub(super) struct OwnTyping {
    said: Option<Timestamp>,
    idle_at: Option<Timestamp>,
}

/// What we know about the operator's.
#[derive(Debug, Default)]
pub(super) struct TheirTyping {
    until: Option<Timestamp>,
}

impl OwnTyping {
    /// A key was pressed. `COMPOSING` is said on the leading edge, then while keys go on.
    pub(super) fn key(&mut self, now: Timestamp) -> Option<ChatMessageStatus> {
        self.idle_at = Some(now + IDLE_AFTER);
        if self.said.is_some_and(|said| now < said + COMPOSING_EVERY) {
            return None;
        }
        self.said = Some(now);
        Some(ChatMessageStatus::Composing)
    }

    /// The box was left, emptied or sent.
    pub(super) fn stop(&mut self) -> Option<ChatMessageStatus> {
        self.idle_at = None;
        self.said.take().map(|_| ChatMessageStatus::Idle)
    }

    pub(super) const fn deadline(&self) -> Option<Timestamp> {
        self.idle_at
    }

    pub(super) fn tick(&mut self, now: Timestamp) -> Option<ChatMessageStatus> {
        if self.idle_at.is_some_and(|idle_at| now >= idle_at) { self.stop() } else { None }
    }
}

impl TheirTyping {
    /// The operator types, or stopped. Answers what is new to show.
    pub(super) fn told(&mut self, composing: bool, now: Timestamp) -> Option<bool> {
        let before = self.until.is_some();
        self.until = composing.then_some(now + THEIRS_EXPIRES_AFTER);
        (before != composing).then_some(composing)
    }

    pub(super) const fn deadline(&self) -> Option<Timestamp> {
        self.until
    }

    pub(super) fn tick(&mut self, now: Timestamp) -> Option<bool> {
        self.until.take_if(|until| now >= *until).map(|_| false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn composing_is_said_at_the_first_key_and_then_every_four_seconds() {
        let mut own = OwnTyping::default();
        let said: Vec<bool> = (0..=9).map(|second| own.key(at(second * 1_000)).is_some()).collect();
        let expected = [true, false, false, false, true, false, false, false, true, false];
        assert_eq!(said, expected);
    }

    #[test]
    fn idle_follows_five_seconds_after_the_last_key() {
        let mut own = OwnTyping::default();
        let _ = own.key(at(0));
        let _ = own.key(at(3_000));
        assert_eq!(own.tick(at(7_999)), None);
        assert_eq!(own.tick(at(8_000)), Some(ChatMessageStatus::Idle));
        assert_eq!(own.tick(at(20_000)), None, "said once");
    }

    #[test]
    fn idle_is_not_said_by_somebody_who_never_typed() {
        assert_eq!(OwnTyping::default().stop(), None);
    }

    #[test]
    fn the_operators_typing_ends_by_itself_after_eight_seconds() {
        let mut theirs = TheirTyping::default();
        assert_eq!(theirs.told(true, at(0)), Some(true));
        assert_eq!(theirs.told(true, at(4_000)), None, "already shown");
        assert_eq!(theirs.tick(at(11_999)), None);
        assert_eq!(theirs.tick(at(12_000)), Some(false));
    }
}
