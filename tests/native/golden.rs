//! The golden messages of `tests/golden`, read and written by the widget's side of the wire.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tvox_widget::core::model::{ChannelType, ChatMessageStatus, CustomerInfo, SessionField};
use tvox_widget::core::rpc::{
    Client, Codec, Cursor, Hello, HelloReply, Incoming, PushEvent, Refusal, Reply, Request,
    StateValue, Subscribed, Topic,
};

#[test]
fn every_message_to_the_server_is_written_as_the_golden_one() {
    let mut written = 0;
    for golden in goldens().filter(|golden| golden.is("to-server") && !golden.flag("extra")) {
        if golden.flag("ignored") {
            continue;
        }
        let request = request(golden.frame());
        let (id, text) = codec_before(golden.frame()["id"].as_u64()).encode(&request);
        assert_eq!(id, golden.frame()["id"].as_u64(), "{}", golden.name());
        let frame: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(&frame, golden.frame(), "{}", golden.name());
        written += 1;
    }
    assert!(written >= 25, "only {written} goldens were found");
}

#[test]
fn every_message_to_the_client_is_understood_as_the_golden_one_says() {
    let mut read = 0;
    for golden in goldens().filter(|golden| golden.is("to-client")) {
        let mut codec = prepared(&golden);
        let incoming = codec.decode(&golden.frame().to_string());
        let incoming = incoming.unwrap_or_else(|error| panic!("{}: {error}", golden.name()));
        if golden.flag("ignored")
            || golden.frame()["id"].is_null() && golden.frame().get("id").is_some()
        {
            assert_eq!(incoming, Incoming::Ignored, "{}", golden.name());
        } else {
            assert_eq!(understood(incoming), expected(&golden), "{}", golden.name());
        }
        read += 1;
    }
    assert!(read >= 70, "only {read} goldens were found");
}

#[test]
fn every_malformed_frame_is_refused_and_the_connection_still_understands_the_next_one() {
    let mut accepted = Vec::new();
    let mut refused = 0;
    for golden in lines("malformed.jsonl").filter(|golden| !golden.is("to-server")) {
        let mut codec = prepared(&golden);
        match codec.decode(&golden.text()) {
            Err(_) => refused += 1,
            Ok(Incoming::Reply { outcome: Err(refusal), .. })
                if refusal.data.reason == "BAD_ANSWER" =>
            {
                refused += 1;
            }
            Ok(Incoming::Ignored) if golden.str("at") == "state" => refused += 1,
            Ok(incoming) => accepted.push(format!("{}: {incoming:?}", golden.name())),
        }
        let (id, _) = codec.encode(&Request::Ping);
        let pong =
            json!({"jsonrpc": "2.0", "id": id, "result": {"time": "2026-03-09T08:15:05.004Z"}});
        let next = codec.decode(&pong.to_string());
        assert!(
            matches!(next, Ok(Incoming::Reply { outcome: Ok(Reply::Pong), .. })),
            "{}",
            golden.name()
        );
    }
    assert!(accepted.is_empty(), "these were not refused:\n{}", accepted.join("\n"));
    assert!(refused >= 50, "only {refused} malformed frames were found");
}

#[test]
fn a_frame_of_exactly_the_largest_size_and_depth_is_read() {
    let mut codec = Codec::default();
    let (id, _) = codec.encode(&Request::Ping);
    let room = 65_536 - format!(r#"{{"jsonrpc":"2.0","id":{},"result":""}}"#, id.unwrap()).len();
    let largest =
        format!(r#"{{"jsonrpc":"2.0","id":{},"result":"{}"}}"#, id.unwrap(), "a".repeat(room));
    assert_eq!(largest.len(), 65_536);
    assert!(matches!(codec.decode(&largest), Ok(Incoming::Reply { outcome: Ok(Reply::Pong), .. })));

    let (id, _) = codec.encode(&Request::Ping);
    let deepest =
        format!(r#"{{"id":{},"result":{}{}}}"#, id.unwrap(), "[".repeat(15), "]".repeat(15));
    assert!(matches!(codec.decode(&deepest), Ok(Incoming::Reply { outcome: Ok(Reply::Pong), .. })));
}

#[test]
fn no_golden_message_cut_short_or_with_a_byte_changed_makes_the_decoder_panic() {
    for golden in goldens().filter(|golden| golden.is("to-client")) {
        let text = golden.frame().to_string();
        for at in (0..text.len()).filter(|at| text.is_char_boundary(*at)) {
            // Every result but a panic will do: a changed letter may well be a valid message.
            let _ = prepared(&golden).decode(&text[..at]);
            if at % 5 == 0 {
                for wrong in ["{", "\"", "9", "null"] {
                    let text = format!("{}{wrong}{}", &text[..at], &text[at..]);
                    let _ = prepared(&golden).decode(&text);
                }
            }
        }
    }
}

struct Golden(Value);

impl Golden {
    fn name(&self) -> &str {
        self.str("name")
    }

    fn str(&self, field: &str) -> &str {
        self.0[field].as_str().unwrap_or_default()
    }

    fn flag(&self, field: &str) -> bool {
        self.0[field].as_bool().unwrap_or_default()
    }

    fn is(&self, direction: &str) -> bool {
        self.str("direction") == direction
    }

    fn frame(&self) -> &Value {
        &self.0["frame"]
    }

    /// A malformed text, or the frame's.
    fn text(&self) -> String {
        let Some(text) = self.0["text"].as_str() else {
            return self.frame().to_string();
        };
        let fill = &self.0["fill"];
        match (fill["marker"].as_str(), fill["with"].as_str(), fill["times"].as_u64()) {
            (Some(marker), Some(with), Some(times)) => {
                text.replace(marker, &with.repeat(usize::try_from(times).unwrap()))
            }
            _ => text.to_owned(),
        }
    }
}

/// Messages of the protocol that the widget does not speak yet. Take a file off the list with the code that reads it.
const NOT_SPOKEN_YET: [&str; 3] = ["calls.jsonl", "files.jsonl", "requests.jsonl"];

fn goldens() -> impl Iterator<Item = Golden> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| {
        file.extension().is_some_and(|ext| ext == "jsonl")
            && !file.ends_with("malformed.jsonl")
            && !NOT_SPOKEN_YET.iter().any(|name| file.ends_with(name))
    });
    files.sort();
    files.into_iter().flat_map(|file| lines(file.file_name().unwrap().to_str().unwrap()))
}

fn lines(file: &str) -> impl Iterator<Item = Golden> + use<> {
    let text = std::fs::read_to_string(folder().join(file)).unwrap();
    let read = |line: &str| Golden(serde_json::from_str(line).unwrap());
    text.lines().map(read).collect::<Vec<_>>().into_iter()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// A codec whose next call gets this id.
fn codec_before(id: Option<u64>) -> Codec {
    let mut codec = Codec::default();
    for _ in 1..id.unwrap_or(1) {
        codec.encode(&Request::Ping);
    }
    codec
}

/// A codec that has asked what the golden frame answers, or has the subscription it tells of.
fn prepared(golden: &Golden) -> Codec {
    let frame: Value = serde_json::from_str(&golden.text()).unwrap_or_default();
    let topic = golden.0["topic"].as_str().map(topic);
    let asked = match golden.str("answers") {
        "" | "chat.close" => Request::ChatClose { session: "s_206".into() },
        "session.active" => Request::SessionActive { session: "s_206".into() },
        "getVersion" => Request::GetVersion,
        "hello" => Request::Hello(Box::new(hello(&json!({"heartbeat": 5000})))),
        "ping" => Request::Ping,
        "visit" => Request::Visit { linkable_uri: None, uri: None, uri_display: None },
        // The goldens of refused topics name some that this client never asks for.
        "subscribe" => Request::Subscribe {
            topic: topic.clone().flatten().unwrap_or(Topic::Channels),
            since: None,
        },
        "unsubscribe" => Request::Unsubscribe { subscription: "w5".into() },
        "chat.create" => Request::ChatCreate {
            key: "k".into(),
            service: "orders01".to_owned(),
            customer: None,
            fields: Vec::new(),
        },
        "chat.send" => Request::ChatSend {
            session: "s_206".into(),
            key: "k".into(),
            message: "a".into(),
            greeting: false,
        },
        other => panic!("{}: nobody asks {other}", golden.name()),
    };
    // An answer to a call that was never made, such as number 4096, has no place here.
    let id = frame["id"].as_u64().filter(|_| golden.str("at") != "state");
    let mut codec = codec_before(id);
    if id.is_some() || golden.0.get("text").is_some() && golden.str("at") != "state" {
        codec.encode(&asked);
    }
    if let (Some(topic), true) = (topic.flatten(), golden.str("answers").is_empty()) {
        // `params` of a malformed event may be a list or missing: these subscriptions are open then.
        let id = frame["params"]["subscription"].as_str().unwrap_or("w4");
        subscribe(&mut codec, topic, id);
    }
    codec
}

fn subscribe(codec: &mut Codec, topic: Topic, subscription: &str) {
    let log = matches!(topic, Topic::Chat(_));
    let (id, _) = codec.encode(&Request::Subscribe { topic, since: None });
    let result = if log {
        json!({"subscription": subscription, "epoch": "e", "recovered": true, "more": false, "result": []})
    } else {
        json!({"subscription": subscription, "rev": 0})
    };
    codec.decode(&json!({"jsonrpc": "2.0", "id": id, "result": result}).to_string()).unwrap();
}

fn topic(text: &str) -> Option<Topic> {
    let parts: Vec<&str> = text.split('/').collect();
    match parts[..] {
        ["channels"] => Some(Topic::Channels),
        ["service", code, channel] => {
            Some(Topic::Service(code.to_owned(), ChannelType::from(channel)))
        }
        ["session", id] => Some(Topic::Session(id.into())),
        ["chat", id] => Some(Topic::Chat(id.into())),
        ["receipts", id] => Some(Topic::Receipts(id.into())),
        _ => None,
    }
}

/// The request a golden frame was written for, read by a hand of its own.
fn request(frame: &Value) -> Request {
    let params = &frame["params"];
    let text = |name: &str| params[name].as_str().unwrap_or_default().to_owned();
    let maybe = |name: &str| params[name].as_str().map(str::to_owned);
    match frame["method"].as_str().unwrap() {
        "getVersion" => Request::GetVersion,
        "hello" => Request::Hello(Box::new(hello(params))),
        "subscribe" => Request::Subscribe {
            topic: topic(&text("topic")).unwrap(),
            since: params.get("since").map(|since| Cursor {
                epoch: since["epoch"].as_str().unwrap().into(),
                seq: since["seq"].as_u64().unwrap(),
            }),
        },
        "unsubscribe" => Request::Unsubscribe { subscription: text("subscription").into() },
        "ping" => Request::Ping,
        "visit" => Request::Visit {
            linkable_uri: maybe("linkableUri"),
            uri: maybe("uri"),
            uri_display: maybe("uriDisplay"),
        },
        "identify" => Request::Identify {
            channel: ChannelType::from(&*text("channel")),
            service: text("service"),
        },
        "bye" => Request::Bye { forget: params["forget"].as_bool().unwrap() },
        "chat.create" => Request::ChatCreate {
            key: text("key").into(),
            service: text("service"),
            customer: customer(params).map(Box::new),
            fields: params["fields"].as_array().into_iter().flatten().map(field).collect(),
        },
        "chat.send" => Request::ChatSend {
            session: text("session").into(),
            key: text("key").into(),
            message: text("message").into(),
            greeting: params["greeting"].as_bool().unwrap(),
        },
        "chat.typing" => Request::ChatTyping {
            session: text("session").into(),
            status: ChatMessageStatus::from(&*text("status")),
        },
        "chat.received" => Request::ChatReceived {
            session: text("session").into(),
            message: text("message").into(),
        },
        "chat.read" => {
            Request::ChatRead { session: text("session").into(), message: text("message").into() }
        }
        "chat.close" => Request::ChatClose { session: text("session").into() },
        "session.active" => Request::SessionActive { session: text("session").into() },
        other => panic!("no request is known for {other}"),
    }
}

fn hello(params: &Value) -> Hello {
    Hello {
        client: Client { name: "tvox-widget", version: "0.1.0" },
        api: "10.26.0",
        locale: params["locale"].as_str().map(str::to_owned),
        heartbeat: u32::try_from(params["heartbeat"].as_u64().unwrap()).unwrap(),
        resume: params["resume"].as_str().map(Into::into),
        customer: customer(params),
    }
}

fn customer(params: &Value) -> Option<CustomerInfo> {
    let customer = params.get("customer")?;
    let text = |name: &str| customer[name].as_str().map(Into::into);
    Some(CustomerInfo {
        customer_display_name: text("customerDisplayName"),
        customer_first_name: text("customerFirstName"),
        customer_last_name: text("customerLastName"),
        customer_id: text("customerId"),
        customer_value: text("customerValue"),
        customer_phone_number: text("customerPhoneNumber"),
        customer_company: text("customerCompany"),
    })
}

fn field(value: &Value) -> SessionField {
    SessionField {
        key: value["key"].as_str().unwrap().to_owned(),
        value: value["value"].as_str().unwrap().into(),
    }
}

/// What `expect` would have to say for what was decoded.
fn understood(incoming: Incoming) -> Value {
    match incoming {
        Incoming::Ignored => panic!("a golden message was ignored"),
        Incoming::Reply { outcome: Err(refusal), .. } => error(&refusal),
        Incoming::Reply { outcome: Ok(reply), .. } => answer(reply),
        Incoming::Push { subscription, event } => {
            let mut said = json!({"subscription": subscription});
            match event {
                PushEvent::State { rev, value } => {
                    said["rev"] = rev.into();
                    said["value"] = state(value);
                }
                PushEvent::Log(event) => {
                    let mut value = json!(event);
                    said["seq"] = value.as_object_mut().unwrap().remove("seq").unwrap();
                    said["value"] = value;
                }
                PushEvent::Ephemeral(event) => said["value"] = json!(event),
                PushEvent::Failed(refusal) => said["error"] = error(&refusal),
            }
            said
        }
    }
}

fn answer(reply: Reply) -> Value {
    match reply {
        Reply::Version(version) => json!({"server": version[0], "api": version[1]}),
        Reply::Hello(hello) => {
            let HelloReply { visitor, resumed, epoch, heartbeat, channels, sessions, .. } = *hello;
            let channels: serde_json::Map<String, Value> =
                channels.iter().map(|(channel, on)| (channel.to_string(), json!(on))).collect();
            json!({
                "visitor": visitor, "resumed": resumed, "epoch": epoch, "heartbeat": heartbeat,
                "channels": channels, "sessions": sessions,
            })
        }
        Reply::Subscribed(Subscribed::State { subscription, rev, value }) => {
            json!({"subscription": subscription, "rev": rev, "value": value.map(state)})
        }
        Reply::Subscribed(Subscribed::Log { subscription, page }) => {
            let seqs: Vec<_> = page.result.iter().map(|event| event.seq).collect();
            json!({
                "subscription": subscription, "epoch": page.epoch, "recovered": page.recovered,
                "more": page.more, "seqs": seqs,
            })
        }
        // The server's time is for people who read logs: the client has no use for it.
        Reply::Pong => json!({"time": "2026-03-09T08:15:05.004Z"}),
        Reply::Done(done) => json!(done),
        Reply::Session(session) => json!(session),
        Reply::Sent(sent) => json!({"id": sent.id, "seq": sent.seq, "createdAt": sent.created_at}),
    }
}

fn state(value: StateValue) -> Value {
    match value {
        StateValue::Channels(channels) => {
            channels.iter().map(|(channel, on)| (channel.to_string(), json!(on))).collect()
        }
        StateValue::Service(status) => json!(status),
        StateValue::Receipts(watermarks) => json!(watermarks),
        StateValue::Session(session) => json!(session),
    }
}

fn error(refusal: &Refusal) -> Value {
    let mut said = json!({"code": refusal.code, "retryable": refusal.data.retryable});
    if !refusal.data.reason.is_empty() {
        said["reason"] = refusal.data.reason.clone().into();
    }
    if let Some(after) = refusal.data.retry_after {
        said["retryAfter"] = after.into();
    }
    if let Some(session) = &refusal.data.session {
        said["session"] = json!(session);
    }
    said
}

fn expected(golden: &Golden) -> Value {
    golden.0["expect"].clone()
}
