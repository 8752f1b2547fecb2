//! The golden messages of `tests/golden`, read with the server's own types: the widget reads the same files with its own.

use crate::support::World;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::path::PathBuf;
use tvox_demo_server::wire::fault::Fault;
use tvox_demo_server::wire::file::{FileAddress, FileCall, FileSlot};
use tvox_demo_server::wire::frame::{self, RequestId, raw};
use tvox_demo_server::wire::hello::{LogAnswer, Pong, Sent, StateAnswer, Welcome};
use tvox_demo_server::wire::model::{ChatEvent, Receipts, ServiceStatus, SessionValue};
use tvox_demo_server::wire::request::{CallbackKept, Form, RequestCall, Slot, Ticket};
use tvox_demo_server::wire::telephony::{
    CallCreated, CallValue, Ice, SignalEvent, VisitorTelephony,
};
use tvox_demo_server::wire::visitor::VisitorCall;

/// All lines of all files but the malformed ones, with the name of their file.
fn golden() -> Vec<(String, Value)> {
    let mut lines = Vec::new();
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in
        files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "jsonl"))
    {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        if name != "malformed" {
            lines.extend(lines_of(file).into_iter().map(|line| (name.clone(), line)));
        }
    }
    lines
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden")
}

fn lines_of(file: &PathBuf) -> Vec<Value> {
    let text = std::fs::read_to_string(file).unwrap();
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn every_message_of_a_client_is_understood() {
    let mut read = 0;
    for (file, line) in golden().iter().filter(|(_, line)| line["direction"] == "to-server") {
        let frame = &line["frame"];
        let incoming = frame::parse(&frame.to_string())
            .unwrap_or_else(|malformed| panic!("{file}: {line}: {malformed:?}"));
        assert_eq!(incoming.method, frame["method"]);
        assert_eq!(incoming.id.is_some(), frame.get("id").is_some());
        let call = VisitorCall::decode(&incoming.method, incoming.params);
        if line["ignored"] == true {
            assert_eq!(call.unwrap_err().code, -32601, "{line}");
            continue;
        }
        let call = call.unwrap_or_else(|fault| panic!("{file}: {line}: {fault:?}"));
        understood(&call, &frame["params"]);
        read += 1;
    }
    assert!(read > 20, "only {read} golden messages to the server");
}

/// What was read is what was written.
fn understood(call: &VisitorCall, params: &Value) {
    match call {
        VisitorCall::GetVersion | VisitorCall::Ping => {}
        VisitorCall::Hello(hello) => {
            assert_eq!(json!(hello.client.name), params["client"]["name"]);
            assert_eq!(json!(hello.api), params["api"]);
            assert_eq!(json!(hello.locale), params["locale"]);
            assert_eq!(json!(hello.heartbeat), params["heartbeat"]);
            assert_eq!(json!(hello.resume), params["resume"]);
            assert_eq!(json!(hello.customer), params["customer"]);
        }
        VisitorCall::Bye(bye) => assert_eq!(json!(bye.forget), params["forget"]),
        VisitorCall::Subscribe(call) => {
            assert_eq!(json!(call.topic), params["topic"]);
            assert_eq!(json!(call.since.as_ref().map(|since| since.seq)), params["since"]["seq"]);
            assert_eq!(
                json!(call.since.as_ref().map(|since| &since.epoch)),
                params["since"]["epoch"]
            );
        }
        VisitorCall::Unsubscribe(call) => {
            assert_eq!(json!(call.subscription), params["subscription"]);
        }
        VisitorCall::Visit(call) => {
            assert_eq!(json!(call.linkable_uri), params["linkableUri"]);
            assert_eq!(json!(call.uri), params["uri"]);
            assert_eq!(json!(call.uri_display), params["uriDisplay"]);
        }
        VisitorCall::Identify(call) => assert_eq!(
            (json!(call.channel), json!(call.service)),
            (params["channel"].clone(), params["service"].clone())
        ),
        VisitorCall::ChatCreate(call) => {
            assert_eq!(json!(call.key.as_str()), params["key"]);
            assert_eq!(json!(call.service), params["service"]);
            assert_eq!(json!(call.customer), params["customer"]);
            assert_eq!(json!(call.fields), params.get("fields").cloned().unwrap_or(json!([])));
            assert_eq!(json!(call.with), params["with"]);
        }
        VisitorCall::ChatSend(call) => {
            assert_eq!(json!(call.session), params["session"]);
            assert_eq!(json!(call.key.as_str()), params["key"]);
            assert_eq!(json!(call.message), params["message"]);
            assert_eq!(json!(call.greeting), params["greeting"]);
        }
        VisitorCall::ChatTyping(call) => assert_eq!(
            format!("{:?}", call.status).to_uppercase(),
            params["status"].as_str().unwrap()
        ),
        VisitorCall::ChatReceived(call) | VisitorCall::ChatRead(call) => {
            assert_eq!(
                (json!(call.session), json!(call.message)),
                (params["session"].clone(), params["message"].clone())
            );
        }
        VisitorCall::ChatClose(call) | VisitorCall::SessionActive(call) => {
            assert_eq!(json!(call.session), params["session"]);
        }
        VisitorCall::Telephony(call) => assert_eq!(json_of_telephony(call), *params),
        VisitorCall::File(FileCall::Begin(call)) => assert_eq!(json!(call), *params),
        VisitorCall::File(FileCall::Url(call)) => assert_eq!(json!(call), *params),
        VisitorCall::Request(call) => assert_eq!(
            match call {
                RequestCall::Forms(call) => json!(call),
                RequestCall::Mail(call) => json!(call),
                RequestCall::Slots(call) => json!(call),
                RequestCall::Callback(call) => json!(call),
                RequestCall::Recap(call) => json!(call),
                RequestCall::Rate(call) => json!(call),
            },
            *params
        ),
    }
}

fn json_of_telephony(call: &VisitorTelephony) -> Value {
    match call {
        VisitorTelephony::Create(call) => json!(call),
        VisitorTelephony::Test(call) => json!(call),
        VisitorTelephony::Accept(call)
        | VisitorTelephony::Decline(call)
        | VisitorTelephony::Ice(call)
        | VisitorTelephony::Close(call) => json!(call),
        VisitorTelephony::Signal(call) => {
            let mut all = json!(call.body.as_ref().unwrap());
            all["session"] = json!(call.session);
            all["key"] = json!(call.key);
            all
        }
    }
}

#[test]
fn every_message_of_the_server_is_what_the_server_writes() {
    let mut written = 0;
    for (file, line) in golden().iter().filter(|(file, line)| {
        line["direction"] == "to-client" && file != "tomorrow" && line["extra"] != true
    }) {
        let frame = &line["frame"];
        let again = write_again(line).unwrap_or_else(|why| panic!("{file}: {line}: {why}"));
        assert_eq!(
            &serde_json::from_str::<Value>(&again).unwrap(),
            frame,
            "{file}: {}",
            line["name"]
        );
        written += 1;
    }
    assert!(written > 40, "only {written} golden messages to the client");
}

/// The frame, taken apart into the server's types and put together by the server's writers.
fn write_again(line: &Value) -> Result<String, String> {
    let frame = &line["frame"];
    let topic = line["topic"].as_str().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    if frame["method"] == "event" {
        let params = &frame["params"];
        let subscription = text(&params["subscription"]);
        if let Some(error) = params.get("error") {
            return Ok(frame::error_event(&subscription, &fault(error)?));
        }
        let value = value_of(topic, &params["result"])?;
        return Ok(match params["rev"].as_u64() {
            Some(rev) => frame::state_event(&subscription, rev, &raw(&value)),
            None => frame::log_event(&subscription, &raw(&value)),
        });
    }
    let id: Option<RequestId> = read(&frame["id"])?;
    if let Some(error) = frame.get("error") {
        return Ok(frame::failure(id.as_ref(), &fault(error)?));
    }
    let id = id.ok_or("an answer without an id")?;
    let result = &frame["result"];
    let result = match line["answers"].as_str().unwrap_or_default() {
        "getVersion" => raw(&read::<[String; 2]>(result)?),
        "hello" => raw(&read::<Welcome>(result)?),
        "ping" => raw(&read::<Pong>(result)?),
        "chat.create" => raw(&read::<SessionValue>(result)?),
        "chat.send" => raw(&read::<Sent>(result)?),
        "subscribe" if topic.starts_with("chat/") => raw(&read::<LogAnswer>(result)?),
        "subscribe" if topic.starts_with("signal/") => {
            raw(&read::<LogAnswer<SignalEvent>>(result)?)
        }
        "subscribe" => {
            let value = raw(&value_of(topic, &result["result"])?);
            let rev = result["rev"].as_u64().ok_or("a state without a revision")?;
            raw(&StateAnswer { subscription: &text(&result["subscription"]), rev, result: &value })
        }
        "visit" | "unsubscribe" | "chat.close" | "session.active" | "call.decline"
        | "call.close" | "signal" | "chat.recap" | "session.rate" => raw(&read::<bool>(result)?),
        "call.create" | "call.accept" | "call.test" => raw(&read::<CallCreated>(result)?),
        "call.ice" => raw(&read::<Ice>(result)?),
        "file.begin" => raw(&read::<FileSlot>(result)?),
        "file.url" => raw(&read::<FileAddress>(result)?),
        "mail.request" => raw(&read::<Ticket>(result)?),
        "callback.request" => raw(&read::<CallbackKept>(result)?),
        "callback.slots" => raw(&read::<Vec<Slot>>(result)?),
        "forms" => raw(&read::<Option<Form>>(result)?),
        other => return Err(format!("no answer to {other:?}")),
    };
    Ok(frame::response(&id, &result))
}

fn value_of(topic: &str, value: &Value) -> Result<Value, String> {
    match topic.split('/').next().unwrap_or_default() {
        "channels" => round_trip::<std::collections::BTreeMap<String, bool>>(value),
        "service" => round_trip::<ServiceStatus>(value),
        "session" => round_trip::<SessionValue>(value),
        "receipts" => round_trip::<Receipts>(value),
        "chat" => round_trip::<ChatEvent>(value),
        "call" => round_trip::<Option<CallValue>>(value),
        "signal" => round_trip::<SignalEvent>(value),
        other => Err(format!("no topic {other:?}")),
    }
}

/// The reasons are the constructors' own: a code with another reason fails here.
fn fault(error: &Value) -> Result<Fault, String> {
    let golden: Fault = read(error)?;
    let ours = [
        Fault::parse,
        Fault::request,
        Fault::method,
        Fault::params,
        Fault::internal,
        Fault::batch,
        Fault::subscriptions,
        Fault::too_large,
        Fault::busy,
        Fault::hello_required,
        Fault::version,
        Fault::unknown_topic,
        Fault::service_not_found,
        Fault::no_license,
        Fault::channel_disabled,
        Fault::overtime,
        Fault::out_of_service,
        Fault::session_open,
        Fault::rate_limited,
        Fault::message_too_long,
        Fault::not_connected,
        Fault::frame_too_big,
        Fault::queue_full,
        Fault::session_closed,
        Fault::mail_not_configured,
        Fault::session_not_found,
        Fault::key_reused,
        Fault::invalid_phone,
        Fault::file_type,
        Fault::file_size,
        Fault::file_name,
        Fault::file_infected,
        Fault::upload_expired,
        Fault::bad_signal,
        Fault::media_unsupported,
        Fault::taken_over,
    ]
    .into_iter()
    .map(|make| make(golden.message.clone()))
    .find(|ours: &Fault| ours.code == golden.code)
    .ok_or_else(|| format!("no fault {}", golden.code))?;
    let ours = match golden.data.retry_after {
        Some(wait) => ours.after(std::time::Duration::from_millis(wait)),
        None => ours,
    };
    Ok(match golden.data.session {
        Some(session) => ours.about(session),
        None => ours,
    })
}

fn round_trip<T: DeserializeOwned + Serialize>(value: &Value) -> Result<Value, String> {
    serde_json::to_value(read::<T>(value)?).map_err(|error| error.to_string())
}

fn read<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    serde_json::from_value(value.clone()).map_err(|error| error.to_string())
}

#[tokio::test]
async fn every_malformed_text_is_refused_by_the_running_server_as_written() {
    let world = World::new().await;
    let mut sent = 0;
    for line in lines_of(&folder().join("malformed.jsonl"))
        .iter()
        .filter(|line| line["direction"] != "to-client")
    {
        let mut text = line["text"].as_str().unwrap().to_owned();
        if let Some(fill) = line.get("fill") {
            let times = usize::try_from(fill["times"].as_u64().unwrap()).unwrap();
            text = text.replace(
                fill["marker"].as_str().unwrap(),
                &fill["with"].as_str().unwrap().repeat(times),
            );
        }
        let mut visitor = world.visitor().await;
        visitor.send(&text).await;
        sent += 1;
        if text.len() > 65_536 {
            assert_eq!(visitor.closed().await.0, 1009, "{}", line["name"]);
            continue;
        }
        let answer = visitor.frame(|frame| !frame["error"].is_null()).await;
        assert!(answer.get("id").is_some(), "{}", line["name"]);
        if let Some(code) = line["error"].as_i64() {
            assert_eq!(answer["error"]["code"], code, "{}: {answer}", line["name"]);
        }
        assert!(
            visitor.call("ping", json!({})).await.is_ok(),
            "{}: the connection lives on",
            line["name"]
        );
    }
    assert!(sent > 20, "only {sent} malformed texts");
}
