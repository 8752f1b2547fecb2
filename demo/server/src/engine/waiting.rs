//! How long a visitor will have to wait: from how long contacts lasted lately, and from who is there to take them.

use super::Engine;
use crate::wire::model::Channel;
use std::time::Duration;

/// From ringing to answering.
const ANSWER: Duration = Duration::from_secs(10);
const A_DAY: f64 = 86_400.0;
/// Weight of the newest contact.
const NEWEST: f64 = 0.2;

impl Engine {
    /// A contact of the service has lasted so long.
    pub(super) fn learn_handling(&mut self, service: &str, lasted: Duration) {
        let first = self.rules.operators.handling.as_secs_f64();
        let mean = self.handling.entry(service.to_owned()).or_insert(first);
        *mean += (lasted.as_secs_f64() - *mean) * NEWEST;
    }

    /// Seconds until who stands there in the queue is answered; nothing where nobody would answer.
    pub(super) fn expected_wait(&self, service: &str, channel: Channel, place: u32) -> Option<u32> {
        let rules = &self.rules.operators;
        let (mut room, mut free) = (0_usize, 0_usize);
        for operator in self
            .operators
            .values()
            .filter(|operator| operator.joined(service) && self.is_at_hand(operator))
        {
            // Who writes can write with several; who speaks speaks with one.
            let has = if channel.is_call() { 1 } else { rules.contacts };
            let busy = if channel.is_call() {
                usize::from(self.is_on_a_call(operator))
            } else {
                operator.contacts.len()
            };
            room += has;
            free += has.saturating_sub(busy);
        }
        let seconds = if room > 0 {
            let mean = self.handling.get(service).copied();
            let mean = mean.unwrap_or(rules.handling.as_secs_f64());
            let behind = (place as usize).saturating_sub(free);
            ANSWER.as_secs_f64() + count(behind) * mean / count(room)
        } else if self.is_staffed(service) {
            (rules.automatic + ANSWER / 4).as_secs_f64()
        } else {
            return None;
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to a day"
        )]
        Some(seconds.ceil().clamp(1.0, A_DAY) as u32)
    }
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}
