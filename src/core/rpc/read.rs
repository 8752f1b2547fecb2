//! The wire's values, read field by field.
//!
//! `null` is the same as absent, unknown fields are passed over, a field of the wrong type is a
//! mistake that is noted; what is given back then is worth nothing.

use std::sync::Arc;
use std::time::Duration;

use super::call::SignalValue;
use super::incoming::{HelloReply, LogEntry, LogPage, Sent};
use super::topic::Topic;
use crate::core::error::{Error, Refused};
use crate::core::json::Field;
use crate::core::map::Map;
use crate::core::model::{
    Agent, Attachment, AttachmentState, ChannelType, ChatChannelEventMessage, ChatChannelSession,
    FileLimits, Limits, OpenSession, Private, RateLimit, ServiceStatus, Step, StepMedia,
    Watermarks,
};

/// A text that has to be there, as whatever is made of one.
pub(super) fn needed<'a, T: From<&'a str>>(field: &Field<'a>, name: &str) -> T {
    T::from(field.needed_text(name, "a text"))
}

#[inline(never)]
pub(super) fn hello(field: &Field<'_>) -> HelloReply {
    field.members();
    HelloReply {
        visitor: needed(field, "visitor"),
        resume: needed(field, "resume"),
        resume_ttl: number(field, "resumeTtl").unwrap_or(0),
        resumed: field.flag("resumed", false),
        epoch: needed(field, "epoch"),
        heartbeat: field.small("heartbeat").unwrap_or(0),
        time: field.string("time"),
        channels: field.find("channels").map(|field| channels(&field)).unwrap_or_default(),
        features: field.strings("features"),
        limits: field.find("limits").map(|field| limits(&field)).unwrap_or_default(),
        sessions: field.find("sessions").map(|field| open_sessions(&field)).unwrap_or_default(),
    }
}

pub(super) fn channels(field: &Field<'_>) -> Map<ChannelType, bool> {
    let mut channels = Map::new();
    for (name, _) in field.members() {
        channels.insert(ChannelType::from(&**name), field.get(name).needed_flag());
    }
    channels
}

pub(super) fn service_status(field: &Field<'_>) -> ServiceStatus {
    field.members();
    ServiceStatus {
        channel_configuration: field.made("channelConfiguration"),
        channel_id: field.made("channelId"),
        service: field.string("service"),
        service_configuration: field.made("serviceConfiguration"),
        status: field.made("status"),
    }
}

pub(super) fn session(field: &Field<'_>) -> ChatChannelSession {
    field.members();
    ChatChannelSession {
        id: needed(field, "id"),
        service: field.string("service"),
        session_state: field.made("sessionState"),
        step: field.find("step").map(|field| step(&field)),
        agent: field.find("agent").map(|field| Agent { name: needed(&field, "name") }),
    }
}

pub(super) fn watermarks(field: &Field<'_>) -> Watermarks {
    field.members();
    Watermarks {
        received: number(field, "received").unwrap_or(0),
        read: number(field, "read").unwrap_or(0),
    }
}

#[inline(never)]
pub(super) fn event(field: &Field<'_>) -> ChatChannelEventMessage {
    field.members();
    ChatChannelEventMessage {
        seq: number(field, "seq"),
        id: field.made("id"),
        session_id: field.made("sessionId"),
        message_type: field.made("messageType"),
        status: field.made("status"),
        direction: field.made("direction"),
        message: field.string("message").map(Private::new),
        created_at: field.string("createdAt"),
        key: field.made("key"),
        greeting: field.flag("greeting", false),
        attachment: field.find("attachment").map(|field| attachment(&field)),
    }
}

fn attachment(field: &Field<'_>) -> Arc<Attachment> {
    Arc::new(Attachment {
        file: needed(field, "file"),
        name: Private::new(field.string("name").unwrap_or_default()),
        size: number(field, "size").unwrap_or(0),
        media_type: field.string("type").unwrap_or_default(),
        // A server that does not look at files has nothing to say about it.
        state: field.made("state").unwrap_or(AttachmentState::Available),
        reason: field.string("reason"),
    })
}

#[inline(never)]
pub(super) fn page(topic: &Topic, field: &Field<'_>) -> LogPage {
    LogPage {
        epoch: needed(field, "epoch"),
        recovered: field.flag("recovered", true),
        more: field.flag("more", false),
        result: field.get("result").items().map(|field| entry(topic, &field)).collect(),
    }
}

pub(super) fn entry(topic: &Topic, field: &Field<'_>) -> LogEntry {
    if let Topic::Signal(_) = topic {
        LogEntry::Signal(SignalValue::of(field))
    } else {
        LogEntry::Chat(event(field))
    }
}

pub(super) fn sent(field: &Field<'_>) -> Sent {
    Sent {
        id: needed(field, "id"),
        seq: field.needed_whole("seq"),
        created_at: field.string("createdAt"),
    }
}

pub(super) fn refusal(field: &Field<'_>) -> Error {
    let data = field.get("data");
    if field.find("data").is_some() {
        data.members();
    }
    let millis = |millis: u32| Duration::from_millis(millis.into());
    Error::Refused(Box::new(Refused {
        code: field.needed_signed("code"),
        message: field.string("message").unwrap_or_default(),
        reason: data.string("reason").unwrap_or_default(),
        retryable: data.flag("retryable", false),
        retry_after: data.small("retryAfter").map(millis),
        session: data.string("session"),
    }))
}

pub(super) fn step(field: &Field<'_>) -> Step {
    field.members();
    Step {
        step: field.signed("step"),
        kind: field.made("type"),
        queue_position: field.small("queuePosition"),
        expected_wait: field.small("expectedWait"),
        welcome_message: field.string("welcomeMessage"),
        media: field.find("media").map(|field| media(&field)).unwrap_or_default(),
        uri: field.string("uri"),
        inactivity_expire_datetime: field.signed("inactivityExpireDatetime"),
    }
}

fn media(field: &Field<'_>) -> Vec<StepMedia> {
    let one = |field: Field<'_>| StepMedia {
        media_type: needed(&field, "type"),
        url: needed(&field, "url"),
    };
    field.items().map(one).collect()
}

fn open_sessions(field: &Field<'_>) -> Vec<OpenSession> {
    field.items().map(|field| open_session(&field)).collect()
}

#[inline(never)]
pub(super) fn open_session(field: &Field<'_>) -> OpenSession {
    OpenSession {
        id: needed(field, "id"),
        channel: needed(field, "channel"),
        service: needed(field, "service"),
    }
}

fn limits(field: &Field<'_>) -> Limits {
    field.members();
    let usual = Limits::default();
    Limits {
        frame: field.small("frame").unwrap_or(usual.frame),
        message: field.small("message").unwrap_or(usual.message),
        rate: field.find("rate").map(|field| rate(&field)).unwrap_or_default(),
        subscriptions: field.small("subscriptions").unwrap_or(usual.subscriptions),
        file: field.find("file").map(|field| file_limits(&field)),
    }
}

fn rate(field: &Field<'_>) -> RateLimit {
    field.members();
    let usual = RateLimit::default();
    RateLimit {
        per_second: field.small("perSecond").unwrap_or(usual.per_second),
        burst: field.small("burst").unwrap_or(usual.burst),
    }
}

fn file_limits(field: &Field<'_>) -> FileLimits {
    field.members();
    FileLimits { bytes: number(field, "bytes").unwrap_or(0), types: field.strings("types") }
}

/// A number of 64 bits.
pub(super) fn number(field: &Field<'_>, name: &str) -> Option<u64> {
    field.whole(name, 0, u64::MAX)
}
