//! Who is rung for whom, and who stands where in the queue.

use super::state::{Operator, Session, Stage};
use super::timers::Timer;
use super::topic::Topic;
use super::{Engine, Timestamp};
use crate::wire::desk::OperatorStatus;
use crate::wire::id::{OperatorId, SessionId};

impl Engine {
    /// Whether anybody would answer.
    pub(super) fn is_staffed(&self, service: &str) -> bool {
        self.operators.values().any(|operator| is_available(operator) && operator.joined(service))
    }

    /// Rings: first come, first served, over all services. One contact rings with an operator at a time.
    pub(super) fn route(&mut self) {
        let mut waiting: Vec<(i64, SessionId)> = self.queues.values().flatten().cloned().collect();
        waiting.sort();
        let mut look_again = None;
        for (_, id) in waiting {
            let Some(session) = self.sessions.get(&id) else { continue };
            if session.progress.stage != Stage::Waiting || !self.is_there(session) {
                continue;
            }
            let patience = self.rules.operators.automatic;
            let (person_available, lost_by) = self.persons_for(&session.service);
            let automatic_from = session.progress.queued.after(patience);
            if !person_available && automatic_from > self.now {
                look_again = earliest(look_again, automatic_from);
                continue;
            }
            if let Some(lost_by) = lost_by {
                look_again = earliest(look_again, lost_by);
            }
            let candidate = self
                .operators
                .iter()
                .filter(|(id, operator)| {
                    operator.automatic != person_available && self.can_ring(id, operator, session)
                })
                .min_by_key(|(id, operator)| {
                    (operator.contacts.len(), operator.rung, (*id).clone())
                })
                .map(|(id, _)| id.clone());
            match candidate {
                Some(operator) => self.offer(&id, operator),
                None => {
                    let refused =
                        session.refused.values().copied().filter(|until| *until > self.now).min();
                    look_again = refused.map_or(look_again, |until| earliest(look_again, until));
                }
            }
        }
        if let Some(at) = look_again {
            self.timers.arm(Timer::Lists, at);
        }
    }

    /// Counts places. Who rings, hears the welcome, or has gone away has none and takes none.
    pub(super) fn number_queues(&mut self) {
        let mut places = Vec::new();
        for (service, queue) in &self.queues {
            let mut last = 0;
            for (_, id) in queue {
                let Some(session) = self.sessions.get(id) else { continue };
                let counts = session.progress.stage == Stage::Waiting && self.is_there(session);
                last += u32::from(counts);
                let position = counts.then_some(last);
                if position != session.position {
                    let wait = position
                        .and_then(|place| self.expected_wait(service, session.channel, place));
                    places.push((id.clone(), position, wait));
                }
            }
        }
        for (id, position, wait) in places {
            if let Some(session) = self.sessions.get_mut(&id) {
                session.position = position;
                session.expected_wait = wait;
                self.mark_session(&id);
            }
        }
    }

    /// The operator neither accepts nor is there any more.
    pub(super) fn let_go(&mut self, id: &SessionId, operator: &OperatorId) {
        if self.give_back(id, operator) {
            return;
        }
        let until = self.now.after(self.rules.operators.again);
        if let Some(session) = self.sessions.get_mut(id) {
            session.refused.retain(|_, until| *until > self.now);
            session.refused.insert(operator.clone(), until);
            // He keeps his place, and how long he has waited.
            session.progress.stage = Stage::Waiting;
            session.progress.step += 1;
        }
        self.drop_contact(operator, id);
        self.session_stepped(id);
    }

    /// What rings with somebody who went away, rings with the next.
    pub(super) fn withdraw_offers(&mut self, operator: &OperatorId) {
        for id in self.contacts_of(operator) {
            if self.rings_with(&id, operator) {
                self.let_go(&id, operator);
            }
        }
        self.withdraw_invitations(operator);
    }

    /// All that an operator had goes back to the head of its queue, in the order in which it came.
    pub(super) fn release_contacts(&mut self, operator: &OperatorId) {
        self.withdraw_invitations(operator);
        let mut contacts = self.contacts_of(operator);
        contacts.sort_by_key(|id| {
            std::cmp::Reverse(self.sessions.get(id).map(|session| session.created))
        });
        for id in contacts {
            if self.rings_with(&id, operator) && self.give_back(&id, operator) {
                continue;
            }
            self.drop_contact(operator, &id);
            // What he passed on goes on ringing with the colleague.
            if self.sessions.get(&id).is_none_or(|session| session.is_passed_on_by(operator)) {
                continue;
            }
            self.wait_first(&id);
            // Whoever is next has another browser: media begins anew.
            self.forget_signals(&id);
            self.session_stepped(&id);
            self.revoke(&id);
        }
    }

    /// Waits again, before all others of its service.
    pub(super) fn wait_first(&mut self, id: &SessionId) {
        let Some(session) = self.sessions.get_mut(id) else { return };
        let queue = self.queues.entry(session.service.clone()).or_default();
        queue.remove(&(session.progress.order, id.clone()));
        let head = queue.first().map_or(session.progress.order, |(order, _)| *order - 1);
        session.progress.order = head.min(session.progress.order);
        session.progress.requeue(self.now);
        queue.insert((session.progress.order, id.clone()));
    }

    fn rings_with(&self, id: &SessionId, operator: &OperatorId) -> bool {
        matches!(
            self.sessions.get(id).map(|session| &session.progress.stage),
            Some(Stage::Offered { operator: rung, .. }) if rung == operator
        )
    }

    /// An operator accepts.
    pub(super) fn connect(&mut self, id: &SessionId, operator: &OperatorId) {
        let now = self.now;
        self.settle_transfer(id);
        let Some(session) = self.sessions.get_mut(id) else { return };
        if let Some(queue) = self.queues.get_mut(&session.service) {
            queue.remove(&(session.progress.order, id.clone()));
        }
        session.progress.stage =
            Stage::Connected { operator: operator.clone(), remark: super::state::Remark::None };
        session.progress.step += 1;
        session.progress.handled.insert(operator.clone());
        // Who takes back what he passed on has passed on nothing.
        session.progress.transfer.take_if(|transfer| transfer.from == *operator);
        session.progress.answered = Some(now);
        if let Some(call) = &mut session.progress.call {
            call.held = false;
        }
        session.position = None;
        session.expected_wait = None;
        session.active = now;
        session.refused.clear();
        if let Some(operator) = self.operators.get_mut(operator) {
            operator.contacts.insert(id.clone());
        }
        self.session_stepped(id);
        self.revoke(id);
    }

    pub(super) fn contacts_of(&self, operator: &OperatorId) -> Vec<SessionId> {
        self.operators
            .get(operator)
            .map(|operator| operator.contacts.iter().cloned().collect())
            .unwrap_or_default()
    }

    pub(super) fn drop_contact(&mut self, operator: &OperatorId, id: &SessionId) {
        if let Some(operator) = self.operators.get_mut(operator) {
            operator.contacts.remove(id);
        }
    }

    /// A session's step is another one: write it down, tell, look for what is next.
    pub(super) fn session_stepped(&mut self, id: &SessionId) {
        if let Some(call) = self.sessions.get_mut(id).and_then(|it| it.progress.call.as_mut()) {
            call.since = self.now;
        }
        self.changed.insert(id.clone());
        self.mark_session(id);
        self.arm_session(id);
        self.stirred = true;
    }

    pub(super) fn mark_session(&mut self, id: &SessionId) {
        self.topics.mark(Topic::Session(id.clone()));
        self.topics.mark(Topic::Contact(id.clone()));
        if let Some(session) = self.sessions.get(id).filter(|session| session.channel.is_call()) {
            self.topics.mark(Topic::Call(session.visitor.clone(), session.channel));
        }
    }

    pub(super) fn offer(&mut self, id: &SessionId, operator: OperatorId) {
        let until = self.now.after(self.rules.operators.offer);
        if let Some(rung) = self.operators.get_mut(&operator) {
            rung.contacts.insert(id.clone());
            rung.rung = self.now;
        }
        if let Some(session) = self.sessions.get_mut(id) {
            session.progress.stage = Stage::Offered { operator, until };
            session.progress.step += 1;
        }
        self.session_stepped(id);
    }

    fn can_ring(&self, id: &OperatorId, operator: &Operator, session: &Session) -> bool {
        let rings = || operator.contacts.iter().any(|contact| self.rings_with(contact, id));
        let takes_more = operator.automatic
            || (!(session.channel.is_call() && self.is_on_a_call(operator))
                && operator.contacts.len() < self.rules.operators.contacts
                && !rings());
        is_available(operator)
            && !operator.links.is_empty()
            && operator.joined(&session.service)
            && takes_more
            && session.refused.get(id).is_none_or(|until| *until <= self.now)
    }

    /// Whether there are persons for a service, and when that is to be looked at anew. Who was lost counts for
    /// as long as a contact waits for a person anyway: his own contacts have the grace time, others do not wait
    /// for somebody whose browser may be closed.
    fn persons_for(&self, service: &str) -> (bool, Option<Timestamp>) {
        let mut lost_by: Option<Timestamp> = None;
        for operator in self.operators.values() {
            if !operator.joined(service) || !self.is_at_hand(operator) {
                continue;
            }
            if !operator.links.is_empty() {
                return (true, None);
            }
            lost_by = lost_by.max(Some(self.lost_by(operator)));
        }
        (lost_by.is_some(), lost_by)
    }

    /// A person who takes contacts, and is here or was a moment ago.
    pub(super) fn is_at_hand(&self, operator: &Operator) -> bool {
        !operator.automatic
            && is_available(operator)
            && (!operator.links.is_empty() || self.lost_by(operator) > self.now)
    }

    fn lost_by(&self, operator: &Operator) -> Timestamp {
        operator.seen.after(self.rules.operators.automatic)
    }

    /// Connected, or gone only just now.
    fn is_there(&self, session: &Session) -> bool {
        self.visitors.get(&session.visitor).is_some_and(|visitor| {
            !visitor.links.is_empty() || self.now.since(visitor.seen) < self.rules.visitors.absence
        })
    }
}

/// A person within the grace time counts, so that a blip closes no service; a program that is not connected does not.
pub(super) fn is_available(operator: &Operator) -> bool {
    let here = if operator.automatic { !operator.links.is_empty() } else { operator.present };
    here && operator.status == OperatorStatus::Available
}

fn earliest<T: Ord>(known: Option<T>, other: T) -> Option<T> {
    Some(match known {
        Some(known) => known.min(other),
        None => other,
    })
}
