//! How a link ends, and what follows.

use super::line::Line;
use super::words::{Effect, Moment};
use super::{LEAST_BETWEEN_DIALS, Machine, State};
use crate::core::connection::retry::{Asked, Retry, delay};
use crate::core::connection::state::Phase;
use crate::core::error::Error;
use crate::core::model::VisitorToken;
use crate::core::mutant::{self, Mutant};
use crate::core::rpc::Request;

impl Machine {
    /// The link is gone, or never came to be: back to waiting, with everything that was wanted.
    pub(super) fn lost(&mut self, error: Error, asked: Asked, moment: Moment) {
        let (now, chance) = (moment.now, moment.chance());
        let since = match &self.state {
            State::Online { since, .. } => Some(*since),
            State::Idle | State::Dialing { .. } | State::Waiting { .. } | State::Stopped => None,
        };
        self.hang_up();
        if since.is_some_and(|since| now.since(since) >= self.settings.retry.stable) {
            self.failures = 0;
        }
        let retry = Retry { failures: self.failures, had_link: since.is_some(), asked, chance };
        let Some(wait) = delay(&self.settings.retry, retry) else {
            return self.stop(error);
        };
        self.failures = self.failures.saturating_add(1);
        let soonest = self.dialled.map_or(now, |dialled| dialled + LEAST_BETWEEN_DIALS);
        let until = Some((now + wait).max(soonest)).filter(|_| !self.is_paused());
        self.state = State::Waiting { until };
        self.tell(Phase::Waiting, until.map(|until| until.since(now)), Some(error));
    }

    /// Another page has met the visitor before: whoever we are to the server, we come back as that.
    pub(super) fn resume(&mut self, token: VisitorToken, moment: Moment) {
        if self.settings.token.as_ref() == Some(&token) {
            return;
        }
        self.settings.token = Some(token);
        if let State::Dialing { link, .. } | State::Online { line: Line { link, .. }, .. } =
            &self.state
        {
            self.out.push(Effect::Close(*link, 1000));
            self.lost(Error::ConnectionLost, Asked::Now, moment);
        }
    }

    /// No attempt will follow by itself.
    pub(super) fn stop(&mut self, error: Error) {
        if let State::Dialing { link, .. } | State::Online { line: Line { link, .. }, .. } =
            &self.state
        {
            self.out.push(Effect::Close(*link, 1000));
        }
        self.hang_up();
        self.state = State::Stopped;
        self.fail_calls(&Error::NotConnected);
        self.tell(Phase::Stopped, None, Some(error));
    }

    #[inline(never)]
    pub(super) fn disconnect(&mut self, forget: bool) {
        self.say(&Request::bye(forget));
        if let State::Dialing { link, .. } | State::Online { line: Line { link, .. }, .. } =
            &self.state
        {
            self.out.push(Effect::Close(*link, 1000));
        }
        self.hang_up();
        self.state = State::Idle;
        self.watches.clear();
        self.pledged = None;
        if forget {
            self.settings.token = None;
        }
        self.fail_calls(&Error::Cancelled);
        self.tell(Phase::Stopped, None, None);
    }

    /// Takes back what was asked on the link that is gone.
    pub(super) fn hang_up(&mut self) {
        self.state = State::Idle;
        for watch in self.watches.values_mut() {
            watch.disconnected();
        }
        // Answers that got lost: the keys make it safe to ask again, first and in order.
        for call in &mut self.calls {
            call.asked.take_if(|_| !mutant::is_made(Mutant::StaleIds));
        }
    }
}
