//! The calls of a visitor who has said hello.

use super::hello::clean;
use super::link::LinkId;
use super::sessions::Start;
use super::state::{Author, Session, Stage, fingerprint};
use super::topic::Topic;
use super::views::Side;
use super::{Engine, Owner, Record};
use crate::wire::VERSION;
use crate::wire::desk::Visit;
use crate::wire::fault::Fault;
use crate::wire::frame::raw;
use crate::wire::id::{SessionId, VisitorId};
use crate::wire::model::{Channel, Customer, Direction};
use crate::wire::visitor::{ChatCreate, ChatSend, Identify, VisitCall, VisitorCall};
use serde_json::value::RawValue;

impl Engine {
    pub(super) fn visitor_call(
        &mut self,
        link: LinkId,
        visitor: &VisitorId,
        call: VisitorCall,
    ) -> Result<Box<RawValue>, Fault> {
        match call {
            VisitorCall::GetVersion => Ok(raw(&VERSION)),
            VisitorCall::Hello(_) => {
                Err(Fault::request("hello was said already on this connection"))
            }
            VisitorCall::Ping => Ok(self.pong()),
            VisitorCall::Bye(bye) => Ok(self.visitor_bye(link, visitor, bye)),
            VisitorCall::Subscribe(call) => self.visitor_subscribe(link, visitor, &call),
            VisitorCall::Unsubscribe(call) => Ok(self.unsubscribe(link, &call)),
            VisitorCall::Visit(call) => self.visit(visitor, call),
            VisitorCall::Identify(call) => self.identify(visitor, call),
            VisitorCall::ChatCreate(call) => self.chat_create(link, visitor, call),
            VisitorCall::ChatSend(call) => self.visitor_send(visitor, call),
            VisitorCall::ChatTyping(call) => {
                let session = self.own_chat(visitor, &call.session)?;
                if matches!(session.progress.stage, Stage::Connected { .. }) {
                    self.typing(&call.session, call.status, Direction::Outbound);
                }
                Ok(raw(&true))
            }
            VisitorCall::ChatReceived(call) => {
                self.own_chat(visitor, &call.session)?;
                self.mark_seen(&call, Side::Visitor, false)?;
                Ok(raw(&true))
            }
            VisitorCall::ChatRead(call) => {
                self.own_chat(visitor, &call.session)?;
                self.mark_seen(&call, Side::Visitor, true)?;
                Ok(raw(&true))
            }
            VisitorCall::ChatClose(call) => {
                self.own_chat(visitor, &call.session)?;
                self.close_session(&call.session);
                Ok(raw(&true))
            }
            VisitorCall::SessionActive(call) => {
                let session = self.own_session(visitor, &call.session)?;
                if !session.is_open() {
                    return Err(Fault::session_closed("the session is over"));
                }
                self.session_active(&call.session);
                Ok(raw(&true))
            }
            VisitorCall::Telephony(call) => self.visitor_telephony(link, visitor, call),
            VisitorCall::File(call) => self.visitor_file(visitor, call),
            VisitorCall::Request(call) => self.visitor_request(link, visitor, call),
        }
    }

    /// The session, if it is that visitor's. Somebody else's is as unknown as one that never was.
    pub(super) fn own_session(
        &self,
        visitor: &VisitorId,
        id: &SessionId,
    ) -> Result<&Session, Fault> {
        self.sessions
            .get(id)
            .filter(|session| session.visitor == *visitor)
            .ok_or_else(|| Fault::session_not_found("no such session"))
    }

    /// The conversation, if it is that visitor's: a call is as unknown here as somebody else's conversation.
    pub(super) fn own_chat(&self, visitor: &VisitorId, id: &SessionId) -> Result<&Session, Fault> {
        self.own_session(visitor, id).and_then(|session| {
            if session.channel.is_call() {
                Err(Fault::session_not_found("no such conversation"))
            } else {
                Ok(session)
            }
        })
    }

    fn visit(&mut self, id: &VisitorId, call: VisitCall) -> Result<Box<RawValue>, Fault> {
        let most = self.rules.limits.uri;
        for (name, value) in [
            ("linkableUri", &call.linkable_uri),
            ("uri", &call.uri),
            ("uriDisplay", &call.uri_display),
        ] {
            if value.as_ref().is_some_and(|value| value.chars().count() > most) {
                return Err(Fault::params(format!("{name}: at most {most} characters")));
            }
        }
        let visit = Visit {
            at: self.now.iso(),
            linkable_uri: call.linkable_uri,
            uri: call.uri,
            uri_display: call.uri_display.map(|title| clean(&title)),
        };
        let Some(visitor) = self.visitors.get_mut(id) else {
            return Err(Fault::internal("the visitor is gone"));
        };
        let says_nothing =
            visit.linkable_uri.is_none() && visit.uri.is_none() && visit.uri_display.is_none();
        // The latest visit is told again after every reconnection.
        let is_known = visitor
            .visits
            .back()
            .is_some_and(|last| Visit { at: visit.at.clone(), ..last.clone() } == visit);
        if says_nothing || is_known {
            return Ok(raw(&true));
        }
        visitor.visited += 1;
        visitor.visits.push_back(visit.clone());
        while visitor.visits.len() > self.rules.limits.visits {
            visitor.visits.pop_front();
        }
        let (number, kept) = (visitor.visited, visitor.visits.len() as u64);
        let sessions: Vec<SessionId> = visitor.sessions.iter().cloned().collect();
        self.store(Record::Visit {
            visitor: id.clone(),
            number,
            oldest: number - kept.min(number) + 1,
            visit,
        });
        for session in sessions {
            self.topics.mark(Topic::Visits(session.clone()));
            self.push_over(&session);
        }
        Ok(raw(&true))
    }

    fn identify(&mut self, id: &VisitorId, call: Identify) -> Result<Box<RawValue>, Fault> {
        if self.rules.service(&call.service).is_none() {
            return Err(Fault::service_not_found("no service of that code"));
        }
        if let Some(visitor) = self.visitors.get_mut(id) {
            visitor.chosen = Some((call.channel, call.service));
            for session in visitor.sessions.clone() {
                self.topics.mark(Topic::Contact(session));
            }
        }
        Ok(raw(&true))
    }

    fn chat_create(
        &mut self,
        link: LinkId,
        id: &VisitorId,
        call: ChatCreate,
    ) -> Result<Box<RawValue>, Fault> {
        let customer = self.clean_customer(call.customer)?;
        self.check_fields(&call.fields)?;
        // Without a call to go with, as it was before there were calls: a repeated key must still fit.
        let (customer_text, fields_text) = (raw(&customer), raw(&call.fields));
        let mut parts = vec![call.service.as_str(), customer_text.get(), fields_text.get()];
        parts.extend(call.with.as_ref().map(SessionId::as_str));
        let print = fingerprint(&parts);
        let Some(visitor) = self.visitors.get(id) else {
            return Err(Fault::internal("the visitor is gone"));
        };
        if let Some(result) = visitor.keys.recall("chat.create", &call.key, print)? {
            return Ok(result);
        }
        let customer = customer.or_else(|| visitor.customer.clone());
        if let Some(with) = &call.with {
            self.own_call(id, with)?;
        }
        self.check_contact(link, id, Channel::Chat, &call.service)?;
        let start = Start::Asked { with: call.with.clone() };
        let session =
            self.open_session(id, Channel::Chat, &call.service, customer, call.fields, start);
        if let Some(with) = &call.with {
            self.offer_with(&session, with);
        }
        let opened =
            self.sessions.get(&session).ok_or_else(|| Fault::internal("the session is gone"))?;
        let result = raw(&self.session_value(&session, opened));
        self.keep_answer(
            Owner::Visitor(id.clone()),
            "chat.create",
            &call.key,
            print,
            &session,
            &result,
        );
        Ok(result)
    }

    fn visitor_send(&mut self, id: &VisitorId, call: ChatSend) -> Result<Box<RawValue>, Fault> {
        let session = self.own_chat(id, &call.session)?;
        let print = fingerprint(&[
            call.session.as_str(),
            &call.message,
            if call.greeting { "greeting" } else { "" },
        ]);
        let keys = self.visitors.get(id).map(|visitor| &visitor.keys);
        if let Some(result) =
            keys.map_or(Ok(None), |keys| keys.recall("chat.send", &call.key, print))?
        {
            return Ok(result);
        }
        self.check_message(&call.message)?;
        match &session.progress.stage {
            Stage::Connected { .. } => {}
            Stage::Closed { .. } => return Err(Fault::session_closed("the session is over")),
            Stage::Welcome { .. } => return Err(Fault::not_connected("the step is PLAY")),
            Stage::Waiting => return Err(Fault::not_connected("the step is QUEUE")),
            Stage::Offered { .. } | Stage::Invited { .. } => {
                return Err(Fault::not_connected("the step is CONNECTING"));
            }
        }
        let author = if call.greeting { Author::Greeting } else { Author::Visitor };
        let result = self.say(&call.session, author, call.key.as_str(), call.message)?;
        self.keep_answer(
            Owner::Visitor(id.clone()),
            "chat.send",
            &call.key,
            print,
            &call.session,
            &result,
        );
        Ok(result)
    }

    /// Names without control characters; nobody, if nothing is left.
    pub(super) fn clean_customer(
        &self,
        customer: Option<Customer>,
    ) -> Result<Option<Customer>, Fault> {
        let Some(mut customer) = customer else { return Ok(None) };
        let most = self.rules.limits.name;
        for (name, field) in customer.fields_mut() {
            let Some(text) = field.take().map(|text| clean(&text)).filter(|text| !text.is_empty())
            else {
                continue;
            };
            if text.chars().count() > most {
                return Err(Fault::params(format!("customer.{name}: at most {most} characters")));
            }
            *field = Some(text);
        }
        Ok((customer != Customer::default()).then_some(customer))
    }
}
