//! Who is there, who is gone, and who is gone for good.

use super::link::{LinkId, Party};
use super::timers::Timer;
use super::topic::Topic;
use super::{Close, Engine, OperatorRow, Record, VisitorRow};
use crate::wire::call::Bye;
use crate::wire::frame::raw;
use crate::wire::id::{OperatorId, SessionId, VisitorId};
use serde_json::value::RawValue;

impl Engine {
    pub(super) fn visitor_bye(&mut self, link: LinkId, id: &VisitorId, bye: Bye) -> Box<RawValue> {
        if bye.forget {
            let links: Vec<LinkId> = self
                .visitors
                .get(id)
                .map(|visitor| visitor.links.iter().copied().collect())
                .unwrap_or_default();
            for link in links {
                self.close(link, Close::bye());
            }
            self.forget_visitor(id);
        }
        self.close(link, Close::bye());
        raw(&true)
    }

    pub(super) fn operator_bye(
        &mut self,
        link: LinkId,
        id: &OperatorId,
        bye: Bye,
    ) -> Box<RawValue> {
        if bye.forget {
            let links: Vec<LinkId> = self
                .operators
                .get(id)
                .map(|operator| operator.links.iter().copied().collect())
                .unwrap_or_default();
            for link in links {
                self.close(link, Close::bye());
            }
            self.forget_operator(id);
        }
        self.close(link, Close::bye());
        raw(&true)
    }

    /// A connection is gone, whoever ended it.
    pub(super) fn unlink(&mut self, id: LinkId) {
        let Some(link) = self.links.remove(&id) else { return };
        self.timers.disarm(&Timer::Link(id));
        for (number, topic) in link.subscriptions {
            self.detach(&topic, id, number);
        }
        self.end_trials_of(id);
        let now = self.now;
        match link.party {
            None => {}
            Some(Party::Visitor(id_of)) => {
                let Some(visitor) = self.visitors.get_mut(&id_of) else { return };
                visitor.links.remove(&id);
                if visitor.links.is_empty() {
                    visitor.seen = now;
                    self.timers
                        .arm(Timer::Visitor(id_of.clone()), now.after(self.rules.visitors.resume));
                    self.store_visitor(&id_of);
                    self.presence_changed(&id_of);
                    self.arm_calls(&id_of);
                }
            }
            Some(Party::Operator(id_of)) => {
                let Some(operator) = self.operators.get_mut(&id_of) else { return };
                operator.links.remove(&id);
                if operator.links.is_empty() {
                    operator.seen = now;
                    self.timers
                        .arm(Timer::Operator(id_of.clone()), now.after(self.rules.operators.grace));
                    self.store_operator(&id_of);
                    self.withdraw_offers(&id_of);
                    self.stirred = true;
                }
            }
        }
    }

    /// A visitor's token lives as long as he is not gone for too long, and his sessions with it.
    pub(super) fn look_at_visitor(&mut self, id: &VisitorId) {
        let Some(visitor) = self.visitors.get(id) else { return };
        if !visitor.links.is_empty() {
            return;
        }
        let end = visitor.seen.after(self.rules.visitors.resume);
        if end <= self.now {
            self.forget_visitor(id);
        } else {
            self.timers.arm(Timer::Visitor(id.clone()), end);
        }
    }

    /// Contacts wait for a lost operator for the grace time, his token lives longer.
    pub(super) fn look_at_operator(&mut self, id: &OperatorId) {
        let rules = &self.rules.operators;
        let Some(operator) = self.operators.get_mut(id) else { return };
        if !operator.links.is_empty() {
            return;
        }
        let end = operator.seen.after(rules.resume);
        if operator.present && operator.seen.after(rules.grace) <= self.now {
            operator.present = false;
            self.store_operator(id);
            self.release_contacts(id);
            self.stirred = true;
            self.timers.arm(Timer::Operator(id.clone()), end);
        } else if operator.present {
            let wait = operator.seen.after(rules.grace);
            self.timers.arm(Timer::Operator(id.clone()), wait);
        } else if end <= self.now {
            self.forget_operator(id);
        } else {
            self.timers.arm(Timer::Operator(id.clone()), end);
        }
    }

    fn forget_visitor(&mut self, id: &VisitorId) {
        let sessions: Vec<SessionId> = self
            .visitors
            .get(id)
            .map(|visitor| visitor.sessions.iter().cloned().collect())
            .unwrap_or_default();
        for session in &sessions {
            self.close_session(session);
        }
        // The operator hears of the end before the session is forgotten.
        self.publish();
        for session in &sessions {
            self.retire_session(session);
        }
        if let Some(visitor) = self.visitors.remove(id) {
            self.visitor_tokens.remove(&visitor.token);
        }
        self.timers.disarm(&Timer::Visitor(id.clone()));
        self.forget_calls(id);
        self.store(Record::VisitorGone(id.clone()));
    }

    fn forget_operator(&mut self, id: &OperatorId) {
        self.release_contacts(id);
        if let Some(operator) = self.operators.remove(id)
            && let Some(token) = operator.token
        {
            self.operator_tokens.remove(&token);
        }
        self.timers.disarm(&Timer::Operator(id.clone()));
        self.topics.forget(&Topic::Desk(id.clone()));
        self.topics.forget(&Topic::Queue(id.clone()));
        self.store(Record::OperatorGone(id.clone()));
        self.stirred = true;
    }

    /// Operators see whether the other side is there; the queue moves past who is not.
    pub(super) fn presence_changed(&mut self, id: &VisitorId) {
        let Some(visitor) = self.visitors.get(id) else { return };
        if visitor.sessions.is_empty() {
            return;
        }
        if visitor.links.is_empty() {
            self.timers.arm(Timer::Lists, self.now.after(self.rules.visitors.absence));
        }
        for session in &visitor.sessions {
            self.topics.mark(Topic::Contact(session.clone()));
        }
        self.stirred = true;
    }

    pub(super) fn store_visitor(&mut self, id: &VisitorId) {
        if let Some(visitor) = self.visitors.get(id) {
            let row = VisitorRow {
                id: id.clone(),
                token: visitor.token,
                origin: visitor.origin.clone(),
                locale: visitor.locale.clone(),
                customer: visitor.customer.clone(),
                seen: visitor.seen,
                online: !visitor.links.is_empty(),
            };
            self.store(Record::Visitor(row));
        }
    }

    pub(super) fn store_operator(&mut self, id: &OperatorId) {
        if let Some(operator) = self.operators.get(id) {
            let row = OperatorRow {
                id: id.clone(),
                token: operator.token,
                name: operator.name.clone(),
                services: operator.services.clone(),
                status: operator.status,
                automatic: operator.automatic,
                present: operator.present,
                seen: operator.seen,
            };
            self.store(Record::Operator(row));
        }
    }
}
