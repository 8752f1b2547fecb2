//! Topics: wanted for as long as somebody wants them, asked for on every link.

use super::Machine;
use super::line::Question;
use super::words::{Moment, Report, TopicEvent};
use crate::core::connection::watch::{Hold, Place, Watch};
use crate::core::model::SubscriptionId;
use crate::core::rpc::{PushEvent, Refusal, Reply, Request, Subscribed, Topic};
use crate::core::time::Timestamp;

impl Machine {
    /// What belonged to a visitor the server does not know any more must not be asked for again.
    pub(super) fn forget_sessions(&mut self) {
        self.watches.retain(|topic, _| topic.session().is_none());
    }

    pub(super) fn subscribed(
        &mut self,
        topic: Topic,
        outcome: Result<Reply, Box<Refusal>>,
        now: Timestamp,
    ) {
        let subscribed = match outcome {
            Ok(Reply::Subscribed(subscribed)) => subscribed,
            Ok(_) => return,
            Err(refusal) => return self.refused_topic(topic, refusal, now),
        };
        let (Subscribed::State { subscription, .. } | Subscribed::Log { subscription, .. }) =
            &subscribed;
        let subscription = subscription.clone();
        let Some(watch) = self.watches.get_mut(&topic) else {
            // Nobody wants it any more; the server does not know yet.
            return self.ask(&Request::Unsubscribe { subscription }, Question::Nothing);
        };
        watch.hold = Hold::Live(subscription);
        match subscribed {
            Subscribed::State { value: Some(value), .. } => {
                self.report(Report::Topic(topic, TopicEvent::State(value)));
            }
            Subscribed::State { value: None, .. } => {}
            Subscribed::Log { page, .. } => {
                let applied = watch.page(page);
                if applied.again {
                    watch.hold = Hold::Wanted;
                }
                if applied.reset || !applied.events.is_empty() {
                    let (events, reset) = (applied.events, applied.reset);
                    self.report(Report::Topic(topic, TopicEvent::Log { events, reset }));
                }
            }
        }
    }

    pub(super) fn refused_topic(&mut self, topic: Topic, refusal: Box<Refusal>, now: Timestamp) {
        match (refusal.retry_after(), self.watches.get_mut(&topic)) {
            (_, None) => {}
            (Some(after), Some(watch)) => watch.hold = Hold::Later(now + after),
            (None, Some(_)) => {
                self.watches.remove(&topic);
                self.report(Report::Topic(topic, TopicEvent::Failed(refusal)));
            }
        }
    }

    pub(super) fn push(&mut self, subscription: &SubscriptionId, event: PushEvent, moment: Moment) {
        let live = |watch: &Watch| matches!(&watch.hold, Hold::Live(id) if id == subscription);
        let found = self.watches.iter_mut().find(|(_, watch)| live(watch));
        let Some((topic, watch)) = found else { return };
        let topic = topic.clone();
        let event = match event {
            PushEvent::State { value, .. } => TopicEvent::State(value),
            PushEvent::Ephemeral(event) => TopicEvent::Ephemeral(event),
            PushEvent::Failed(refusal) => return self.refused_topic(topic, refusal, moment.now),
            PushEvent::Log(event) => match watch.place(&event) {
                Place::Next => TopicEvent::Log { events: vec![*event], reset: false },
                Place::Known => return,
                Place::Beyond => {
                    // Something is missing: ask for all after the cursor, on a new subscription.
                    watch.hold = Hold::Wanted;
                    let subscription = subscription.clone();
                    return self.ask(&Request::Unsubscribe { subscription }, Question::Nothing);
                }
            },
        };
        self.report(Report::Topic(topic, event));
    }

    pub(super) fn unwatch(&mut self, topic: &Topic) {
        if let Some(Watch { hold: Hold::Live(subscription), .. }) = self.watches.remove(topic) {
            self.ask(&Request::Unsubscribe { subscription }, Question::Nothing);
        }
    }

    pub(super) fn ask_topics(&mut self, now: Timestamp) {
        if self.line().is_none() {
            return;
        }
        let due = |watch: &Watch| match watch.hold {
            Hold::Wanted => true,
            Hold::Later(until) => now >= until,
            Hold::Asked | Hold::Live(_) => false,
        };
        let wanted: Vec<_> = self
            .watches
            .iter_mut()
            .filter(|(_, watch)| due(watch))
            .map(|(topic, watch)| {
                watch.hold = Hold::Asked;
                (topic.clone(), watch.cursor())
            })
            .collect();
        for (topic, since) in wanted {
            let request = Request::Subscribe { topic: topic.clone(), since };
            self.ask(&request, Question::Topic(topic));
        }
    }
}
