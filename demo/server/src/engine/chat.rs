//! What both sides of a conversation do: say, type, receive, read.

use super::Engine;
use super::state::{Author, Session, What};
use super::topic::Topic;
use super::views::{Side, message_id};
use crate::wire::call::{TypingStatus, Watermark};
use crate::wire::fault::Fault;
use crate::wire::frame::raw;
use crate::wire::hello::Sent;
use crate::wire::id::SessionId;
use crate::wire::model::{Direction, MessageStatus};
use serde_json::value::RawValue;

impl Engine {
    /// Checks a text before anything is done with it.
    pub(super) fn check_message(&self, text: &str) -> Result<(), Fault> {
        let most = self.rules.limits.message;
        let length = text.chars().count();
        if length > most {
            return Err(Fault::message_too_long(format!("{length} characters, {most} allowed")));
        }
        if text.trim().is_empty() {
            return Err(Fault::params("message: must say something"));
        }
        Ok(())
    }

    /// Appends a message to a conversation that goes on.
    pub(super) fn say(
        &mut self,
        id: &SessionId,
        by: Author,
        key: &str,
        text: String,
    ) -> Result<Box<RawValue>, Fault> {
        self.session_active(id);
        self.push_over(id);
        let said = What::Said { by, key: key.to_owned(), text };
        let (seq, at) =
            self.append(id, said).ok_or_else(|| Fault::session_not_found("no such session"))?;
        Ok(raw(&Sent { id: message_id(seq), seq, created_at: at.iso() }))
    }

    /// Passes on that somebody types.
    pub(super) fn typing(&mut self, id: &SessionId, status: TypingStatus, direction: Direction) {
        let status = match status {
            TypingStatus::Composing => {
                self.session_active(id);
                MessageStatus::Composing
            }
            TypingStatus::Idle => MessageStatus::Idle,
        };
        self.publish_typing(id, status, direction);
    }

    /// Moves one side's watermark, never backwards.
    pub(super) fn mark_seen(
        &mut self,
        call: &Watermark,
        side: Side,
        is_read: bool,
    ) -> Result<(), Fault> {
        let id = &call.session;
        let session =
            self.sessions.get_mut(id).ok_or_else(|| Fault::session_not_found("no such session"))?;
        let seq = message_seq(session, &call.message)?;
        let (receipts, topic) = match side {
            Side::Visitor => (&mut session.progress.by_visitor, Topic::Watermarks(id.clone())),
            Side::Operator => (&mut session.progress.by_operator, Topic::Receipts(id.clone())),
        };
        let before = *receipts;
        receipts.received = receipts.received.max(seq);
        if is_read {
            receipts.read = receipts.read.max(seq);
        }
        if *receipts != before {
            self.changed.insert(id.clone());
            self.topics.mark(topic);
        }
        Ok(())
    }
}

fn message_seq(session: &Session, id: &str) -> Result<u64, Fault> {
    id.strip_prefix("m_")
        .and_then(|seq| seq.parse().ok())
        .filter(|seq| (1..=session.log.len() as u64).contains(seq))
        .ok_or_else(|| Fault::params("message: no such message in this session"))
}
