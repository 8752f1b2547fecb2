//! JSON-RPC 2.0 text frames: taking one apart, putting one together.

use crate::wire::fault::Fault;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

/// A request, or a notification where `id` is absent.
#[derive(Debug)]
pub struct Incoming {
    /// What the answer must carry.
    pub id: Option<RequestId>,
    /// Name of the method.
    pub method: String,
    /// Parameters, not yet looked at. `{}` where there are none.
    pub params: Value,
}

/// A request's id. The protocol counts up integers; JSON-RPC allows strings as well, and tools use them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum RequestId {
    /// Counted up per connection.
    Number(i64),
    /// At most 64 bytes.
    Text(String),
}

/// A frame that is not a request. `id` is there if it could be read.
#[derive(Debug)]
pub struct Malformed {
    /// `None` is answered with `"id":null`, as JSON-RPC has it.
    pub id: Option<RequestId>,
    /// What is wrong with it.
    pub fault: Fault,
}

/// Deepest nesting of a frame.
pub const MAX_DEPTH: usize = 16;

const MAX_METHOD: usize = 64;
const MAX_ID: usize = 64;

/// Takes a frame apart. Whoever calls has checked its length.
///
/// # Errors
/// -32700 no JSON, -32005 an array, -32600 anything else that is not a request.
pub fn parse(text: &str) -> Result<Incoming, Box<Malformed>> {
    let nameless = |fault| Box::new(Malformed { id: None, fault });
    if deeper_than(text, MAX_DEPTH) {
        return Err(nameless(Fault::request(format!("nested more than {MAX_DEPTH} deep"))));
    }
    let mut envelope = match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(envelope)) => envelope,
        Ok(Value::Array(_)) => {
            return Err(nameless(Fault::batch("one message a frame, no batches")));
        }
        Ok(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => {
            return Err(nameless(Fault::request("a request is an object")));
        }
        Err(error) => return Err(nameless(Fault::parse(error.to_string()))),
    };
    let id = match envelope.remove("id") {
        None | Some(Value::Null) => None,
        Some(id) => Some(
            request_id(id)
                .ok_or_else(|| nameless(Fault::request("id must be an integer or a short text")))?,
        ),
    };
    let wrong =
        |message: &str| Box::new(Malformed { id: id.clone(), fault: Fault::request(message) });
    if envelope.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        return Err(wrong("jsonrpc must be \"2.0\""));
    }
    let Some(Value::String(method)) = envelope.remove("method") else {
        return Err(wrong("method must be a text"));
    };
    if method.is_empty() || method.len() > MAX_METHOD {
        return Err(wrong("method must be a short text"));
    }
    let params = match envelope.remove("params") {
        None | Some(Value::Null) => Value::Object(serde_json::Map::new()),
        Some(params @ (Value::Object(_) | Value::Array(_))) => params,
        Some(Value::Bool(_) | Value::Number(_) | Value::String(_)) => {
            return Err(wrong("params must be an object"));
        }
    };
    Ok(Incoming { id, method, params })
}

/// The answer to a request.
pub fn response(id: &RequestId, result: &RawValue) -> String {
    to_text(&Response { jsonrpc: "2.0", id, result })
}

/// The refusal of a request, or of a frame that could not be read.
pub fn failure(id: Option<&RequestId>, fault: &Fault) -> String {
    to_text(&Failure { jsonrpc: "2.0", id, error: fault })
}

/// The newest value of a state topic.
pub fn state_event(subscription: &str, rev: u64, result: &RawValue) -> String {
    event(EventParams { subscription, rev: Some(rev), result: Some(result), error: None })
}

/// An entry of a log topic, or something ephemeral beside it.
pub fn log_event(subscription: &str, result: &RawValue) -> String {
    event(EventParams { subscription, rev: None, result: Some(result), error: None })
}

/// The end of a subscription, from the server's side.
pub fn error_event(subscription: &str, fault: &Fault) -> String {
    event(EventParams { subscription, rev: None, result: None, error: Some(fault) })
}

/// JSON of a value of ours. These types cannot fail to serialize: no maps with odd keys, no foreign `Serialize`.
pub fn raw(value: &impl Serialize) -> Box<RawValue> {
    serde_json::value::to_raw_value(value).unwrap_or_else(|error| {
        tracing::error!(%error, "a value of the server's own could not be written as JSON");
        RawValue::NULL.to_owned()
    })
}

fn event(params: EventParams<'_>) -> String {
    to_text(&Event { jsonrpc: "2.0", method: "event", params })
}

fn to_text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|error| {
        tracing::error!(%error, "a frame of the server's own could not be written as JSON");
        String::from("{}")
    })
}

fn request_id(id: Value) -> Option<RequestId> {
    match id {
        Value::Number(number) => number.as_i64().map(RequestId::Number),
        Value::String(text) if text.len() <= MAX_ID => Some(RequestId::Text(text)),
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            None
        }
    }
}

/// Looks at brackets outside of strings only: cheaper than parsing, and it comes before it.
fn deeper_than(text: &str, limit: usize) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => {
                depth += 1;
                if depth > limit {
                    return true;
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

#[derive(Serialize)]
struct Response<'a> {
    jsonrpc: &'static str,
    id: &'a RequestId,
    result: &'a RawValue,
}

#[derive(Serialize)]
struct Failure<'a> {
    jsonrpc: &'static str,
    id: Option<&'a RequestId>,
    error: &'a Fault,
}

#[derive(Serialize)]
struct Event<'a> {
    jsonrpc: &'static str,
    method: &'static str,
    params: EventParams<'a>,
}

#[derive(Serialize)]
struct EventParams<'a> {
    subscription: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rev: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a Fault>,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_request_without_params_has_an_empty_object() {
        let incoming = parse(r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#).unwrap();
        assert_eq!(incoming.params, serde_json::json!({}));
        assert_eq!(incoming.id, Some(RequestId::Number(1)));
    }

    #[test]
    fn every_kind_of_broken_frame_has_its_code() {
        let deep = format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"ping","params":{}1{}}}"#,
            "[".repeat(16),
            "]".repeat(16)
        );
        for (text, code) in [
            ("", -32700),
            ("{", -32700),
            ("nonsense", -32700),
            ("[]", -32005),
            (r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, -32005),
            ("[1,", -32700),
            ("1", -32600),
            ("\"text\"", -32600),
            ("{}", -32600),
            (r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, -32600),
            (r#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, -32600),
            (r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, -32600),
            (r#"{"jsonrpc":"2.0","id":1,"method":7}"#, -32600),
            (r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":7}"#, -32600),
            (deep.as_str(), -32600),
        ] {
            assert_eq!(parse(text).unwrap_err().fault.code, code, "{text}");
        }
    }

    #[test]
    fn brackets_inside_of_strings_are_not_nesting() {
        let text = format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"ping","params":{{"text":"\"{}"}}}}"#,
            "[".repeat(100)
        );
        assert!(parse(&text).is_ok());
    }

    #[test]
    fn a_refused_frame_keeps_the_id_it_had() {
        let malformed = parse(r#"{"jsonrpc":"2.0","id":9,"method":""}"#).unwrap_err();
        assert_eq!(malformed.id, Some(RequestId::Number(9)));
        assert!(failure(malformed.id.as_ref(), &malformed.fault).contains("\"id\":9"));
        assert!(failure(None, &malformed.fault).contains("\"id\":null"));
    }
}
