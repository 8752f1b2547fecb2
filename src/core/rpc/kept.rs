use super::read;
use super::topic::Cursor;
use crate::core::json::{Field, Json, Notes, Writer};
use crate::core::model::{ChatChannelEventMessage, OpenSession};

/// What a page keeps of a conversation for the next one, in the wire's words.
///
/// `{"id","channel","service","met","epoch","seq","result":[…]}`: an open session as `hello` names it
/// and a stretch of its log as `subscribe` answers it. Messages that wait have a `key` and no `seq`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Which conversation.
    pub session: OpenSession,
    /// Whether an operator has answered.
    pub met: bool,
    /// How far the log was read, where all of it is here.
    pub cursor: Option<Cursor>,
    /// Events of the log, or messages that wait; in order.
    pub events: Vec<ChatChannelEventMessage>,
}

/// One of the things that a page keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Which conversation runs.
    Session,
    /// The conversation as it was last seen.
    Log,
    /// What waits to be sent, and what failed.
    Outbox,
}

impl Part {
    /// All of them, in the order in which they are read.
    pub const ALL: [Self; 3] = [Self::Session, Self::Log, Self::Outbox];

    /// Under which name a platform keeps it.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Log => "chat",
            Self::Outbox => "outbox",
        }
    }
}

impl Kept {
    /// Reads it; `None` where it is not ours, or of another version.
    #[must_use]
    #[inline(never)]
    pub fn read(text: &str) -> Option<Self> {
        let json = Json::parse(text).ok()?;
        let notes = Notes::default();
        let field = Field::root(&json, &notes);
        let epoch = read::needed(&field, "epoch");
        let seq = read::number(&field, "seq");
        let kept = Self {
            session: read::open_session(&field),
            met: field.flag("met", false),
            cursor: seq.map(|seq| Cursor { epoch, seq }),
            events: field.get("result").items().map(|field| read::event(&field)).collect(),
        };
        (!notes.failed()).then_some(kept)
    }
}

/// Writes what [`Kept`] reads.
pub(crate) struct Keeping(Writer);

impl Keeping {
    /// A conversation without events yet.
    pub(crate) fn new(session: &OpenSession, met: bool, cursor: Option<&Cursor>) -> Self {
        let mut writer = Writer::new();
        writer.text("id", session.id.as_str());
        writer.text("channel", session.channel.as_str());
        writer.text("service", &session.service);
        writer.flag("met", met);
        writer.text("epoch", cursor.map_or("", |cursor| cursor.epoch.as_str()));
        if let Some(cursor) = cursor {
            writer.number("seq", cursor.seq);
        }
        writer.list("result");
        Self(writer)
    }

    /// The next event.
    pub(crate) fn event(&mut self, event: &ChatChannelEventMessage) {
        let writer = &mut self.0;
        writer.item();
        if let Some(seq) = event.seq {
            writer.number("seq", seq);
        }
        let direction = event.direction.as_ref();
        for (name, text) in [
            ("id", event.id.as_ref().map(|id| id.as_str())),
            ("messageType", event.message_type.as_ref().map(|kind| kind.as_str())),
            ("direction", direction.map(|direction| direction.as_str())),
            ("message", event.message.as_ref().map(|text| text.as_str())),
            ("createdAt", event.created_at.as_deref()),
            ("key", event.key.as_ref().map(|key| key.as_str())),
        ] {
            writer.optional(name, text);
        }
        writer.flag("greeting", event.greeting);
        if let Some(file) = &event.attachment {
            writer.object("attachment");
            writer.text("file", file.file.as_str());
            writer.text("name", &file.name);
            writer.number("size", file.size);
            writer.text("type", &file.media_type);
            writer.text("state", file.state.as_str());
            writer.end();
        }
        writer.end();
    }

    /// The text.
    pub(crate) fn finish(mut self) -> String {
        self.0.end_list();
        self.0.finish()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::core::model::{
        Attachment, AttachmentState, ChannelType, ChatMessageType, Direction,
    };

    fn kept() -> Kept {
        let attachment = Attachment {
            file: "f_1".into(),
            name: "rudder \"1\".jpg".to_owned().into(),
            size: 7,
            media_type: "image/jpeg".to_owned(),
            state: AttachmentState::Available,
            reason: None,
        };
        let taken = ChatChannelEventMessage {
            seq: Some(1),
            id: Some("m_1".into()),
            message_type: Some(ChatMessageType::Message),
            direction: Some(Direction::Inbound),
            created_at: Some("2026-11-22T10:00:00Z".to_owned()),
            attachment: Some(Arc::new(attachment)),
            ..ChatChannelEventMessage::default()
        };
        let waiting = ChatChannelEventMessage {
            key: Some("k1".into()),
            message: Some("Hello\n\"there\" 👋".to_owned().into()),
            greeting: true,
            ..ChatChannelEventMessage::default()
        };
        Kept {
            session: OpenSession {
                id: "s_42".into(),
                channel: ChannelType::Chat,
                service: "service0001".to_owned(),
            },
            met: true,
            cursor: Some(Cursor { epoch: "e_7c".into(), seq: 1 }),
            events: vec![taken, waiting],
        }
    }

    fn write(kept: &Kept) -> String {
        let mut keeping = Keeping::new(&kept.session, kept.met, kept.cursor.as_ref());
        kept.events.iter().for_each(|event| keeping.event(event));
        keeping.finish()
    }

    #[test]
    fn what_was_kept_comes_back_as_it_was() {
        assert_eq!(Kept::read(&write(&kept())), Some(kept()));
        let without = Kept { cursor: None, met: false, events: Vec::new(), ..kept() };
        assert_eq!(Kept::read(&write(&without)), Some(without));
    }

    #[test]
    fn a_text_that_is_not_ours_is_not_read() {
        let good = write(&kept());
        let foreign = ["", "{}", "[]", "null", "{\"id\":7}", &good[..good.len() - 1]];
        for text in foreign {
            assert_eq!(Kept::read(text), None, "{text}");
        }
    }
}
