//! The life of a session: begun, remarked upon, closed, forgotten.

use super::signals::Signals;
use super::state::{CallProgress, Entry, Kept, Progress, Remark, Session, Stage, What};
use super::timers::Timer;
use super::{Engine, Owner, Record, SessionRow, Timestamp};
use crate::settings::Service;
use crate::wire::call::Key;
use crate::wire::id::{OperatorId, SessionId, VisitorId};
use crate::wire::model::{Channel, Customer, Field, Receipts};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};

/// Closed sessions that a visitor may still look at.
const CLOSED_KEPT: usize = 20;

/// How a session begins.
pub(super) enum Start {
    /// The visitor asks; the operator of that other session of his is rung first.
    Asked {
        /// A conversation, or a call.
        with: Option<SessionId>,
    },
    /// The operator of a conversation asks for a call.
    Invited {
        /// Who.
        operator: OperatorId,
        /// In which conversation.
        with: SessionId,
    },
}

impl Engine {
    /// Begins a session: with the service's welcome, if it has one, else in the queue.
    pub(super) fn open_session(
        &mut self,
        visitor: &VisitorId,
        channel: Channel,
        service: &str,
        customer: Option<Customer>,
        fields: Vec<Field>,
        start: Start,
    ) -> SessionId {
        let now = self.now;
        let id = self.random_text::<12>(if channel.is_call() { "k_" } else { "s_" });
        let id = SessionId::new(id);
        self.last_order += 1;
        let plays = self.rules.service(service).is_some_and(Service::plays);
        let (stage, with) = match start {
            Start::Invited { operator, with } => {
                let until = now.after(self.rules.calls.ring);
                (Stage::Invited { operator, until }, Some(with))
            }
            Start::Asked { with: None } if plays => {
                (Stage::Welcome { until: now.after(self.rules.chat.welcome) }, None)
            }
            Start::Asked { with } => (Stage::Waiting, with),
        };
        let progress = Progress {
            stage,
            step: 1,
            order: self.last_order,
            queued: now,
            by_visitor: Receipts::default(),
            by_operator: Receipts::default(),
            handled: BTreeSet::new(),
            answered: None,
            recaps: 0,
            transfer: None,
            rating: None,
            call: channel.is_call().then_some(CallProgress {
                held: false,
                since: now,
                with,
                signals_gone: (0, 0),
            }),
        };
        self.store(Record::SessionOpened(SessionRow {
            id: id.clone(),
            visitor: visitor.clone(),
            channel,
            service: service.to_owned(),
            customer: customer.clone(),
            fields: fields.clone(),
            created: now,
            progress: progress.clone(),
        }));
        if !matches!(progress.stage, Stage::Invited { .. }) {
            self.queues.entry(service.to_owned()).or_default().insert((progress.order, id.clone()));
        }
        let session = Session {
            visitor: visitor.clone(),
            channel,
            service: service.to_owned(),
            customer,
            fields,
            created: now,
            progress,
            log: Vec::new(),
            position: None,
            expected_wait: None,
            active: now,
            refused: BTreeMap::new(),
            signals: Signals::default(),
        };
        self.sessions.insert(id.clone(), session);
        if let Some(visitor) = self.visitors.get_mut(visitor) {
            visitor.sessions.insert(id.clone());
        }
        self.append(&id, What::Opened);
        self.arm_session(&id);
        // The answer names the place in the queue; whoever is rung for it is rung after the answer.
        self.number_queues();
        self.stirred = true;
        id
    }

    /// Ends a session, once.
    pub(super) fn close_session(&mut self, id: &SessionId) {
        let Some(session) = self.sessions.get_mut(id) else { return };
        if !session.is_open() {
            return;
        }
        let lasted = session.handled_for(self.now);
        let service = session.service.clone();
        let operator = session.operator().cloned();
        self.settle_transfer(id);
        let Some(session) = self.sessions.get_mut(id) else { return };
        session.progress.stage = Stage::Closed { at: self.now };
        session.position = None;
        let visitor = session.visitor.clone();
        if let Some(queue) = self.queues.get_mut(&session.service) {
            queue.remove(&(session.progress.order, id.clone()));
        }
        if let Some(operator) = operator {
            self.drop_contact(&operator, id);
        }
        if let Some(lasted) = lasted {
            self.learn_handling(&service, lasted);
        }
        self.forget_signals(id);
        self.append(id, What::Closed);
        self.session_stepped(id);
        self.revoke(id);
        self.retire_oldest(&visitor);
    }

    /// Forgets a session that is over. Its transcript stays on the disk for its time.
    pub(super) fn retire_session(&mut self, id: &SessionId) {
        self.forget_topics(id);
        self.forget_files(id);
        let Some(session) = self.sessions.remove(id) else { return };
        if let Some(visitor) = self.visitors.get_mut(&session.visitor) {
            visitor.sessions.remove(id);
            visitor.keys.forget(id);
        }
        for operator in &session.progress.handled {
            if let Some(operator) = self.operators.get_mut(operator) {
                operator.keys.forget(id);
            }
        }
        self.timers.disarm(&Timer::Session(id.clone()));
        // What was still to be written must be written before it is retired.
        if self.changed.remove(id) {
            self.store(progress_record(id, &session));
        }
        self.store(Record::SessionRetired(id.clone()));
    }

    /// Writes a line into the log, and tells everybody who reads it.
    pub(super) fn append(&mut self, id: &SessionId, what: What) -> Option<(u64, Timestamp)> {
        let entry = Entry { at: self.now, what };
        let session = self.sessions.get_mut(id)?;
        session.log.push(entry.clone());
        let seq = session.log.len() as u64;
        self.publish_entry(id, seq, &entry);
        self.store(Record::Entry { session: id.clone(), seq, entry });
        Some((seq, self.now))
    }

    /// Keeps an answer, for a call that is made again.
    pub(super) fn keep_answer(
        &mut self,
        owner: Owner,
        method: &'static str,
        key: &Key,
        fingerprint: [u8; 16],
        session: &SessionId,
        result: &RawValue,
    ) {
        let kept = Kept { fingerprint, result: result.to_owned(), session: session.clone() };
        let keys = match &owner {
            Owner::Visitor(id) => self.visitors.get_mut(id).map(|visitor| &mut visitor.keys),
            Owner::Operator(id) => self.operators.get_mut(id).map(|operator| &mut operator.keys),
        };
        if let Some(keys) = keys {
            keys.keep(method, key.as_str(), kept.clone());
        }
        self.store(Record::Key { owner, method, key: key.as_str().to_owned(), kept });
    }

    /// One side did something: the other is not alone.
    pub(super) fn session_active(&mut self, id: &SessionId) {
        let now = self.now;
        let Some(session) = self.sessions.get_mut(id) else { return };
        session.active = now;
        if let Stage::Connected { remark: Remark::Inactive { .. }, .. } = session.progress.stage {
            self.remark(id, Remark::ActiveAgain);
            self.publish();
            self.remark(id, Remark::None);
        }
    }

    /// A pushed page was seen, or the talk went on without it.
    pub(super) fn push_over(&mut self, id: &SessionId) {
        if let Some(session) = self.sessions.get(id)
            && let Stage::Connected { remark: Remark::ToUrl { .. }, .. } = session.progress.stage
        {
            self.remark(id, Remark::None);
        }
    }

    /// Says something beside the conversation. The number of its step, if there is a conversation.
    pub(super) fn remark(&mut self, id: &SessionId, words: Remark) -> Option<u32> {
        let session = self.sessions.get_mut(id)?;
        let Stage::Connected { remark, .. } = &mut session.progress.stage else { return None };
        *remark = words;
        session.progress.step += 1;
        let step = session.progress.step;
        self.changed.insert(id.clone());
        self.mark_session(id);
        self.arm_session(id);
        Some(step)
    }

    /// Takes the steps whose time has come.
    pub(super) fn look_at_session(&mut self, id: &SessionId) {
        let now = self.now;
        let Some(at) = self.deadline_of(id).filter(|at| *at <= now) else {
            self.arm_session(id);
            return;
        };
        if self.call_abandoned(id).is_some_and(|end| end <= at) {
            self.close_session(id);
            return;
        }
        let Some(session) = self.sessions.get_mut(id) else { return };
        match &session.progress.stage {
            Stage::Invited { .. } => self.close_session(id),
            Stage::Welcome { .. } => {
                session.progress.requeue(now);
                self.session_stepped(id);
            }
            Stage::Offered { operator, .. } => {
                let operator = operator.clone();
                self.let_go(id, &operator);
            }
            Stage::Connected { remark, .. } => {
                let is_over = self
                    .rules
                    .chat
                    .duration
                    .is_some_and(|longest| session.created.after(longest) <= now);
                match remark {
                    _ if is_over => {
                        self.remark(id, Remark::DurationOver);
                        self.publish();
                        self.close_session(id);
                    }
                    Remark::Inactive { .. } => self.close_session(id),
                    Remark::ToUrl { .. } | Remark::ActiveAgain | Remark::DurationOver => {
                        self.remark(id, Remark::None);
                    }
                    Remark::None => {
                        let expires = now.after(self.rules.chat.inactivity_warning);
                        self.remark(id, Remark::Inactive { expires });
                    }
                }
            }
            Stage::Waiting | Stage::Closed { .. } => {}
        }
    }

    pub(super) fn arm_session(&mut self, id: &SessionId) {
        if let Some(at) = self.deadline_of(id) {
            self.timers.arm(Timer::Session(id.clone()), at);
        }
    }

    /// When a step of a session may be over, or a call have nobody left.
    fn deadline_of(&self, id: &SessionId) -> Option<Timestamp> {
        let step = session_deadline(self.sessions.get(id)?, &self.rules.chat);
        step.into_iter().chain(self.call_abandoned(id)).min()
    }

    pub(super) fn store_progress(&mut self, id: &SessionId) {
        if let Some(session) = self.sessions.get(id) {
            let record = progress_record(id, session);
            self.store(record);
        }
    }

    /// Whether an operator may look at a session: it waits for him, rings with him, or is or was his.
    pub(super) fn may_see(&self, operator: &OperatorId, id: &SessionId) -> bool {
        let Some(session) = self.sessions.get(id) else { return false };
        session.progress.handled.contains(operator)
            || session.operator() == Some(operator)
            || (session.is_queued()
                && self
                    .operators
                    .get(operator)
                    .is_some_and(|operator| operator.joined(&session.service)))
    }

    fn retire_oldest(&mut self, visitor: &VisitorId) {
        let Some(visitor) = self.visitors.get(visitor) else { return };
        let mut closed: Vec<(Timestamp, SessionId)> = visitor
            .sessions
            .iter()
            .filter_map(|id| match self.sessions.get(id)?.progress.stage {
                Stage::Closed { at } => Some((at, id.clone())),
                Stage::Welcome { .. }
                | Stage::Waiting
                | Stage::Offered { .. }
                | Stage::Invited { .. }
                | Stage::Connected { .. } => None,
            })
            .collect();
        closed.sort();
        let surplus = closed.len().saturating_sub(CLOSED_KEPT);
        for (_, id) in closed.into_iter().take(surplus) {
            self.retire_session(&id);
        }
    }
}

fn progress_record(id: &SessionId, session: &Session) -> Record {
    let closed = match session.progress.stage {
        Stage::Closed { at } => Some(at),
        Stage::Welcome { .. }
        | Stage::Waiting
        | Stage::Offered { .. }
        | Stage::Invited { .. }
        | Stage::Connected { .. } => None,
    };
    Record::SessionChanged {
        id: id.clone(),
        service: session.service.clone(),
        progress: session.progress.clone(),
        closed,
    }
}

/// When its step may be over.
fn session_deadline(session: &Session, rules: &crate::settings::ChatRules) -> Option<Timestamp> {
    match &session.progress.stage {
        Stage::Welcome { until } | Stage::Offered { until, .. } | Stage::Invited { until, .. } => {
            Some(*until)
        }
        // Who speaks types nothing: silence says nothing about a call.
        Stage::Connected { .. } if session.channel.is_call() => {
            rules.duration.map(|longest| session.created.after(longest))
        }
        Stage::Connected { remark, .. } => {
            let step = match remark {
                Remark::None => rules.inactivity.map(|silence| session.active.after(silence)),
                Remark::ToUrl { until, .. } => Some(*until),
                Remark::Inactive { expires } => Some(*expires),
                Remark::ActiveAgain | Remark::DurationOver => None,
            };
            let end = rules.duration.map(|longest| session.created.after(longest));
            step.into_iter().chain(end).min()
        }
        Stage::Waiting | Stage::Closed { .. } => None,
    }
}
