//! Topics: wanted for as long as somebody wants them, asked for on every link.

use super::Machine;
use super::words::{Effect, Moment, Report};
use crate::core::connection::watch::{Hold, Place, Watch};
use crate::core::error::Error;
use crate::core::model::SubscriptionId;
use crate::core::rpc::{Cursor, Push, Reply, Request, Subscribed, Topic, TopicEvent};
use crate::core::time::Timestamp;

impl Machine {
    /// What belonged to a visitor the server does not know any more must not be asked for again.
    pub(super) fn forget_sessions(&mut self) {
        self.watches.retain(|topic, _| !topic.is_of_session());
    }

    /// How far a log has been read.
    pub(crate) fn cursor(&self, topic: &Topic) -> Option<Cursor> {
        self.watches.get(topic)?.cursor()
    }

    /// The topic that was asked for under this number, on the present link.
    pub(super) fn asked_topic(&self, id: u64) -> Option<Topic> {
        let asked = |watch: &Watch| matches!(watch.hold, Hold::Asked(asked) if asked == id);
        let found = self.watches.iter().find(|(_, watch)| asked(watch));
        found.map(|(topic, _)| topic.clone())
    }

    #[inline(never)]
    pub(super) fn subscribed(
        &mut self,
        topic: Topic,
        outcome: Result<Reply, Error>,
        now: Timestamp,
    ) {
        let subscribed = match outcome.and_then(|reply| reply.subscribed(&topic)) {
            Ok(subscribed) => subscribed,
            Err(error) => return self.refused_topic(topic, error, now),
        };
        let Some(watch) = self.watches.get_mut(&topic) else { return };
        match subscribed {
            Subscribed::State { subscription, rev, value } => {
                watch.hold = Hold::Live(subscription);
                if let Some(value) = value {
                    self.report(Report::Topic(topic, TopicEvent::State { rev, value }));
                }
            }
            Subscribed::Log { subscription, page } => {
                let applied = watch.page(page);
                watch.hold = if applied.again { Hold::Wanted } else { Hold::Live(subscription) };
                if applied.reset || !applied.events.is_empty() {
                    let (events, reset) = (applied.events, applied.reset);
                    self.report(Report::Topic(topic, TopicEvent::Log { events, reset }));
                }
            }
        }
    }

    fn refused_topic(&mut self, topic: Topic, error: Error, now: Timestamp) {
        let Some(watch) = self.watches.get_mut(&topic) else { return };
        if let Some(after) = error.retry_after() {
            watch.hold = Hold::Later(now + after);
        } else {
            self.watches.remove(&topic);
            self.report(Report::Topic(topic, TopicEvent::Failed(error)));
        }
    }

    #[inline(never)]
    pub(super) fn push(&mut self, subscription: &SubscriptionId, push: Push, moment: Moment) {
        let live = |watch: &Watch| matches!(&watch.hold, Hold::Live(id) if id == subscription);
        let found = self.watches.iter_mut().find(|(_, watch)| live(watch));
        // A late word about a subscription that has ended.
        let Some((topic, watch)) = found else { return };
        let topic = topic.clone();
        match push.event(&topic) {
            Err(error) => self.report(Report::Malformed(error)),
            Ok(TopicEvent::Failed(error)) => self.refused_topic(topic, error, moment.now),
            Ok(event) => match watch.follow(&event) {
                Place::Next => self.report(Report::Topic(topic, event)),
                Place::Known => {}
                Place::Beyond => {
                    // Something is missing: ask for all after the cursor, on a new subscription.
                    watch.hold = Hold::Wanted;
                    self.ask(&Request::unsubscribe(subscription));
                }
            },
        }
    }

    pub(super) fn unwatch(&mut self, topic: &Topic) {
        match self.watches.remove(topic).map(|watch| watch.hold) {
            Some(Hold::Live(subscription)) => {
                self.ask(&Request::unsubscribe(&subscription));
            }
            // The server does not know yet: it is told when its answer names the subscription.
            Some(Hold::Asked(id)) => {
                if let Some(line) = self.state.line_mut() {
                    line.unwanted.push(id);
                }
            }
            Some(Hold::Wanted | Hold::Later(_)) | None => {}
        }
    }

    /// Whether the answer was to a subscription that is not wanted any more; ends it, then.
    pub(super) fn is_unwanted(&mut self, id: u64, outcome: &Result<Reply, Error>) -> bool {
        let Some(line) = self.state.line_mut() else { return false };
        let Some(at) = line.unwanted.iter().position(|unwanted| *unwanted == id) else {
            return false;
        };
        line.unwanted.remove(at);
        if let Ok(reply) = outcome
            && let Ok(subscription) = reply.subscription()
        {
            self.ask(&Request::unsubscribe(&subscription));
        }
        true
    }

    #[inline(never)]
    pub(super) fn ask_topics(&mut self, now: Timestamp) {
        let Self { state, watches, out, .. } = self;
        let Some(line) = state.line_mut() else { return };
        for (topic, watch) in watches.iter_mut() {
            let due = match watch.hold {
                Hold::Wanted => true,
                Hold::Later(until) => now >= until,
                Hold::Asked(_) | Hold::Live(_) => false,
            };
            if due {
                let request = Request::subscribe(topic, watch.cursor().as_ref());
                let (id, text) = line.codec.encode(&request);
                watch.hold = id.map_or(Hold::Wanted, Hold::Asked);
                out.push(Effect::Send(line.link, text));
            }
        }
    }
}
