//! How a session begins and ends.

use std::time::Duration;

use super::words::{CallKind, News};
use super::{CLOSE_PATIENCE, Chat, State};
use crate::core::connection;
use crate::core::error::Error;
use crate::core::model::{
    ChannelType, ChatChannelSession, Key, MultiChannelState, OpenSession, SessionId,
};
use crate::core::rpc::{Cursor, Keeping, Kept, Part, Reply, Request, Topic};
use crate::core::time::Timestamp;

/// Starting waits for the connection this long.
const CREATE_TIMEOUT: Duration = Duration::from_secs(10);

impl Chat {
    pub(super) fn create(&mut self, key: Key) {
        if !matches!(self.state, State::New) {
            let state = self.state.name();
            let error = Error::WrongState { operation: "createChatChannelSession", state };
            return self.tell(News::Answer(key, Err(error)));
        }
        self.state = State::Creating { close: false };
        let request = self.create.clone().with_key(&key);
        self.call(CallKind::Create(key), request, Some(CREATE_TIMEOUT), true);
    }

    #[inline(never)]
    pub(super) fn created(&mut self, key: Key, outcome: Result<Reply, Error>, now: Timestamp) {
        let close = matches!(self.state, State::Creating { close: true });
        let read = outcome.and_then(|reply| Ok((reply.session()?, reply)));
        match read {
            Ok((session, reply)) => {
                self.open(session.id.clone());
                self.session(&session, now);
                self.tell(News::Answer(key, Ok(reply)));
                if close {
                    self.close(now);
                }
            }
            Err(error) => {
                self.state = State::New;
                self.tell(News::Answer(key, Err(error)));
                if close {
                    self.over();
                }
            }
        }
    }

    /// Takes up a session that runs: with what an earlier page saw of it, and could not send.
    pub(super) fn attach(&mut self, id: SessionId, kept: Vec<Kept>) {
        for kept in kept.into_iter().filter(|kept| kept.session.id == id) {
            self.was_connected |= kept.met;
            if let Some(cursor) = &kept.cursor {
                self.told = cursor.seq;
                self.cursor = kept.cursor;
            }
            if kept.events.first().is_some_and(|event| event.seq.is_some()) {
                self.list.log(&kept.events.iter().collect::<Vec<_>>(), true);
                continue;
            }
            for event in kept.events {
                if let (Some(key), Some(text)) = (event.key, event.message)
                    && !self.list.knows(&key)
                {
                    self.post(&id, key, text, event.greeting);
                }
            }
        }
        if self.was_connected {
            self.tell(News::Met);
        }
        self.open(id);
        self.tell_changes();
    }

    /// What the next page has to know: a [`Kept`] in writing.
    #[inline(never)]
    pub(crate) fn kept(&self, part: Part, cursor: Option<&Cursor>) -> Option<String> {
        let entries = self.list.kept(part);
        if entries.is_empty() && part != Part::Session {
            return None;
        }
        let whole = entries.first().is_some_and(|entry| entry.seq == Some(1));
        let session = OpenSession {
            id: self.id()?.clone(),
            channel: ChannelType::Chat,
            service: self.service.clone(),
        };
        let cursor = cursor.filter(|_| whole);
        let mut keeping = Keeping::new(&session, self.was_connected, cursor);
        for entry in entries {
            keeping.event(&entry.kept());
        }
        Some(keeping.finish())
    }

    pub(super) fn open(&mut self, id: SessionId) {
        self.state = State::Open { id: id.clone(), over_by: None };
        self.tell(News::Id(id.clone()));
        self.watch(Topic::Session(id), None);
        self.watch_log();
    }

    pub(super) fn close(&mut self, now: Timestamp) {
        match &mut self.state {
            State::New => self.over(),
            State::Creating { close } => *close = true,
            State::Open { id, over_by } => {
                let request = Request::chat_close(id);
                over_by.get_or_insert(now + CLOSE_PATIENCE);
                self.call(CallKind::Close, request, None, true);
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
                self.fail(letter.key, unsent("closed"));
            }
            let typing = self.their_typing.told(false, Timestamp::ZERO);
            self.tell_typing(typing);
            let mut session = self.session.take().unwrap_or_else(|| ChatChannelSession {
                id: id.clone(),
                service: Some(self.service.clone()),
                session_state: None,
                step: None,
                agent: None,
            });
            session.session_state = Some(MultiChannelState::Closed);
            self.tell(News::Session(session));
            for topic in [Topic::Chat(id.clone()), Topic::Receipts(id.clone()), Topic::Session(id)]
            {
                self.connection(connection::Input::Unwatch(topic));
            }
        }
        self.tell(News::Over);
    }
}

/// Why a message cannot be taken.
pub(super) fn unsent(state: &'static str) -> Error {
    Error::WrongState { operation: "chatSendMessage", state }
}
