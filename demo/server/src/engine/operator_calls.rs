//! The calls of an operator who has said hello.

use super::link::LinkId;
use super::state::{Author, Remark, Session, Stage, fingerprint};
use super::views::Side;
use super::{Engine, Owner};
use crate::wire::VERSION;
use crate::wire::call::{About, Key};
use crate::wire::fault::Fault;
use crate::wire::frame::raw;
use crate::wire::hello::Pushed;
use crate::wire::id::{OperatorId, SessionId};
use crate::wire::model::Direction;
use crate::wire::operator::{ChatSend, OperatorCall, PagePush, ServicesCall, StatusCall};
use serde_json::value::RawValue;

impl Engine {
    pub(super) fn operator_call(
        &mut self,
        link: LinkId,
        operator: &OperatorId,
        call: OperatorCall,
    ) -> Result<Box<RawValue>, Fault> {
        match call {
            OperatorCall::GetVersion => Ok(raw(&VERSION)),
            OperatorCall::Hello(_) => {
                Err(Fault::request("hello was said already on this connection"))
            }
            OperatorCall::Ping => Ok(self.pong()),
            OperatorCall::Bye(bye) => Ok(self.operator_bye(link, operator, bye)),
            OperatorCall::Subscribe(call) => self.operator_subscribe(link, operator, &call),
            OperatorCall::Unsubscribe(call) => Ok(self.unsubscribe(link, &call)),
            OperatorCall::Status(call) => self.set_status(operator, call),
            OperatorCall::Services(call) => self.set_services(operator, &call),
            OperatorCall::Accept(call) => self.accept(operator, &call),
            OperatorCall::Decline(call) => self.decline(operator, &call),
            OperatorCall::Transfer(call) => self.transfer(operator, &call),
            OperatorCall::ChatSend(call) => self.operator_send(operator, call),
            OperatorCall::ChatTyping(call) => {
                if self.visible_chat(operator, &call.session)?.connected_with(operator) {
                    self.typing(&call.session, call.status, Direction::Inbound);
                }
                Ok(raw(&true))
            }
            OperatorCall::ChatReceived(call) => {
                if self.visible_chat(operator, &call.session)?.connected_with(operator) {
                    self.mark_seen(&call, Side::Operator, false)?;
                }
                Ok(raw(&true))
            }
            OperatorCall::ChatRead(call) => {
                if self.visible_chat(operator, &call.session)?.connected_with(operator) {
                    self.mark_seen(&call, Side::Operator, true)?;
                }
                Ok(raw(&true))
            }
            OperatorCall::PagePush(call) => self.push_page(operator, call),
            OperatorCall::ChatClose(call) => {
                let session = self.visible_chat(operator, &call.session)?;
                if session.is_open() && !session.connected_with(operator) {
                    return Err(Fault::session_not_found("no such session of yours"));
                }
                self.close_session(&call.session);
                Ok(raw(&true))
            }
            OperatorCall::Telephony(call) => self.operator_telephony(link, operator, call),
            OperatorCall::File(call) => self.operator_file(operator, call),
        }
    }

    /// The conversation, if that operator may look at it; a call is none.
    pub(super) fn visible_chat(
        &self,
        operator: &OperatorId,
        id: &SessionId,
    ) -> Result<&Session, Fault> {
        self.visible_session(operator, id).and_then(|session| {
            if session.channel.is_call() {
                Err(Fault::session_not_found("no such conversation of yours"))
            } else {
                Ok(session)
            }
        })
    }

    /// The session, if that operator may look at it. Any other is as unknown as one that never was.
    pub(super) fn visible_session(
        &self,
        operator: &OperatorId,
        id: &SessionId,
    ) -> Result<&Session, Fault> {
        self.sessions
            .get(id)
            .filter(|_| self.may_see(operator, id))
            .ok_or_else(|| Fault::session_not_found("no such session of yours"))
    }

    /// Service codes, known ones, in the order of the settings.
    pub(super) fn check_services(&self, codes: &[String]) -> Result<Vec<String>, Fault> {
        if codes.iter().any(|code| self.rules.service(code).is_none()) {
            return Err(Fault::params("services: no service of that code"));
        }
        Ok(self
            .rules
            .services
            .iter()
            .map(|service| &service.code)
            .filter(|code| codes.contains(code))
            .cloned()
            .collect())
    }

    fn set_status(&mut self, id: &OperatorId, call: StatusCall) -> Result<Box<RawValue>, Fault> {
        if let Some(operator) = self.operators.get_mut(id) {
            operator.status = call.status;
        }
        self.store_operator(id);
        self.stirred = true;
        Ok(raw(&true))
    }

    fn set_services(
        &mut self,
        id: &OperatorId,
        call: &ServicesCall,
    ) -> Result<Box<RawValue>, Fault> {
        let services = self.check_services(&call.services)?;
        if let Some(operator) = self.operators.get_mut(id) {
            operator.services = services;
        }
        self.store_operator(id);
        self.stirred = true;
        let queued: Vec<SessionId> =
            self.queues.values().flatten().map(|(_, id)| id.clone()).collect();
        for session in queued {
            self.revoke(&session);
        }
        Ok(raw(&true))
    }

    fn accept(&mut self, operator: &OperatorId, call: &About) -> Result<Box<RawValue>, Fault> {
        let id = &call.session;
        let joined = |session: &Session| {
            self.operators.get(operator).is_some_and(|operator| operator.joined(&session.service))
        };
        let session = self
            .sessions
            .get(id)
            .filter(|session| self.may_see(operator, id) || joined(session))
            .ok_or_else(|| Fault::session_not_found("no such session of yours"))?;
        match &session.progress.stage {
            Stage::Welcome { .. } | Stage::Waiting => self.connect(id, operator),
            Stage::Offered { operator: other, .. }
            | Stage::Invited { operator: other, .. }
            | Stage::Connected { operator: other, .. }
                if other != operator && !session.is_passed_on_by(operator) =>
            {
                return Err(Fault::already_taken("another operator has this contact"));
            }
            Stage::Offered { .. } => self.connect(id, operator),
            Stage::Connected { .. } => {}
            Stage::Invited { .. } => {
                return Err(Fault::not_offered("it is the visitor who is rung"));
            }
            Stage::Closed { .. } => return Err(Fault::session_closed("the session is over")),
        }
        let session =
            self.sessions.get(id).ok_or_else(|| Fault::internal("the session is gone"))?;
        Ok(raw(&self.contact(id, session)))
    }

    fn decline(&mut self, operator: &OperatorId, call: &About) -> Result<Box<RawValue>, Fault> {
        let session = self.visible_session(operator, &call.session)?;
        match &session.progress.stage {
            Stage::Offered { operator: rung, .. } if rung == operator => {
                self.let_go(&call.session, operator);
                Ok(raw(&true))
            }
            Stage::Offered { .. }
            | Stage::Invited { .. }
            | Stage::Welcome { .. }
            | Stage::Waiting
            | Stage::Connected { .. }
            | Stage::Closed { .. } => {
                Err(Fault::not_offered("this contact does not ring with you"))
            }
        }
    }

    fn operator_send(&mut self, id: &OperatorId, call: ChatSend) -> Result<Box<RawValue>, Fault> {
        self.visible_chat(id, &call.session)?;
        let print = fingerprint(&[call.session.as_str(), &call.message]);
        if let Some(result) = self.recall(id, "chat.send", &call.key, print)? {
            return Ok(result);
        }
        self.check_message(&call.message)?;
        self.check_connected(id, &call.session)?;
        let result =
            self.say(&call.session, Author::Operator(id.clone()), call.key.as_str(), call.message)?;
        self.keep_answer(
            Owner::Operator(id.clone()),
            "chat.send",
            &call.key,
            print,
            &call.session,
            &result,
        );
        Ok(result)
    }

    fn push_page(&mut self, id: &OperatorId, call: PagePush) -> Result<Box<RawValue>, Fault> {
        self.visible_chat(id, &call.session)?;
        let print = fingerprint(&[call.session.as_str(), &call.uri]);
        if let Some(result) = self.recall(id, "page.push", &call.key, print)? {
            return Ok(result);
        }
        self.check_address(&call.uri)?;
        self.check_connected(id, &call.session)?;
        self.session_active(&call.session);
        let until = self.now.after(self.rules.operators.push);
        let step = self
            .remark(&call.session, Remark::ToUrl { uri: call.uri, until })
            .ok_or_else(|| Fault::not_connected("the contact is not connected with you"))?;
        let result = raw(&Pushed { step });
        self.keep_answer(
            Owner::Operator(id.clone()),
            "page.push",
            &call.key,
            print,
            &call.session,
            &result,
        );
        Ok(result)
    }

    pub(super) fn recall(
        &self,
        id: &OperatorId,
        method: &str,
        key: &Key,
        print: [u8; 16],
    ) -> Result<Option<Box<RawValue>>, Fault> {
        self.operators.get(id).map_or(Ok(None), |operator| operator.keys.recall(method, key, print))
    }

    pub(super) fn check_connected(
        &self,
        operator: &OperatorId,
        id: &SessionId,
    ) -> Result<(), Fault> {
        let session = self.visible_session(operator, id)?;
        if !session.is_open() {
            return Err(Fault::session_closed("the session is over"));
        }
        if !session.connected_with(operator) {
            return Err(Fault::not_connected("the contact is not connected with you"));
        }
        Ok(())
    }

    /// An http(s) address with a host, or a path of the visitor's site. The widget checks again: this one spares the operator a surprise.
    fn check_address(&self, uri: &str) -> Result<(), Fault> {
        let most = self.rules.limits.uri;
        let scheme_end = uri.find("://").map_or(0, |at| at + 3);
        let (scheme, rest) = uri.split_at(scheme_end);
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let is_address = matches!(scheme.to_ascii_lowercase().as_str(), "http://" | "https://")
            && !host.is_empty()
            && !host.contains('@');
        let is_path = uri.starts_with('/') && !uri.starts_with("//");
        let is_plain = !uri.contains('\\')
            && !uri.chars().any(|character| character.is_control() || character.is_whitespace());
        if (is_address || is_path) && is_plain && uri.chars().count() <= most {
            Ok(())
        } else {
            Err(Fault::params(format!(
                "uri: an http(s) address or a path from \"/\", at most {most} characters, without blanks"
            )))
        }
    }
}
