//! Calls: asked for, rung, answered, held, ended. Their media is the browsers' own business; see `signals`.

use super::link::LinkId;
use super::sessions::Start;
use super::state::{Session, Stage, fingerprint};
use super::topic::Topic;
use super::{Engine, Owner, Timestamp};
use crate::wire::fault::Fault;
use crate::wire::frame::raw;
use crate::wire::id::{OperatorId, SessionId, VisitorId};
use crate::wire::model::Channel;
use crate::wire::telephony::{
    CallCreate, CallCreated, CallFacts, CallState, CallValue, Ice, IceServer, Invite,
    OperatorTelephony, VisitorTelephony,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha1::Sha1;

/// What is kept of an answer: credentials are made anew when it is repeated.
#[derive(Serialize, Deserialize)]
struct Created {
    id: SessionId,
}

impl Engine {
    pub(super) fn visitor_telephony(
        &mut self,
        link: LinkId,
        visitor: &VisitorId,
        call: VisitorTelephony,
    ) -> Result<Box<RawValue>, Fault> {
        match call {
            VisitorTelephony::Create(call) => self.call_create(link, visitor, call),
            VisitorTelephony::Accept(call) => self.accept_invitation(visitor, &call.session),
            VisitorTelephony::Decline(call) => self.decline_invitation(visitor, &call.session),
            VisitorTelephony::Ice(call) if self.trials.contains_key(&call.session) => {
                self.own_trial(link, &call.session)?;
                Ok(raw(&self.ice(visitor.as_str(), &call.session)))
            }
            VisitorTelephony::Close(call) if self.trials.contains_key(&call.session) => {
                self.own_trial(link, &call.session)?;
                self.end_trial(&call.session);
                Ok(raw(&true))
            }
            VisitorTelephony::Test(call) => self.call_test(link, visitor, &call),
            VisitorTelephony::Ice(call) => {
                check_open(self.own_call(visitor, &call.session)?)?;
                Ok(raw(&self.ice(visitor.as_str(), &call.session)))
            }
            VisitorTelephony::Close(call) => {
                self.own_call(visitor, &call.session)?;
                self.close_session(&call.session);
                Ok(raw(&true))
            }
            VisitorTelephony::Signal(call) => self.visitor_signal(link, visitor, call),
        }
    }

    pub(super) fn operator_telephony(
        &mut self,
        link: LinkId,
        operator: &OperatorId,
        call: OperatorTelephony,
    ) -> Result<Box<RawValue>, Fault> {
        match call {
            OperatorTelephony::Invite(call) => self.invite(operator, &call),
            OperatorTelephony::Hold(call) => self.hold(operator, &call.session, true),
            OperatorTelephony::Resume(call) => self.hold(operator, &call.session, false),
            OperatorTelephony::Ice(call) => {
                check_open(self.visible_call(operator, &call.session)?)?;
                Ok(raw(&self.ice(operator.as_str(), &call.session)))
            }
            OperatorTelephony::Close(call) => {
                let session = self.visible_call(operator, &call.session)?;
                let is_his = session.operator() == Some(operator)
                    && !matches!(session.progress.stage, Stage::Offered { .. });
                if session.is_open() && !is_his {
                    return Err(Fault::session_not_found("no such call of yours"));
                }
                self.close_session(&call.session);
                Ok(raw(&true))
            }
            OperatorTelephony::Signal(call) => self.operator_signal(link, operator, call),
        }
    }

    /// The visitor's own call: a conversation is as unknown here as somebody else's call.
    pub(super) fn own_call(&self, visitor: &VisitorId, id: &SessionId) -> Result<&Session, Fault> {
        self.own_session(visitor, id).and_then(|session| {
            if session.channel.is_call() {
                Ok(session)
            } else {
                Err(Fault::session_not_found("no such call"))
            }
        })
    }

    pub(super) fn visible_call(
        &self,
        operator: &OperatorId,
        id: &SessionId,
    ) -> Result<&Session, Fault> {
        self.visible_session(operator, id).and_then(|session| {
            if session.channel.is_call() {
                Ok(session)
            } else {
                Err(Fault::session_not_found("no such call of yours"))
            }
        })
    }

    /// The visitor's call of that channel: the one that is open, else the last.
    pub(super) fn call_of(
        &self,
        visitor: &VisitorId,
        channel: Channel,
    ) -> Option<(&SessionId, &Session)> {
        self.visitors
            .get(visitor)?
            .sessions
            .iter()
            .filter_map(|id| Some((id, self.sessions.get(id)?)))
            .filter(|(_, session)| session.channel == channel)
            .max_by_key(|(id, session)| (session.is_open(), session.progress.order, (*id).clone()))
    }

    pub(super) fn call_value(&self, id: &SessionId, session: &Session) -> CallValue {
        let facts = self.call_facts(session).unwrap_or_else(|| CallFacts {
            state: CallState::Idle,
            start: None,
            time: session.created.iso(),
            expires: None,
            with: None,
        });
        CallValue { session: self.session_value(id, session), facts }
    }

    /// What a call has beside what every session has.
    pub(super) fn call_facts(&self, session: &Session) -> Option<CallFacts> {
        let call = session.progress.call.as_ref()?;
        let (state, expires) = match &session.progress.stage {
            Stage::Welcome { .. } | Stage::Waiting | Stage::Offered { .. } => {
                (CallState::NewOutbound, None)
            }
            Stage::Invited { until, .. } => (CallState::NewInbound, Some(until.iso())),
            Stage::Connected { .. } if call.held => (CallState::Hold, None),
            Stage::Connected { .. } => (CallState::Connected, None),
            Stage::Closed { .. } => (CallState::Idle, None),
        };
        Some(CallFacts {
            state,
            start: session.progress.answered.map(Timestamp::iso),
            time: call.since.iso(),
            expires,
            with: call.with.clone(),
        })
    }

    /// What `subscribe` answers: the server's clock now, and nothing of a call that is over.
    pub(super) fn call_answer(&self, visitor: &VisitorId, channel: Channel) -> Box<RawValue> {
        match self.call_of(visitor, channel).filter(|(_, session)| session.is_open()) {
            Some((id, session)) => {
                let mut value = self.call_value(id, session);
                value.facts.time = self.now.iso();
                raw(&value)
            }
            None => RawValue::NULL.to_owned(),
        }
    }

    /// When a call ends because the visitor's last connection went away.
    pub(super) fn call_abandoned(&self, id: &SessionId) -> Option<Timestamp> {
        let session = self.sessions.get(id).filter(|it| it.channel.is_call() && it.is_open())?;
        let visitor = self.visitors.get(&session.visitor)?;
        // Who was there when the server died could not come back before it was started again.
        let left = visitor.seen.max(self.started);
        visitor.links.is_empty().then(|| left.after(self.rules.calls.absence))
    }

    pub(super) fn is_on_a_call(&self, operator: &super::state::Operator) -> bool {
        operator
            .contacts
            .iter()
            .any(|id| self.sessions.get(id).is_some_and(|session| session.channel.is_call()))
    }

    /// Ends what an operator who went away had rung visitors for.
    pub(super) fn withdraw_invitations(&mut self, operator: &OperatorId) {
        for id in self.contacts_of(operator) {
            let session = self.sessions.get(&id);
            if session.is_some_and(|it| matches!(it.progress.stage, Stage::Invited { .. })) {
                self.close_session(&id);
            }
        }
    }

    /// Rings the operator of another session of the same visitor, if there is one and he is there.
    pub(super) fn offer_with(&mut self, id: &SessionId, with: &SessionId) {
        let operator = match self.sessions.get(with).map(|session| &session.progress.stage) {
            Some(Stage::Connected { operator, .. }) => operator.clone(),
            Some(
                Stage::Welcome { .. }
                | Stage::Waiting
                | Stage::Offered { .. }
                | Stage::Invited { .. }
                | Stage::Closed { .. },
            )
            | None => return,
        };
        if self.operators.get(&operator).is_some_and(|operator| !operator.links.is_empty()) {
            self.offer(id, operator);
        }
    }

    fn call_create(
        &mut self,
        link: LinkId,
        visitor: &VisitorId,
        call: CallCreate,
    ) -> Result<Box<RawValue>, Fault> {
        if !call.channel.is_call() {
            return Err(Fault::params("channel: VIDEO or PHONE_CALL"));
        }
        let customer = self.clean_customer(call.customer)?;
        self.check_fields(&call.fields)?;
        let print = fingerprint(&[
            call.channel.name(),
            &call.service,
            raw(&customer).get(),
            raw(&call.fields).get(),
            call.with.as_ref().map_or("", SessionId::as_str),
        ]);
        let known = self.visitors.get(visitor).map(|visitor| &visitor.keys);
        if let Some(kept) =
            known.map_or(Ok(None), |keys| keys.recall("call.create", &call.key, print))?
        {
            return self.created(visitor.as_str(), &kept);
        }
        if let Some(with) = &call.with {
            self.own_chat(visitor, with)?;
        }
        self.check_contact(link, visitor, call.channel, &call.service)?;
        let customer = customer
            .or_else(|| self.visitors.get(visitor).and_then(|visitor| visitor.customer.clone()));
        let start = Start::Asked { with: call.with.clone() };
        let id =
            self.open_session(visitor, call.channel, &call.service, customer, call.fields, start);
        if let Some(with) = &call.with {
            self.offer_with(&id, with);
        }
        self.mark_session(&id);
        let kept = raw(&Created { id: id.clone() });
        let owner = Owner::Visitor(visitor.clone());
        self.keep_answer(owner, "call.create", &call.key, print, &id, &kept);
        self.created(visitor.as_str(), &kept)
    }

    fn invite(&mut self, operator: &OperatorId, call: &Invite) -> Result<Box<RawValue>, Fault> {
        if !call.channel.is_call() {
            return Err(Fault::params("channel: VIDEO or PHONE_CALL"));
        }
        let chat = self.visible_chat(operator, &call.session)?;
        let (visitor, service) = (chat.visitor.clone(), chat.service.clone());
        let (customer, fields) = (chat.customer.clone(), chat.fields.clone());
        let print = fingerprint(&[call.channel.name(), call.session.as_str()]);
        let known = self.operators.get(operator).map(|operator| &operator.keys);
        if let Some(kept) =
            known.map_or(Ok(None), |keys| keys.recall("call.create", &call.key, print))?
        {
            return self.created(operator.as_str(), &kept);
        }
        self.check_connected(operator, &call.session)?;
        self.check_service(&service, call.channel)?;
        self.check_none_open(&visitor, call.channel)?;
        let start = Start::Invited { operator: operator.clone(), with: call.session.clone() };
        let id = self.open_session(&visitor, call.channel, &service, customer, fields, start);
        if let Some(operator) = self.operators.get_mut(operator) {
            operator.contacts.insert(id.clone());
        }
        self.mark_session(&id);
        let kept = raw(&Created { id: id.clone() });
        let owner = Owner::Operator(operator.clone());
        self.keep_answer(owner, "call.create", &call.key, print, &id, &kept);
        self.created(operator.as_str(), &kept)
    }

    fn accept_invitation(
        &mut self,
        visitor: &VisitorId,
        id: &SessionId,
    ) -> Result<Box<RawValue>, Fault> {
        let session = self.own_call(visitor, id)?;
        match &session.progress.stage {
            Stage::Invited { operator, .. } => {
                let operator = operator.clone();
                self.connect(id, &operator);
            }
            Stage::Connected { .. } => {}
            Stage::Closed { .. } => return Err(Fault::session_closed("the call is over")),
            Stage::Welcome { .. } | Stage::Waiting | Stage::Offered { .. } => {
                return Err(Fault::not_connected("this call was not the operator's idea"));
            }
        }
        Ok(raw(&CallCreated { id: id.clone(), ice: self.ice(visitor.as_str(), id) }))
    }

    fn decline_invitation(
        &mut self,
        visitor: &VisitorId,
        id: &SessionId,
    ) -> Result<Box<RawValue>, Fault> {
        match &self.own_call(visitor, id)?.progress.stage {
            Stage::Invited { .. } => {
                self.close_session(id);
                Ok(raw(&true))
            }
            Stage::Closed { .. } => Err(Fault::session_closed("the call is over")),
            Stage::Welcome { .. }
            | Stage::Waiting
            | Stage::Offered { .. }
            | Stage::Connected { .. } => Err(Fault::not_connected("this call does not ring here")),
        }
    }

    fn hold(
        &mut self,
        operator: &OperatorId,
        id: &SessionId,
        held: bool,
    ) -> Result<Box<RawValue>, Fault> {
        self.visible_call(operator, id)?;
        self.check_connected(operator, id)?;
        if let Some(call) = self.sessions.get_mut(id).and_then(|it| it.progress.call.as_mut())
            && call.held != held
        {
            call.held = held;
            self.session_stepped(id);
        }
        Ok(raw(&true))
    }

    fn created(&self, owner: &str, kept: &RawValue) -> Result<Box<RawValue>, Fault> {
        let Created { id } = serde_json::from_str(kept.get())
            .map_err(|_| Fault::internal("the first answer cannot be read"))?;
        let ice = self.ice(owner, &id);
        Ok(raw(&CallCreated { id, ice }))
    }

    /// STUN as it is set; TURN with credentials of the TURN REST scheme: `<end>:<who>:<call>`, and HMAC-SHA1 over it.
    pub(super) fn ice(&self, owner: &str, id: &SessionId) -> Ice {
        let rules = &self.rules.calls;
        let mut ice_servers = Vec::new();
        if !rules.stun.is_empty() {
            ice_servers.push(IceServer {
                urls: rules.stun.clone(),
                username: None,
                credential: None,
            });
        }
        if !rules.turn.is_empty() {
            let end = self.now.after(rules.turn_ttl).millis() / 1000;
            let username = format!("{end}:{owner}:{id}");
            let credential = credential(&rules.turn_secret, &username);
            ice_servers.push(IceServer {
                urls: rules.turn.clone(),
                username: Some(username),
                credential: Some(credential),
            });
        }
        let ice_ttl = u64::try_from(rules.turn_ttl.as_millis()).unwrap_or(u64::MAX);
        Ice { ice_servers, ice_ttl }
    }

    /// The visitor's last connection went away: his calls have their time from now on.
    pub(super) fn arm_calls(&mut self, visitor: &VisitorId) {
        let sessions = self.visitors.get(visitor).map(|visitor| visitor.sessions.clone());
        for id in sessions.into_iter().flatten() {
            self.arm_session(&id);
        }
    }

    /// Calls are watched by channel: whoever is forgotten leaves no topic.
    pub(super) fn forget_calls(&mut self, visitor: &VisitorId) {
        for channel in [Channel::Video, Channel::PhoneCall] {
            self.topics.forget(&Topic::Call(visitor.clone(), channel));
        }
    }
}

/// The password of a user name of the TURN REST scheme: base64 of HMAC-SHA1 over it.
#[must_use]
pub fn credential(secret: &str, username: &str) -> String {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(username.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

fn check_open(session: &Session) -> Result<(), Fault> {
    if session.is_open() { Ok(()) } else { Err(Fault::session_closed("the call is over")) }
}
