//! The larger shapes of the reference, member by member.

use super::error::told;
use crate::core::json::Writer;
use crate::core::model::{
    Agent, Attachment, CallChannelSession, CallMedia, ChatChannelEventMessage, ChatChannelSession,
    Form, FormField, Limits, MessageId, MultiChannelState, Quality, SessionId, Step,
};

pub(super) fn number(it: &mut Writer, name: &str, number: Option<u64>) {
    if let Some(number) = number {
        it.number(name, number);
    }
}

pub(super) fn limits(it: &mut Writer, limits: &Limits) {
    it.number("frame", limits.frame.into());
    it.number("message", limits.message.into());
    it.object("rate");
    it.number("perSecond", limits.rate.per_second.into());
    it.number("burst", limits.rate.burst.into());
    it.end();
    it.number("subscriptions", limits.subscriptions.into());
    if let Some(file) = &limits.file {
        it.object("file");
        it.number("bytes", file.bytes);
        it.list("types");
        for media_type in &file.types {
            it.word(media_type);
        }
        it.end_list();
        it.end();
    }
}

pub(super) fn chat_session(it: &mut Writer, session: &ChatChannelSession) {
    let ChatChannelSession { id, service, session_state, step, agent } = session;
    any_session(it, id, service.as_deref(), session_state.as_ref(), step.as_ref(), agent.as_ref());
}

pub(super) fn call_session(it: &mut Writer, session: &CallChannelSession) {
    let CallChannelSession { id, service, session_state, step, agent, .. } = session;
    any_session(it, id, service.as_deref(), session_state.as_ref(), step.as_ref(), agent.as_ref());
    it.optional("state", session.state.as_ref().map(|state| state.as_str()));
    it.optional("start", session.start.as_deref());
    it.optional("time", session.time.as_deref());
    it.optional("expires", session.expires.as_deref());
    it.optional("with", session.with.as_ref().map(SessionId::as_str));
}

pub(super) fn call_media(it: &mut Writer, media: &CallMedia) {
    it.text("sessionId", media.session.as_str());
    it.text("phase", media.phase.as_str());
    it.flag("microphone", media.microphone);
    it.flag("camera", media.camera);
    it.flag("screen", media.screen);
    it.flag("picture", media.picture);
    it.flag("otherMuted", media.other_muted);
    it.flag("blocked", media.blocked);
    if let Some(quality) = &media.quality {
        it.object("quality");
        self::quality(it, quality);
        it.end();
    }
    if let Some(error) = &media.error {
        it.member("error", &told(error));
    }
}

fn quality(it: &mut Writer, quality: &Quality) {
    it.number("level", quality.level.into());
    it.decimal("mos", quality.mos);
    if let Some(round_trip) = quality.round_trip {
        it.decimal("roundTripMs", round_trip);
    }
    it.decimal("jitterMs", quality.jitter);
    it.decimal("loss", quality.loss);
    it.decimal("bitsIn", quality.bits_in);
    it.decimal("bitsOut", quality.bits_out);
    it.decimal("framesPerSecond", quality.frames);
    it.number("freezes", quality.freezes.into());
    it.flag("relayed", quality.relayed);
    it.optional("advice", quality.advice.map(|advice| advice.as_str()));
}

fn any_session(
    it: &mut Writer,
    id: &SessionId,
    service: Option<&str>,
    state: Option<&MultiChannelState>,
    step: Option<&Step>,
    agent: Option<&Agent>,
) {
    it.text("id", id.as_str());
    it.optional("service", service);
    it.optional("sessionState", state.map(MultiChannelState::as_str));
    if let Some(step) = step {
        it.object("step");
        self::step(it, step);
        it.end();
    }
    if let Some(agent) = agent {
        it.object("agent");
        it.text("name", &agent.name);
        it.end();
    }
}

fn step(it: &mut Writer, step: &Step) {
    let counted = |number: Option<i64>| number.and_then(|number| u64::try_from(number).ok());
    number(it, "step", counted(step.step));
    it.optional("type", step.kind.as_ref().map(|kind| kind.as_str()));
    number(it, "queuePosition", step.queue_position.map(u64::from));
    number(it, "expectedWait", step.expected_wait.map(u64::from));
    it.optional("welcomeMessage", step.welcome_message.as_deref());
    if !step.media.is_empty() {
        it.list("media");
        for media in &step.media {
            it.item();
            it.text("type", &media.media_type);
            it.text("url", &media.url);
            it.end();
        }
        it.end_list();
    }
    it.optional("uri", step.uri.as_deref());
    number(it, "inactivityExpireDatetime", counted(step.inactivity_expire_datetime));
}

pub(super) fn event(it: &mut Writer, event: &ChatChannelEventMessage) {
    number(it, "seq", event.seq);
    it.optional("id", event.id.as_ref().map(MessageId::as_str));
    it.optional("sessionId", event.session_id.as_ref().map(SessionId::as_str));
    it.optional("messageType", event.message_type.as_ref().map(|it| it.as_str()));
    it.optional("status", event.status.as_ref().map(|it| it.as_str()));
    it.optional("direction", event.direction.as_ref().map(|it| it.as_str()));
    it.optional("message", event.message.as_ref().map(|it| it.as_str()));
    it.optional("createdAt", event.created_at.as_deref());
    it.optional("key", event.key.as_ref().map(|it| it.as_str()));
    if event.greeting {
        it.flag("greeting", true);
    }
    if let Some(attachment) = &event.attachment {
        it.object("attachment");
        self::attachment(it, attachment);
        it.end();
    }
}

pub(super) fn attachment(it: &mut Writer, attachment: &Attachment) {
    it.text("file", attachment.file.as_str());
    it.text("name", &attachment.name);
    it.number("size", attachment.size);
    it.text("type", &attachment.media_type);
    it.text("state", attachment.state.as_str());
    it.optional("reason", attachment.reason.as_deref());
}

pub(super) fn form(it: &mut Writer, form: &Form) {
    it.list("fields");
    for field in &form.fields {
        it.item();
        self::field(it, field);
        it.end();
    }
    it.end_list();
    if let Some(consent) = &form.consent {
        it.object("consent");
        it.text("text", &consent.text);
        it.optional("link", consent.link.as_deref());
        it.flag("required", consent.required);
        it.end();
    }
}

fn field(it: &mut Writer, field: &FormField) {
    it.text("key", &field.key);
    it.text("type", field.kind.as_str());
    it.optional("label", field.label.as_deref());
    it.flag("required", field.required);
    it.optional("autocomplete", field.autocomplete.as_deref());
    if !field.options.is_empty() {
        it.list("options");
        for option in &field.options {
            it.item();
            it.text("value", &option.value);
            it.text("label", &option.label);
            it.end();
        }
        it.end_list();
    }
}
