//! Errors on their way out. They cross as JSON text, `{code, message, details}`, of which
//! `error.js` makes a `TvoxError`.

use wasm_bindgen::JsValue;

use super::describe::number;
use crate::core::Error;
use crate::core::json::Writer;
use crate::core::time::millis;

/// What is thrown, or what a promise is rejected with.
pub(super) fn thrown(error: Error) -> JsValue {
    told(&error).finish().into()
}

/// An error as `TvoxError` shows it.
pub(super) fn told(error: &Error) -> Writer {
    let mut it = Writer::new();
    it.text("code", error.code());
    it.text("message", &error.to_string());
    it.object("details");
    match error {
        Error::Config(mistake) => {
            it.text("field", &mistake.field);
            it.text("expected", &mistake.expected);
            it.text("found", &mistake.found);
        }
        Error::TimedOut { operation } => it.text("operation", operation),
        Error::Refused(refused) => {
            it.integer("code", refused.code.into());
            it.text("reason", &refused.reason);
            it.flag("retryable", refused.retryable);
            number(&mut it, "retryAfter", refused.retry_after.map(millis));
        }
        Error::WrongState { operation, state } => {
            it.text("operation", operation);
            it.text("state", state);
        }
        Error::Unmonitored(what) => {
            // A service's code has no slash (configuration, "services").
            let (service, channel) = what.rsplit_once('/').unwrap_or((what, ""));
            it.text("service", service);
            it.text("channel", channel);
        }
        Error::Media(error) => {
            it.text("reason", error.reason());
            it.optional("source", error.source().map(|source| source.as_str()));
        }
        Error::Protocol(what) => it.text("what", what),
        Error::NotConnected | Error::ConnectionLost | Error::Cancelled => {}
    }
    it.end();
    it
}
