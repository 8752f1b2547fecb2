//! Contacts that one operator passes on to another, or to a service.
//!
//! A session that rings with a colleague stands in no queue: if it is not taken there it comes back to who passed it on, and only if he is
//! gone, too, to the head of its queue. One that was given to a service waits in its queue like any other.

use super::routing::is_available;
use super::state::{Session, Stage, Transfer, fingerprint};
use super::{Engine, Owner};
use crate::wire::desk::{OperatorStatus, TransferValue};
use crate::wire::fault::Fault;
use crate::wire::frame::raw;
use crate::wire::id::{OperatorId, SessionId};
use crate::wire::model::Availability;
use crate::wire::operator::TransferCall;
use serde_json::value::RawValue;
use std::time::Duration;

impl Engine {
    pub(super) fn transfer(
        &mut self,
        operator: &OperatorId,
        call: &TransferCall,
    ) -> Result<Box<RawValue>, Fault> {
        let id = &call.session;
        self.visible_session(operator, id)?;
        let print = fingerprint(&[
            id.as_str(),
            call.to.as_ref().map_or("", OperatorId::as_str),
            call.service.as_deref().unwrap_or_default(),
            call.note.as_deref().unwrap_or_default(),
        ]);
        if let Some(result) = self.recall(operator, "session.transfer", &call.key, print)? {
            return Ok(result);
        }
        let note = self.clean_note(call.note.as_deref())?;
        self.check_connected(operator, id)?;
        match (&call.to, &call.service) {
            (Some(to), None) => self.pass_to_colleague(operator, id, to, note)?,
            (None, Some(service)) => self.pass_to_service(operator, id, service, note)?,
            (None, None) | (Some(_), Some(_)) => {
                return Err(Fault::params("to, or service: one of the two"));
            }
        }
        let result = raw(&true);
        let owner = Owner::Operator(operator.clone());
        self.keep_answer(owner, "session.transfer", &call.key, print, id, &result);
        Ok(result)
    }

    /// Rings with that colleague, whatever services he joined.
    fn pass_to_colleague(
        &mut self,
        from: &OperatorId,
        id: &SessionId,
        to: &OperatorId,
        note: Option<String>,
    ) -> Result<(), Fault> {
        let is_call = self.sessions.get(id).is_some_and(|session| session.channel.is_call());
        let colleague = self
            .operators
            .get(to)
            .filter(|colleague| to != from && colleague.present)
            .ok_or_else(|| Fault::colleague_unavailable("no such colleague is logged in"))?;
        if colleague.links.is_empty() || colleague.status != OperatorStatus::Available {
            return Err(Fault::colleague_unavailable("the colleague takes no contacts now"));
        }
        if is_call && !colleague.automatic && self.is_on_a_call(colleague) {
            return Err(Fault::colleague_unavailable("the colleague is on a call"));
        }
        let called = colleague.name.clone();
        self.pass_on(from, id, called, note, true);
        self.offer(id, to.clone());
        // Who rings him has its own place: nobody else is kept waiting by it.
        self.revoke(id);
        Ok(())
    }

    /// Waits in that service's queue, where its age puts it.
    fn pass_to_service(
        &mut self,
        from: &OperatorId,
        id: &SessionId,
        code: &str,
        note: Option<String>,
    ) -> Result<(), Fault> {
        let session =
            self.sessions.get(id).ok_or_else(|| Fault::session_not_found("no such session"))?;
        let channel = session.channel;
        self.check_service(code, channel)?;
        if self.service_status(code, channel).status == Availability::Overtime {
            return Err(Fault::overtime("closed at this hour"));
        }
        let is_staffed = self.operators.iter().any(|(other, operator)| {
            other != from && is_available(operator) && operator.joined(code)
        });
        if !is_staffed {
            return Err(Fault::out_of_service("nobody else is there to answer"));
        }
        let most = self.rules.limits.queue;
        if self.queues.get(code).is_some_and(|queue| queue.len() >= most) {
            return Err(
                Fault::queue_full(format!("{most} visitors wait")).after(Duration::from_secs(30))
            );
        }
        let called = self.rules.service(code).map_or(code, |service| &service.description);
        let called = called.to_owned();
        self.pass_on(from, id, called, note, false);
        self.drop_contact(from, id);
        let (now, again) = (self.now, self.now.after(self.rules.operators.again));
        if let Some(session) = self.sessions.get_mut(id) {
            code.clone_into(&mut session.service);
            // Who gave it away is not rung for it at once; he may take it by hand.
            session.refused.insert(from.clone(), again);
            session.progress.requeue(now);
            let place = (session.progress.order, id.clone());
            self.queues.entry(code.to_owned()).or_default().insert(place);
        }
        self.session_stepped(id);
        self.revoke(id);
        Ok(())
    }

    /// What both ways of passing on have in common.
    fn pass_on(
        &mut self,
        from: &OperatorId,
        id: &SessionId,
        to: String,
        note: Option<String>,
        pending: bool,
    ) {
        let by = self.operators.get(from).map(|operator| operator.name.clone());
        if let Some(session) = self.sessions.get_mut(id) {
            session.progress.transfer = Some(Box::new(Transfer {
                from: from.clone(),
                by: by.unwrap_or_default(),
                to,
                note,
                pending,
                returned: false,
            }));
            if let Some(call) = &mut session.progress.call {
                call.held = false;
            }
        }
        // Whoever is next has another browser: media begins anew.
        self.forget_signals(id);
    }

    /// A colleague did not take what was passed on to him: it goes back to who did, if he is there.
    /// `false` where nothing was passed on.
    pub(super) fn give_back(&mut self, id: &SessionId, colleague: &OperatorId) -> bool {
        let now = self.now;
        let Some(session) = self.sessions.get_mut(id) else { return false };
        let Some(transfer) = session.progress.transfer.as_mut().filter(|it| it.pending) else {
            return false;
        };
        (transfer.pending, transfer.returned) = (false, true);
        let from = transfer.from.clone();
        let is_there = self
            .operators
            .get(&from)
            .is_some_and(|operator| operator.present && operator.contacts.contains(id));
        if is_there {
            session.progress.stage =
                Stage::Connected { operator: from, remark: super::state::Remark::None };
            session.progress.step += 1;
            session.active = now;
        } else {
            self.wait_first(id);
        }
        self.drop_contact(colleague, id);
        self.session_stepped(id);
        self.revoke(id);
        true
    }

    /// Somebody has it now: nobody else is rung for it, or waits to get it back.
    pub(super) fn settle_transfer(&mut self, id: &SessionId) {
        let Some(session) = self.sessions.get_mut(id) else { return };
        let rung = session.operator().cloned();
        let Some(transfer) = session.progress.transfer.as_mut().filter(|it| it.pending) else {
            return;
        };
        transfer.pending = false;
        let from = transfer.from.clone();
        for operator in rung.iter().chain([&from]) {
            self.drop_contact(operator, id);
        }
    }

    /// What operators see of it.
    pub(super) fn transfer_value(session: &Session) -> Option<TransferValue> {
        session.progress.transfer.as_ref().map(|transfer| TransferValue {
            by: transfer.by.clone(),
            to: transfer.to.clone(),
            note: transfer.note.clone(),
            returned: transfer.returned,
        })
    }

    fn clean_note(&self, note: Option<&str>) -> Result<Option<String>, Fault> {
        let most = self.rules.limits.field;
        let Some(note) = note.map(str::trim).filter(|note| !note.is_empty()) else {
            return Ok(None);
        };
        if note.chars().count() > most {
            return Err(Fault::params(format!("note: at most {most} characters")));
        }
        let plain = note.chars().filter(|character| *character == '\n' || !character.is_control());
        Ok(Some(plain.collect()))
    }
}
