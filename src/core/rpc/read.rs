//! The wire's values, read field by field.
//!
//! By hand over a JSON tree: derived readers of the same types cost the page three times as much.
//! `null` is the same as absent, unknown fields are passed over, a field of the wrong type is not.

use serde_json::{Map as Object, Value};

use super::guard::DecodeError;
use super::incoming::{HelloReply, LogPage, Refusal, RefusalData, Sent};
use crate::core::map::Map;
use crate::core::model::{
    Agent, ChannelType, ChatChannelEventMessage, ChatChannelSession, FileLimits, Limits,
    OpenSession, Private, RateLimit, ServiceStatus, Step, Watermarks,
};

type Read<T> = Result<T, DecodeError>;

/// An object whose fields are read.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a>(&'a Object<String, Value>);

impl<'a> Fields<'a> {
    pub(super) fn of(value: &'a Value) -> Read<Self> {
        value.as_object().map(Self).ok_or(DecodeError::Shape)
    }

    pub(super) fn get(self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn text(self, name: &str) -> Read<Option<&'a str>> {
        self.get(name).map(|value| value.as_str().ok_or(DecodeError::Shape)).transpose()
    }

    pub(super) fn string(self, name: &str) -> Read<Option<String>> {
        Ok(self.text(name)?.map(str::to_owned))
    }

    /// A text that has to be there, as whatever is made of one.
    pub(super) fn needed<T: From<&'a str>>(self, name: &str) -> Read<T> {
        self.text(name)?.map(T::from).ok_or(DecodeError::Shape)
    }

    fn made<T: From<&'a str>>(self, name: &str) -> Read<Option<T>> {
        Ok(self.text(name)?.map(T::from))
    }

    fn private(self, name: &str) -> Read<Option<Private<String>>> {
        Ok(self.string(name)?.map(Private::new))
    }

    pub(super) fn number(self, name: &str) -> Read<Option<u64>> {
        self.get(name).map(|value| value.as_u64().ok_or(DecodeError::Shape)).transpose()
    }

    /// A number that fits 32 bits.
    fn small(self, name: &str) -> Read<Option<u32>> {
        let number = self.number(name)?;
        number.map(|number| u32::try_from(number).map_err(|_| DecodeError::Shape)).transpose()
    }

    fn signed(self, name: &str) -> Read<Option<i64>> {
        self.get(name).map(|value| value.as_i64().ok_or(DecodeError::Shape)).transpose()
    }

    pub(super) fn flag(self, name: &str, absent: bool) -> Read<bool> {
        self.get(name).map_or(Ok(absent), |value| value.as_bool().ok_or(DecodeError::Shape))
    }

    pub(super) fn fields(self, name: &str) -> Read<Option<Self>> {
        self.get(name).map(Self::of).transpose()
    }

    fn list<T>(self, name: &str, read: impl Fn(&'a Value) -> Read<T>) -> Read<Option<Vec<T>>> {
        self.get(name).map(|value| list(value, read)).transpose()
    }
}

pub(super) fn version(value: &Value) -> Read<Vec<String>> {
    list(value, text)
}

pub(super) fn hello(value: &Value) -> Read<HelloReply> {
    let fields = Fields::of(value)?;
    Ok(HelloReply {
        visitor: fields.needed("visitor")?,
        resume: Private::new(fields.needed("resume")?),
        resume_ttl: fields.number("resumeTtl")?.unwrap_or(0),
        resumed: fields.flag("resumed", false)?,
        epoch: fields.needed("epoch")?,
        heartbeat: fields.small("heartbeat")?.unwrap_or(0),
        time: fields.string("time")?,
        channels: fields.get("channels").map(channels).transpose()?.unwrap_or_default(),
        features: fields.list("features", text)?.unwrap_or_default(),
        limits: fields.fields("limits")?.map(limits).transpose()?.unwrap_or_default(),
        sessions: fields.list("sessions", open_session)?.unwrap_or_default(),
    })
}

pub(super) fn channels(value: &Value) -> Read<Map<ChannelType, bool>> {
    let pairs = value.as_object().ok_or(DecodeError::Shape)?.iter();
    pairs
        .map(|(name, on)| Ok((ChannelType::from(&**name), on.as_bool().ok_or(DecodeError::Shape)?)))
        .collect()
}

pub(super) fn service_status(value: &Value) -> Read<ServiceStatus> {
    let fields = Fields::of(value)?;
    Ok(ServiceStatus {
        channel_configuration: fields.made("channelConfiguration")?,
        channel_id: fields.made("channelId")?,
        service: fields.string("service")?,
        service_configuration: fields.made("serviceConfiguration")?,
        status: fields.made("status")?,
    })
}

pub(super) fn session(value: &Value) -> Read<ChatChannelSession> {
    let fields = Fields::of(value)?;
    Ok(ChatChannelSession {
        id: fields.needed("id")?,
        service: fields.string("service")?,
        session_state: fields.made("sessionState")?,
        step: fields.fields("step")?.map(step).transpose()?,
        agent: fields.fields("agent")?.map(agent).transpose()?,
    })
}

pub(super) fn watermarks(value: &Value) -> Read<Watermarks> {
    let fields = Fields::of(value)?;
    Ok(Watermarks {
        received: fields.number("received")?.unwrap_or(0),
        read: fields.number("read")?.unwrap_or(0),
    })
}

pub(super) fn event(value: &Value) -> Read<ChatChannelEventMessage> {
    let fields = Fields::of(value)?;
    Ok(ChatChannelEventMessage {
        seq: fields.number("seq")?,
        id: fields.made("id")?,
        session_id: fields.made("sessionId")?,
        message_type: fields.made("messageType")?,
        status: fields.made("status")?,
        direction: fields.made("direction")?,
        message: fields.private("message")?,
        created_at: fields.string("createdAt")?,
        key: fields.made("key")?,
        greeting: fields.flag("greeting", false)?,
    })
}

pub(super) fn page(value: &Value) -> Read<LogPage> {
    let fields = Fields::of(value)?;
    Ok(LogPage {
        epoch: fields.needed("epoch")?,
        recovered: fields.flag("recovered", true)?,
        more: fields.flag("more", false)?,
        result: fields.list("result", event)?.ok_or(DecodeError::Shape)?,
    })
}

pub(super) fn sent(value: &Value) -> Read<Sent> {
    let fields = Fields::of(value)?;
    Ok(Sent {
        id: fields.needed("id")?,
        seq: fields.number("seq")?.ok_or(DecodeError::Shape)?,
        created_at: fields.string("createdAt")?,
    })
}

pub(super) fn refusal(value: &Value) -> Read<Refusal> {
    let fields = Fields::of(value)?;
    let code = fields.signed("code")?.and_then(|code| i32::try_from(code).ok());
    Ok(Refusal {
        code: code.ok_or(DecodeError::Shape)?,
        message: fields.string("message")?.unwrap_or_default(),
        data: fields.fields("data")?.map(refusal_data).transpose()?.unwrap_or_default(),
    })
}

fn refusal_data(fields: Fields<'_>) -> Read<RefusalData> {
    Ok(RefusalData {
        reason: fields.string("reason")?.unwrap_or_default(),
        retryable: fields.flag("retryable", false)?,
        retry_after: fields.small("retryAfter")?,
        session: fields.made("session")?,
    })
}

fn step(fields: Fields<'_>) -> Read<Step> {
    Ok(Step {
        step: fields.signed("step")?,
        kind: fields.made("type")?,
        queue_position: fields.small("queuePosition")?,
        expected_wait: fields.small("expectedWait")?,
        welcome_message: fields.string("welcomeMessage")?,
        uri: fields.string("uri")?,
        inactivity_expire_datetime: fields.signed("inactivityExpireDatetime")?,
    })
}

fn agent(fields: Fields<'_>) -> Read<Agent> {
    Ok(Agent { name: fields.needed("name")? })
}

fn open_session(value: &Value) -> Read<OpenSession> {
    let fields = Fields::of(value)?;
    Ok(OpenSession {
        id: fields.needed("id")?,
        channel: fields.needed("channel")?,
        service: fields.needed("service")?,
    })
}

fn limits(fields: Fields<'_>) -> Read<Limits> {
    let usual = Limits::default();
    Ok(Limits {
        frame: fields.small("frame")?.unwrap_or(usual.frame),
        message: fields.small("message")?.unwrap_or(usual.message),
        rate: fields.fields("rate")?.map(rate).transpose()?.unwrap_or_default(),
        subscriptions: fields.small("subscriptions")?.unwrap_or(usual.subscriptions),
        file: fields.fields("file")?.map(file_limits).transpose()?,
    })
}

fn rate(fields: Fields<'_>) -> Read<RateLimit> {
    let usual = RateLimit::default();
    Ok(RateLimit {
        per_second: fields.small("perSecond")?.unwrap_or(usual.per_second),
        burst: fields.small("burst")?.unwrap_or(usual.burst),
    })
}

fn file_limits(fields: Fields<'_>) -> Read<FileLimits> {
    Ok(FileLimits {
        bytes: fields.number("bytes")?.unwrap_or(0),
        types: fields.list("types", text)?.unwrap_or_default(),
    })
}

fn text(value: &Value) -> Read<String> {
    value.as_str().map(str::to_owned).ok_or(DecodeError::Shape)
}

fn list<'a, T>(value: &'a Value, read: impl Fn(&'a Value) -> Read<T>) -> Read<Vec<T>> {
    value.as_array().ok_or(DecodeError::Shape)?.iter().map(read).collect()
}
