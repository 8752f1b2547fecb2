//! How a session begins and ends.

use std::time::Duration;

use super::words::{CallKind, Effect, News};
use super::{CLOSE_PATIENCE, Chat, State};
use crate::core::connection::Failure;
use crate::core::error::Error;
use crate::core::model::{ChatChannelSession, Key, MultiChannelState, SessionId};
use crate::core::rpc::{Reply, Request, Topic};
use crate::core::time::Timestamp;

/// Starting waits for the connection this long.
const CREATE_TIMEOUT: Duration = Duration::from_secs(10);

impl Chat {
    pub(super) fn create(&mut self, key: Key) {
        if !matches!(self.state, State::New) {
            let state = self.state.name();
            let error = Error::WrongState { operation: "createChatChannelSession", state };
            return self.tell(News::Created(Err(error)));
        }
        self.state = State::Creating { close: false };
        let request = Request::ChatCreate {
            key,
            service: self.service.clone(),
            customer: self.customer.clone().map(Box::new),
            fields: self.fields.clone(),
        };
        let (kind, timeout) = (CallKind::Create, Some(CREATE_TIMEOUT));
        self.out.push(Effect::Call { kind, request, timeout, patient: true });
    }

    pub(super) fn created(&mut self, outcome: Result<Reply, Failure>, now: Timestamp) {
        let close = matches!(self.state, State::Creating { close: true });
        match outcome {
            Ok(Reply::Session(session)) => {
                self.open(session.id.clone());
                self.session((*session).clone(), now);
                self.tell(News::Created(Ok(*session)));
                if close {
                    self.close(now);
                }
            }
            Ok(_) => {
                self.state = State::New;
                let error = Error::Protocol("chat.create was not answered");
                self.tell(News::Created(Err(error)));
            }
            Err(failure) => {
                self.state = State::New;
                self.tell(News::Created(Err(failure.into())));
                if close {
                    self.over();
                }
            }
        }
    }

    pub(super) fn open(&mut self, id: SessionId) {
        self.state = State::Open { id: id.clone(), over_by: None };
        self.tell(News::Id(id.clone()));
        self.out.push(Effect::Watch(Topic::Session(id)));
        self.watch_log();
    }

    pub(super) fn close(&mut self, now: Timestamp) {
        match &mut self.state {
            State::New => self.over(),
            State::Creating { close } => *close = true,
            State::Open { id, over_by } => {
                let request = Request::ChatClose { session: id.clone() };
                over_by.get_or_insert(now + CLOSE_PATIENCE);
                let kind = CallKind::Close;
                self.out.push(Effect::Call { kind, request, timeout: None, patient: true });
            }
            State::Over => {}
        }
    }

    /// The server knows the session no more, so nobody else will tell its end.
    pub(super) fn gone(&mut self) {
        if matches!(self.state, State::Open { .. }) {
            self.over();
        }
    }

    pub(super) fn over(&mut self) {
        let state = std::mem::replace(&mut self.state, State::Over);
        if let State::Open { id, .. } = state {
            for letter in self.outbox.empty() {
                let error = Error::WrongState { operation: "chatSendMessage", state: "closed" };
                self.fail(letter.key, error);
            }
            if let Some(typing) = self.their_typing.told(false, Timestamp::ZERO) {
                self.tell(News::Typing(typing));
            }
            let closed = Some(MultiChannelState::Closed);
            let known = self.session.take();
            let session = known.unwrap_or_else(|| ChatChannelSession {
                id: id.clone(),
                service: Some(self.service.clone()),
                session_state: None,
                step: None,
                agent: None,
            });
            self.tell(News::Session(ChatChannelSession { session_state: closed, ..session }));
            for topic in [Topic::Chat(id.clone()), Topic::Receipts(id.clone()), Topic::Session(id)]
            {
                self.out.push(Effect::Unwatch(topic));
            }
        }
        self.tell(News::Over);
    }
}
