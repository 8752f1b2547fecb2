//! The golden messages of `tests/golden`, read and written by the widget's side of the wire.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use tvox_widget::core::Error;
use tvox_widget::core::model::{
    CallRequest, CallbackRequest, Candidate, ChannelType, ChatMessageStatus, CustomerInfo, Ice,
    IceServer, MailRequest, SessionField, Signal,
};
use tvox_widget::core::rpc::{
    Codec, Cursor, Incoming, LogEntry, Reply, Request, StateValue, Subscribed, Topic, TopicEvent,
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
        let heard = hear(&golden, &prepared(&golden), &golden.frame().to_string());
        if golden.flag("ignored")
            || golden.frame()["id"].is_null() && golden.frame().get("id").is_some()
        {
            assert_eq!(heard, Heard::Ignored, "{}", golden.name());
        } else {
            assert_eq!(heard, Heard::Understood(expected(&golden)), "{}", golden.name());
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
        match hear(&golden, &codec, &golden.text()) {
            Heard::Malformed => refused += 1,
            Heard::Ignored if golden.str("at") == "state" => refused += 1,
            heard @ (Heard::Ignored | Heard::Understood(_)) => {
                accepted.push(format!("{}: {heard:?}", golden.name()));
            }
        }
        let (id, _) = codec.encode(&Request::ping());
        let pong =
            json!({"jsonrpc": "2.0", "id": id, "result": {"time": "2026-03-09T08:15:05.004Z"}});
        let next = codec.decode(&pong.to_string());
        assert!(matches!(next, Ok(Incoming::Reply { outcome: Ok(_), .. })), "{}", golden.name());
    }
    assert!(accepted.is_empty(), "these were not refused:\n{}", accepted.join("\n"));
    assert!(refused >= 50, "only {refused} malformed frames were found");
}

#[test]
fn a_frame_of_exactly_the_largest_size_and_depth_is_read() {
    let mut codec = Codec::default();
    let (id, _) = codec.encode(&Request::ping());
    let room = 65_536 - format!(r#"{{"jsonrpc":"2.0","id":{},"result":""}}"#, id.unwrap()).len();
    let largest =
        format!(r#"{{"jsonrpc":"2.0","id":{},"result":"{}"}}"#, id.unwrap(), "a".repeat(room));
    assert_eq!(largest.len(), 65_536);
    assert!(matches!(codec.decode(&largest), Ok(Incoming::Reply { outcome: Ok(_), .. })));

    let (id, _) = codec.encode(&Request::ping());
    let deepest =
        format!(r#"{{"id":{},"result":{}{}}}"#, id.unwrap(), "[".repeat(15), "]".repeat(15));
    assert!(matches!(codec.decode(&deepest), Ok(Incoming::Reply { outcome: Ok(_), .. })));
}

#[test]
fn no_golden_message_cut_short_or_with_a_byte_changed_makes_the_decoder_panic() {
    for golden in goldens().filter(|golden| golden.is("to-client")) {
        let text = golden.frame().to_string();
        for at in (0..text.len()).filter(|at| text.is_char_boundary(*at)) {
            // Every result but a panic will do: a changed letter may well be a valid message.
            let _ = hear(&golden, &prepared(&golden), &text[..at]);
            if at % 5 == 0 {
                for wrong in ["{", "\"", "9", "null"] {
                    let text = format!("{}{wrong}{}", &text[..at], &text[at..]);
                    let _ = hear(&golden, &prepared(&golden), &text);
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

fn goldens() -> impl Iterator<Item = Golden> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| {
        file.extension().is_some_and(|ext| ext == "jsonl") && !file.ends_with("malformed.jsonl")
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
        codec.encode(&Request::ping());
    }
    codec
}

/// A codec that has asked what the golden frame answers.
fn prepared(golden: &Golden) -> Codec {
    let frame: Value = serde_json::from_str(&golden.text()).unwrap_or_default();
    // An answer to a call that was never made, such as number 4096, has no place here.
    let id = frame["id"].as_u64().filter(|_| golden.str("at") != "state");
    let mut codec = codec_before(id);
    if id.is_some() || golden.0.get("text").is_some() && golden.str("at") != "state" {
        codec.encode(&Request::ping());
    }
    codec
}

/// What becomes of a frame.
#[derive(Debug, PartialEq)]
enum Heard {
    Malformed,
    Ignored,
    /// What `expect` would have to say for it.
    Understood(Value),
}

/// Reads a frame as whoever asked for it would.
fn hear(golden: &Golden, codec: &Codec, text: &str) -> Heard {
    let topic = golden.0["topic"].as_str().and_then(topic);
    match (codec.decode(text), topic) {
        (Err(_), _) => Heard::Malformed,
        (Ok(Incoming::Ignored), _) => Heard::Ignored,
        (Ok(Incoming::Reply { outcome, .. }), topic) => {
            let topic = topic.unwrap_or(Topic::Channels);
            match outcome.and_then(|reply| answer(golden.str("answers"), reply, &topic)) {
                Err(refused) if refused.reason() == "BAD_ANSWER" => Heard::Malformed,
                Err(refused) => Heard::Understood(error(&refused)),
                Ok(said) => Heard::Understood(said),
            }
        }
        // Nobody has the subscription.
        (Ok(Incoming::Push { .. }), None) => Heard::Ignored,
        (Ok(Incoming::Push { subscription, push }), Some(topic)) => {
            let Ok(event) = push.event(&topic) else { return Heard::Malformed };
            let mut said = json!({"subscription": subscription});
            match event {
                TopicEvent::State { rev, value } => {
                    said["rev"] = rev.into();
                    said["value"] = state(value);
                }
                TopicEvent::Log { events, reset: false } if events.len() == 1 => {
                    let mut value = match &events[0] {
                        LogEntry::Chat(event) => json!(event),
                        LogEntry::Signal(value) => match value.signal() {
                            Ok(signal) => signal_value(value.seq, &signal),
                            Err(_) => return Heard::Malformed,
                        },
                    };
                    said["seq"] = value.as_object_mut().unwrap().remove("seq").unwrap();
                    said["value"] = value;
                }
                TopicEvent::Log { .. } => panic!("{}: one push, many events", golden.name()),
                TopicEvent::Ephemeral(event) => said["value"] = json!(event),
                TopicEvent::Failed(refused) => said["error"] = error(&refused),
            }
            Heard::Understood(said)
        }
    }
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
        ["call", channel] => Some(Topic::Call(ChannelType::from(channel))),
        ["signal", id] => Some(Topic::Signal(id.into())),
        _ => None,
    }
}

/// The request a golden frame was written for, read by a hand of its own.
fn request(frame: &Value) -> Request {
    let params = &frame["params"];
    let text = |name: &str| params[name].as_str().unwrap_or_default().to_owned();
    let maybe = |name: &str| params[name].as_str();
    let (session, key) = (text("session").into(), text("key").into());
    match frame["method"].as_str().unwrap() {
        "getVersion" => Request::get_version(),
        "hello" => {
            let heartbeat = Duration::from_millis(params["heartbeat"].as_u64().unwrap());
            let customer = customer(params);
            let hello = Request::hello(params["locale"].as_str(), heartbeat, customer.as_ref());
            match params["resume"].as_str() {
                Some(token) => hello.resuming(&token.into()),
                None => hello,
            }
        }
        "subscribe" => {
            let since = params.get("since").map(|since| Cursor {
                epoch: since["epoch"].as_str().unwrap().into(),
                seq: since["seq"].as_u64().unwrap(),
            });
            Request::subscribe(&topic(&text("topic")).unwrap(), since.as_ref())
        }
        "unsubscribe" => Request::unsubscribe(&text("subscription").into()),
        "ping" => Request::ping(),
        "visit" => Request::visit(maybe("linkableUri"), maybe("uri"), maybe("uriDisplay")),
        "identify" => Request::identify(&ChannelType::from(&*text("channel")), &text("service")),
        "bye" => Request::bye(params["forget"].as_bool().unwrap()),
        "chat.create" => {
            let (customer, fields) = (customer(params), fields(params));
            let create = Request::chat_create(&text("service"), customer.as_ref(), &fields);
            match maybe("with") {
                Some(call) => create.with_operator_of(&call.into()).with_key(&key),
                None => create.with_key(&key),
            }
        }
        "chat.send" => {
            let greeting = params["greeting"].as_bool().unwrap();
            Request::chat_send(&session, &text("message"), greeting).with_key(&key)
        }
        "chat.typing" => Request::chat_typing(&session, &ChatMessageStatus::from(&*text("status"))),
        "chat.received" => Request::chat_received(&session, &text("message").into()),
        "chat.read" => Request::chat_read(&session, &text("message").into()),
        "chat.recap" => Request::chat_recap(&session, &text("mail")).with_key(&key),
        "chat.close" => Request::chat_close(&session),
        "session.active" => Request::session_active(&session),
        "session.rate" => {
            let score = u8::try_from(params["score"].as_u64().unwrap()).unwrap();
            Request::session_rate(&session, score, maybe("comment")).with_key(&key)
        }
        "file.begin" => {
            let size = params["size"].as_u64().unwrap();
            Request::file_begin(&session, &text("name"), size, &text("type")).with_key(&key)
        }
        "file.url" => Request::file_url(&session, &text("file").into()),
        method => call_or_contact(method, params).with_key(&key),
    }
}

/// The request of a golden frame about a call, or about a contact without a conversation.
fn call_or_contact(method: &str, params: &Value) -> Request {
    let text = |name: &str| params[name].as_str().unwrap_or_default().to_owned();
    let maybe = |name: &str| params[name].as_str().map(str::to_owned);
    let session = text("session").into();
    match method {
        "forms" => Request::forms(&ChannelType::from(&*text("channel")), &text("service")),
        "mail.request" => Request::mail_request(&MailRequest {
            service: text("service"),
            from: text("from").into(),
            subject: text("subject").into(),
            message: text("message").into(),
            customer: customer(params),
            fields: fields(params),
        }),
        "callback.slots" => {
            let days = u32::try_from(params["days"].as_u64().unwrap()).unwrap();
            Request::callback_slots(&text("service"), days)
        }
        "callback.request" => Request::callback_request(&CallbackRequest {
            service: text("service"),
            phone: text("phone").into(),
            when: maybe("when"),
            message: maybe("message").map(Into::into),
            customer: customer(params),
            fields: fields(params),
        }),
        "call.create" => Request::call_create(&CallRequest {
            channel: ChannelType::from(&*text("channel")),
            service: text("service"),
            customer: customer(params),
            fields: fields(params),
            with: maybe("with").map(Into::into),
        }),
        "call.accept" => Request::call_accept(&session),
        "call.decline" => Request::call_decline(&session),
        "call.close" => Request::call_close(&session),
        "signal" => Request::signal(&session, &signal(params)),
        "call.ice" => Request::call_ice(&session),
        "call.test" => {
            Request::call_test(params["media"].as_array().unwrap().contains(&json!("video")))
        }
        other => panic!("no request is known for {other}"),
    }
}

/// A signal, read by a hand of its own.
fn signal(params: &Value) -> Signal {
    let text = |name: &str| params[name].as_str().unwrap_or_default().to_owned();
    let number = |value: &Value| value.as_u64().map(|number| u32::try_from(number).unwrap());
    let generation = number(&params["gen"]).unwrap_or_default();
    let way = |value: &Value| Candidate {
        candidate: value["candidate"].as_str().unwrap().to_owned(),
        sdp_mid: value["sdpMid"].as_str().map(Into::into),
        sdp_m_line_index: number(&value["sdpMLineIndex"]),
        username_fragment: value["usernameFragment"].as_str().map(Into::into),
    };
    match params["type"].as_str().unwrap() {
        "offer" => Signal::Offer {
            generation,
            sdp: text("sdp"),
            fresh: params["fresh"] == true,
            restart: params["restart"] == true,
        },
        "answer" => Signal::Answer { generation, sdp: text("sdp") },
        "candidates" => Signal::Candidates {
            generation,
            candidates: params["candidates"].as_array().unwrap().iter().map(way).collect(),
            end: params["end"] == true,
        },
        "media" => Signal::Media { audio: params["audio"] == true, video: params["video"] == true },
        "restart" => Signal::Restart,
        "bye" => Signal::Bye,
        other => panic!("no signal is known as {other}"),
    }
}

/// What `expect` says of a signal in the log.
fn signal_value(seq: u64, signal: &Signal) -> Value {
    match signal {
        Signal::Offer { generation, sdp, .. } => {
            json!({"seq": seq, "type": "offer", "gen": generation, "sdp": sdp})
        }
        Signal::Answer { generation, sdp } => {
            json!({"seq": seq, "type": "answer", "gen": generation, "sdp": sdp})
        }
        Signal::Candidates { generation, end, .. } => {
            json!({"seq": seq, "type": "candidates", "gen": generation, "end": end})
        }
        Signal::Restart => json!({"seq": seq, "type": "restart"}),
        Signal::Media { audio, video } => {
            json!({"seq": seq, "type": "media", "audio": audio, "video": video})
        }
        Signal::Bye => json!({"seq": seq, "type": "bye"}),
        Signal::Unknown => json!({"seq": seq, "type": "unknown"}),
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

fn fields(params: &Value) -> Vec<SessionField> {
    params["fields"].as_array().into_iter().flatten().map(field).collect()
}

fn field(value: &Value) -> SessionField {
    SessionField {
        key: value["key"].as_str().unwrap().to_owned(),
        value: value["value"].as_str().unwrap().into(),
    }
}

/// The answer to a call of this method.
fn answer(method: &str, reply: Reply, topic: &Topic) -> Result<Value, Error> {
    Ok(match method {
        "" | "visit" | "unsubscribe" | "chat.close" | "chat.recap" | "session.active"
        | "session.rate" | "call.close" | "call.decline" | "signal" => json!(reply.done()?),
        "call.create" | "call.accept" | "call.test" => {
            let mut said = ice(&reply.ice()?);
            said["id"] = json!(reply.call_id()?);
            said
        }
        "call.ice" => ice(&reply.ice()?),
        "file.begin" => {
            let ticket = reply.upload_ticket()?;
            json!({"file": ticket.file, "url": ticket.url, "token": ticket.token})
        }
        "file.url" => json!(reply.file_address()?),
        "forms" => json!(reply.form()?),
        "mail.request" => json!({"id": reply.request_id()?}),
        "callback.slots" => json!(reply.slots()?),
        "callback.request" => json!(reply.callback()?),
        "getVersion" => {
            let version = reply.version()?;
            json!({"server": version[0], "api": version[1]})
        }
        "hello" => {
            let hello = reply.hello()?;
            let channels: serde_json::Map<String, Value> = hello
                .channels
                .iter()
                .map(|(channel, on)| (channel.to_string(), json!(on)))
                .collect();
            json!({
                "visitor": hello.visitor, "resumed": hello.resumed, "epoch": hello.epoch,
                "heartbeat": hello.heartbeat, "channels": channels, "sessions": hello.sessions,
            })
        }
        "subscribe" => match reply.subscribed(topic)? {
            Subscribed::State { subscription, rev, value } => {
                json!({"subscription": subscription, "rev": rev, "value": value.map(state)})
            }
            Subscribed::Log { subscription, page } => {
                let seqs: Vec<_> = page.result.iter().map(LogEntry::seq).collect();
                json!({
                    "subscription": subscription, "epoch": page.epoch,
                    "recovered": page.recovered, "more": page.more, "seqs": seqs,
                })
            }
        },
        // The server's time is for people who read logs: the client has no use for it.
        "ping" => json!({"time": "2026-03-09T08:15:05.004Z"}),
        "chat.create" => json!(reply.session()?),
        "chat.send" => {
            let sent = reply.sent()?;
            json!({"id": sent.id, "seq": sent.seq, "createdAt": sent.created_at})
        }
        other => panic!("nobody asks {other}"),
    })
}

fn ice(ice: &Ice) -> Value {
    let server = |server: &IceServer| {
        let mut said = json!({"urls": server.urls});
        if let (Some(name), Some(secret)) = (&server.username, &server.credential) {
            said["username"] = json!(name);
            said["credential"] = json!(secret.as_str());
        }
        said
    };
    let servers: Vec<_> = ice.servers.iter().map(server).collect();
    json!({"iceServers": servers, "iceTtl": ice.ttl})
}

fn state(value: StateValue) -> Value {
    match value {
        StateValue::Channels(channels) => {
            channels.iter().map(|(channel, on)| (channel.to_string(), json!(on))).collect()
        }
        StateValue::Service(status) => json!(status),
        StateValue::Receipts(watermarks) => json!(watermarks),
        StateValue::Session(session) => json!(session),
        StateValue::Call(call) => json!(call.session().ok()),
    }
}

fn error(error: &Error) -> Value {
    let refused = error.refusal().unwrap();
    let mut said = json!({"code": refused.code, "retryable": refused.retryable});
    if !refused.reason.is_empty() {
        said["reason"] = refused.reason.clone().into();
    }
    if let Some(after) = refused.retry_after {
        said["retryAfter"] = u64::try_from(after.as_millis()).unwrap().into();
    }
    if let Some(session) = &refused.session {
        said["session"] = json!(session);
    }
    said
}

fn expected(golden: &Golden) -> Value {
    let mut expected = golden.0["expect"].clone();
    let unread: &[&str] = match golden.str("answers") {
        // An upload is always a PUT, and what has expired is said when it is tried.
        "file.begin" => &["method", "expires"],
        _ => &[],
    };
    if let Some(fields) = expected.as_object_mut() {
        fields.retain(|name, _| !unread.contains(&name.as_str()));
    }
    expected
}
