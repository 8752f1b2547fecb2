//! What the two browsers of a call say to each other about their media. The server keeps it in order, passes it on, and understands none of it.

use super::link::LinkId;
use super::state::{Session, Stage, fingerprint};
use super::subscribe::subscription_name;
use super::topic::Topic;
use super::views::Side;
use super::{Engine, KeptSignal, Owner, Record};
use crate::wire::call::{Cursor, Key};
use crate::wire::fault::Fault;
use crate::wire::frame::{self, raw};
use crate::wire::hello::LogAnswer;
use crate::wire::id::{OperatorId, SessionId, VisitorId};
use crate::wire::telephony::{Signal, SignalCall, SignalEvent};
use serde_json::value::RawValue;
use std::collections::VecDeque;

/// The signals of a call: what each side is to read.
#[derive(Default)]
pub(super) struct Signals {
    to_visitor: SignalLog,
    to_operator: SignalLog,
}

/// Entries as they are sent, `seq` included. The earlier ones may be gone.
#[derive(Default)]
pub(super) struct SignalLog {
    gone: u64,
    kept: VecDeque<Box<RawValue>>,
}

impl SignalLog {
    fn last(&self) -> u64 {
        self.gone + self.kept.len() as u64
    }

    /// The next entry, as it is sent; and its `seq`.
    pub(super) fn append(&mut self, signal: Signal) -> (u64, Box<RawValue>) {
        let seq = self.last() + 1;
        let body = raw(&SignalEvent { seq, signal });
        self.kept.push_back(body.clone());
        (seq, body)
    }
}

impl Signals {
    pub(super) fn log(&self, reader: Side) -> &SignalLog {
        match reader {
            Side::Visitor => &self.to_visitor,
            Side::Operator => &self.to_operator,
        }
    }

    fn log_mut(&mut self, reader: Side) -> &mut SignalLog {
        match reader {
            Side::Visitor => &mut self.to_visitor,
            Side::Operator => &mut self.to_operator,
        }
    }

    /// Takes in what was kept on the disk.
    pub(super) fn restore(&mut self, reader: Side, seq: u64, body: Box<RawValue>) {
        let log = self.log_mut(reader);
        if log.kept.is_empty() {
            log.gone = seq.saturating_sub(1);
        }
        log.kept.push_back(body);
    }

    /// None yet, and so many before.
    pub(super) fn after(gone: (u64, u64)) -> Self {
        let log = |gone| SignalLog { gone, kept: VecDeque::new() };
        Self { to_visitor: log(gone.0), to_operator: log(gone.1) }
    }

    /// Empties both; numbers go on, so that nobody takes a new signal for an old one.
    fn forget(&mut self) -> bool {
        let mut had = false;
        for log in [&mut self.to_visitor, &mut self.to_operator] {
            had |= !log.kept.is_empty();
            log.gone = log.last();
            log.kept.clear();
        }
        had
    }
}

impl Engine {
    pub(super) fn visitor_signal(
        &mut self,
        link: LinkId,
        visitor: &VisitorId,
        call: SignalCall,
    ) -> Result<Box<RawValue>, Fault> {
        if self.trials.contains_key(&call.session) {
            return self.trial_signal(link, call);
        }
        let session = self.own_call(visitor, &call.session)?;
        check_stage(session)?;
        let owner = Owner::Visitor(visitor.clone());
        self.signal(link, owner, Side::Operator, call)
    }

    pub(super) fn operator_signal(
        &mut self,
        link: LinkId,
        operator: &OperatorId,
        call: SignalCall,
    ) -> Result<Box<RawValue>, Fault> {
        let session = self.visible_call(operator, &call.session)?;
        check_stage(session)?;
        if session.operator() != Some(operator) {
            return Err(Fault::not_connected("the call is not with you"));
        }
        let owner = Owner::Operator(operator.clone());
        self.signal(link, owner, Side::Visitor, call)
    }

    fn signal(
        &mut self,
        link: LinkId,
        owner: Owner,
        reader: Side,
        call: SignalCall,
    ) -> Result<Box<RawValue>, Fault> {
        let SignalCall { session: id, key, body } = call;
        let signal = body?;
        let (own, is_offer_fine) = match reader {
            Side::Operator => (Topic::ToVisitor(id.clone()), odd as fn(u32) -> bool),
            Side::Visitor => (Topic::ToOperator(id.clone()), even as fn(u32) -> bool),
        };
        if signal.offered().is_some_and(|generation| !is_offer_fine(generation)) {
            return Err(Fault::bad_signal(
                "gen: odd for the visitor's offers, even for the operator's",
            ));
        }
        let text = raw(&signal);
        let print = fingerprint(&[id.as_str(), text.get()]);
        if let Some(result) = self.recall_signal(&owner, &key, print)? {
            return Ok(result);
        }
        // Who reads the answers speaks; nobody may speak beside him.
        let readers = self.topics.followers(&own);
        if !readers.is_empty() && readers.iter().all(|(reader, _)| *reader != link) {
            return Err(Fault::taken_over("another connection has this call's signals"));
        }
        let most = self.rules.calls.signals;
        let session =
            self.sessions.get_mut(&id).ok_or_else(|| Fault::session_not_found("no such call"))?;
        if session.signals.log(reader).kept.len() >= most {
            return Err(Fault::bad_signal(format!("{most} signals of one side, and no more")));
        }
        self.append_signal(&id, reader, signal);
        let result = raw(&true);
        self.keep_answer(owner, "signal", &key, print, &id, &result);
        Ok(result)
    }

    fn append_signal(&mut self, id: &SessionId, reader: Side, signal: Signal) {
        let Some(session) = self.sessions.get_mut(id) else { return };
        let (seq, body) = session.signals.log_mut(reader).append(signal);
        let topic = match reader {
            Side::Visitor => Topic::ToVisitor(id.clone()),
            Side::Operator => Topic::ToOperator(id.clone()),
        };
        for (link, number) in self.topics.followers(&topic) {
            self.send(link, frame::log_event(&subscription_name(number), &body));
        }
        self.store(Record::Signal(KeptSignal { session: id.clone(), reader, seq, body }));
    }

    fn recall_signal(
        &self,
        owner: &Owner,
        key: &Key,
        print: [u8; 16],
    ) -> Result<Option<Box<RawValue>>, Fault> {
        let keys = match owner {
            Owner::Visitor(id) => self.visitors.get(id).map(|visitor| &visitor.keys),
            Owner::Operator(id) => self.operators.get(id).map(|operator| &operator.keys),
        };
        keys.map_or(Ok(None), |keys| keys.recall("signal", key, print))
    }

    /// The call is over, or goes to somebody else's browser.
    pub(super) fn forget_signals(&mut self, id: &SessionId) {
        let Some(session) = self.sessions.get_mut(id) else { return };
        if session.signals.forget() {
            let gone = (session.signals.to_visitor.gone, session.signals.to_operator.gone);
            if let Some(call) = &mut session.progress.call {
                call.signals_gone = gone;
            }
            self.changed.insert(id.clone());
            self.store(Record::SignalsGone(id.clone()));
        }
    }

    /// Whoever subscribes last has the call's signals.
    pub(super) fn take_over(&mut self, topic: &Topic, link: LinkId) {
        for (other, number) in self.topics.followers(topic) {
            if other != link {
                let fault = Fault::taken_over("another connection has this call's signals now");
                self.end_subscription(topic, other, number, &fault);
            }
        }
    }

    /// A page of the log, like any other.
    pub(super) fn signal_page(
        &self,
        subscription: String,
        log: &SignalLog,
        since: Option<&Cursor>,
    ) -> LogAnswer<Box<RawValue>> {
        let (after, recovered) = match since {
            None => (log.gone, true),
            Some(cursor)
                if cursor.epoch == self.epoch && (log.gone..=log.last()).contains(&cursor.seq) =>
            {
                (cursor.seq, true)
            }
            Some(_) => (log.gone, false),
        };
        let skipped = usize::try_from(after - log.gone).unwrap_or(usize::MAX);
        let mut result: Vec<Box<RawValue>> = Vec::new();
        let mut bytes = 0;
        for body in log.kept.iter().skip(skipped).take(self.rules.limits.page) {
            bytes += body.get().len() + 1;
            if bytes > self.rules.limits.page_bytes && !result.is_empty() {
                break;
            }
            result.push(body.clone());
        }
        LogAnswer {
            subscription,
            epoch: self.epoch.clone(),
            recovered,
            more: after + (result.len() as u64) < log.last(),
            result,
        }
    }
}

/// Signals go from the moment at which it rings.
fn check_stage(session: &Session) -> Result<(), Fault> {
    match session.progress.stage {
        Stage::Offered { .. } | Stage::Connected { .. } => Ok(()),
        Stage::Welcome { .. } => Err(Fault::not_connected("the step is PLAY")),
        Stage::Waiting => Err(Fault::not_connected("the step is QUEUE")),
        Stage::Invited { .. } => Err(Fault::not_connected("the invitation was not accepted")),
        Stage::Closed { .. } => Err(Fault::session_closed("the call is over")),
    }
}

pub(super) fn odd(generation: u32) -> bool {
    !generation.is_multiple_of(2)
}

fn even(generation: u32) -> bool {
    generation.is_multiple_of(2)
}
