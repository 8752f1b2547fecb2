//! Following a topic, and telling those who do.

use super::link::{LinkId, Party};
use super::state::Session;
use super::topic::Topic;
use super::views::{Side, chat_event, typing_event};
use super::{Engine, Entry};
use crate::wire::call::{Cursor, Subscribe, Unsubscribe};
use crate::wire::fault::Fault;
use crate::wire::frame::{self, raw};
use crate::wire::hello::{LogAnswer, StateAnswer};
use crate::wire::id::{OperatorId, SessionId, VisitorId};
use crate::wire::model::{Direction, MessageStatus};
use serde_json::value::RawValue;

impl Engine {
    pub(super) fn visitor_subscribe(
        &mut self,
        link: LinkId,
        visitor: &VisitorId,
        call: &Subscribe,
    ) -> Result<Box<RawValue>, Fault> {
        let topic = Topic::for_visitor(&call.topic, visitor)?;
        if let Some(id) = topic.session() {
            if self.trials.contains_key(id) {
                self.own_trial(link, id)?;
            } else if topic.is_signals() {
                self.own_call(visitor, id)?;
            } else {
                self.own_chat(visitor, id)?;
            }
        }
        self.subscribe(link, &topic, call.since.as_ref())
    }

    pub(super) fn operator_subscribe(
        &mut self,
        link: LinkId,
        operator: &OperatorId,
        call: &Subscribe,
    ) -> Result<Box<RawValue>, Fault> {
        let topic = Topic::for_operator(&call.topic, operator)?;
        if let Some(id) = topic.session() {
            if topic.is_signals() {
                self.visible_call(operator, id)?;
            } else {
                self.visible_session(operator, id)?;
            }
        }
        self.subscribe(link, &topic, call.since.as_ref())
    }

    pub(super) fn unsubscribe(&mut self, id: LinkId, call: &Unsubscribe) -> Box<RawValue> {
        let number = call.subscription.strip_prefix('b').and_then(|number| number.parse().ok());
        if let Some(number) = number
            && let Some(topic) =
                self.links.get_mut(&id).and_then(|link| link.subscriptions.remove(&number))
        {
            self.detach(&topic, id, number);
        }
        raw(&true)
    }

    /// Attaches the connection, or answers a page of a log and leaves the rest to be asked for.
    fn subscribe(
        &mut self,
        id: LinkId,
        topic: &Topic,
        since: Option<&Cursor>,
    ) -> Result<Box<RawValue>, Fault> {
        // Whoever follows it already hears of a new value before its revision is given to somebody else.
        self.publish_topic(topic);
        let most = self.rules.limits.subscriptions;
        let link =
            self.links.get_mut(&id).ok_or_else(|| Fault::internal("the connection is gone"))?;
        let former = link
            .subscriptions
            .iter()
            .find_map(|(number, followed)| (followed == topic).then_some(*number));
        if let Some(number) = former {
            link.subscriptions.remove(&number);
            self.topics.detach(topic, id, number);
        }
        if link.subscriptions.len() >= most {
            return Err(Fault::subscriptions(format!("{most} subscriptions are open")));
        }
        let number = link.follow(topic.clone());
        if topic.is_signals() {
            self.take_over(topic, id);
        }
        let name = subscription_name(number);
        if let Some(trial) = topic.session().and_then(|id| self.trials.get(id)) {
            let answer = self.signal_page(name, &trial.log, since);
            self.topics.attach(topic, id, number);
            return Ok(raw(&answer));
        }
        let session = topic
            .session()
            .and_then(|session| Some((session.clone(), self.sessions.get(session)?)));
        if let (Some(side), Some((session_id, session))) = (log_side(topic), session) {
            let answer = if topic.is_signals() {
                self.signal_page(name, session.signals.log(side), since)
            } else {
                self.page(name, &session_id, session, side, since)
            };
            if answer.more {
                if let Some(link) = self.links.get_mut(&id) {
                    link.subscriptions.remove(&number);
                }
            } else {
                self.topics.attach(topic, id, number);
            }
            return Ok(raw(&answer));
        }
        let value = self.value(topic).ok_or_else(|| Fault::session_not_found("no such session"))?;
        let (rev, _) = self.topics.note(topic, &value);
        self.topics.attach(topic, id, number);
        let value = match topic {
            Topic::Call(visitor, channel) => self.call_answer(visitor, *channel),
            Topic::Channels
            | Topic::Service(..)
            | Topic::Desk(_)
            | Topic::Queue(_)
            | Topic::Operators
            | Topic::Session(_)
            | Topic::Chat(_)
            | Topic::Receipts(_)
            | Topic::Contact(_)
            | Topic::Transcript(_)
            | Topic::Watermarks(_)
            | Topic::Visits(_)
            | Topic::ToVisitor(_)
            | Topic::ToOperator(_) => value,
        };
        Ok(raw(&StateAnswer { subscription: &name, rev, result: &value }))
    }

    /// Nobody may make us remember names of his own invention; what is ours stays, so that its revisions grow.
    pub(super) fn detach(&mut self, topic: &Topic, id: LinkId, number: u32) {
        self.topics.detach(topic, id, number);
        if let Topic::Service(code, _) = topic
            && !self.topics.is_followed(topic)
            && self.rules.service(code).is_none()
        {
            self.topics.forget(topic);
        }
    }

    fn page(
        &self,
        subscription: String,
        id: &SessionId,
        session: &Session,
        side: Side,
        since: Option<&Cursor>,
    ) -> LogAnswer<Box<RawValue>> {
        let length = session.log.len();
        let known = since.map(|cursor| {
            let seq = usize::try_from(cursor.seq).unwrap_or(usize::MAX);
            (cursor.epoch == self.epoch && seq <= length).then_some(seq)
        });
        let (from, recovered) = match known {
            None => (0, true),
            Some(Some(seq)) => (seq, true),
            Some(None) => (0, false),
        };
        let mut result: Vec<Box<RawValue>> = Vec::new();
        let mut bytes = 0;
        for (index, entry) in session.log.iter().enumerate().skip(from).take(self.rules.limits.page)
        {
            let event = raw(&chat_event(id, index as u64 + 1, entry, side, self.speaker_of(entry)));
            bytes += event.get().len() + 1;
            if bytes > self.rules.limits.page_bytes && !result.is_empty() {
                break;
            }
            result.push(event);
        }
        LogAnswer {
            subscription,
            epoch: self.epoch.clone(),
            recovered,
            more: from + result.len() < length,
            result,
        }
    }

    pub(super) fn publish(&mut self) {
        while let Some(topic) = self.topics.next_dirty() {
            self.publish_topic(&topic);
        }
    }

    /// Tells the followers of a state topic, if its value is a new one.
    pub(super) fn publish_topic(&mut self, topic: &Topic) {
        if !self.topics.is_followed(topic) || log_side(topic).is_some() {
            return;
        }
        let Some(value) = self.value(topic) else { return };
        let (rev, is_new) = self.topics.note(topic, &value);
        if is_new {
            for (link, number) in self.topics.followers(topic) {
                self.send(link, frame::state_event(&subscription_name(number), rev, &value));
            }
        }
    }

    /// Tells both sides of a new entry of a log.
    pub(super) fn publish_entry(&mut self, id: &SessionId, seq: u64, entry: &Entry) {
        for (topic, side) in [
            (Topic::Chat(id.clone()), Side::Visitor),
            (Topic::Transcript(id.clone()), Side::Operator),
        ] {
            let followers = self.topics.followers(&topic);
            if followers.is_empty() {
                continue;
            }
            let event = raw(&chat_event(id, seq, entry, side, self.speaker_of(entry)));
            for (link, number) in followers {
                self.send(link, frame::log_event(&subscription_name(number), &event));
            }
        }
    }

    /// Tells the other side that somebody writes.
    pub(super) fn publish_typing(
        &mut self,
        id: &SessionId,
        status: MessageStatus,
        direction: Direction,
    ) {
        let topic = match direction {
            Direction::Inbound => Topic::Chat(id.clone()),
            Direction::Outbound => Topic::Transcript(id.clone()),
        };
        let event = raw(&typing_event(id, status, direction));
        for (link, number) in self.topics.followers(&topic) {
            self.send(link, frame::log_event(&subscription_name(number), &event));
        }
    }

    /// Ends what operators follow of a session that they may not see any more.
    pub(super) fn revoke(&mut self, id: &SessionId) {
        for topic in [
            Topic::Contact(id.clone()),
            Topic::Transcript(id.clone()),
            Topic::Watermarks(id.clone()),
            Topic::Visits(id.clone()),
            Topic::ToOperator(id.clone()),
        ] {
            for (link, number) in self.topics.followers(&topic) {
                let may = match self.links.get(&link).and_then(|link| link.party.as_ref()) {
                    Some(Party::Operator(operator)) => self.may_see(operator, id),
                    Some(Party::Visitor(_)) | None => false,
                };
                if !may {
                    self.end_subscription(&topic, link, number, &not_yours());
                }
            }
        }
    }

    /// Ends every subscription to a session that is forgotten.
    pub(super) fn forget_topics(&mut self, id: &SessionId) {
        for topic in Topic::all_of(id) {
            for (link, number) in self.topics.followers(&topic) {
                self.end_subscription(&topic, link, number, &not_yours());
            }
            self.topics.forget(&topic);
        }
    }

    pub(super) fn end_subscription(
        &mut self,
        topic: &Topic,
        id: LinkId,
        number: u32,
        fault: &Fault,
    ) {
        self.send(id, frame::error_event(&subscription_name(number), fault));
        self.topics.detach(topic, id, number);
        if let Some(link) = self.links.get_mut(&id) {
            link.subscriptions.remove(&number);
        }
    }
}

/// From which side a log is read; nothing for a state.
fn log_side(topic: &Topic) -> Option<Side> {
    if let Topic::Chat(_) | Topic::ToVisitor(_) = topic {
        Some(Side::Visitor)
    } else if let Topic::Transcript(_) | Topic::ToOperator(_) = topic {
        Some(Side::Operator)
    } else {
        None
    }
}

fn not_yours() -> Fault {
    Fault::session_not_found("this session is not yours to see")
}

pub(super) fn subscription_name(number: u32) -> String {
    format!("b{number}")
}
