//! What a visitor does besides chatting, by the native core against the real demo server.

use std::net::SocketAddr;
use std::path::Path;

use futures::StreamExt;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tvox_widget::core::model::{
    AttachmentState, CallChannelSession, CallState, CallbackRequest, ChannelType, ChatRequest,
    CustomerInfo, FormFieldKind, MailRequest, SessionField, SessionId, StepType,
};
use tvox_widget::core::session::chat::{Conversation, Delivery, Entry};
use tvox_widget::core::{ChatSession, Subscription, UploadProgress, Widget};

use crate::support::operator::Operator;
use crate::support::served::{
    connected, conversation, holds, native, offered, page, server, server_with, visitor, within,
};

/// The mails that the server has written, once there are so many.
async fn mails(data: &TempDir, count: usize) -> Vec<String> {
    let folder = data.path().join("mail");
    let written = async {
        loop {
            let mails = eml(&folder);
            if mails.len() >= count {
                return mails;
            }
            tokio::task::yield_now().await;
        }
    };
    within("the mail", written).await
}

fn eml(folder: &Path) -> Vec<String> {
    let Ok(files) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = files.map(|file| file.unwrap().path());
    let paths = paths.filter(|path| path.extension().is_some_and(|ending| ending == "eml"));
    paths.map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

#[tokio::test]
async fn the_conversation_arrives_as_a_mail_and_is_rated_after_its_end() {
    let data = TempDir::new().unwrap();
    let server = server(&data, false, 0).await;
    let (_widget, chat, _operator, _) = connected(server.address()).await;
    chat.send("Where is order 4711?").unwrap();
    let sent =
        |list: &Conversation| list.entries().iter().any(|entry| entry.delivery == Delivery::Sent);
    conversation(&chat, "the message is there", |list| holds(list, "4711") && sent(list)).await;
    let recap = within("the recap", chat.send_recap("mario@example.org")).await;
    assert_eq!(recap, Ok(true));
    let mail = mails(&data, 1).await.remove(0);
    assert!(mail.contains("mario@example.org") && mail.contains("4711"), "{mail}");
    let again = within("a refusal", chat.send_recap("mario@example.org")).await.unwrap_err();
    assert_eq!(again.reason(), "RATE_LIMITED");

    chat.close();
    within("the end", chat.session_monitor().collect::<Vec<_>>()).await;
    assert_eq!(within("the rating", chat.rate(5, Some("Quick"))).await, Ok(true));
    let refused = within("a refusal", chat.rate(6, None)).await.unwrap_err();
    assert_eq!(refused.reason(), "INVALID_PARAMS");
}

#[tokio::test]
async fn nobody_answers_a_recap_or_a_rating_before_there_is_an_operator() {
    let data = TempDir::new().unwrap();
    let server = server(&data, false, 0).await;
    let _operator = Operator::log_in(server.address(), None).await;
    let chat = visitor(server.address()).new_chat_session("service0001", Vec::new(), None, None);
    within("the session", chat.create()).await.unwrap();
    let recap = within("a refusal", chat.send_recap("mario@example.org")).await.unwrap_err();
    let rating = within("a refusal", chat.rate(1, None)).await.unwrap_err();
    assert_eq!((recap.reason(), rating.reason()), ("NOT_CONNECTED", "NOT_CONNECTED"));
}

#[tokio::test]
async fn a_mail_becomes_a_ticket_and_reaches_the_service() {
    let data = TempDir::new().unwrap();
    let server = server(&data, false, 0).await;
    let widget = visitor(server.address());
    let mail = MailRequest {
        service: "service0001".to_owned(),
        from: "mario@example.org".into(),
        subject: "Invoice".into(),
        message: "Where is invoice 4711?".into(),
        customer: Some(CustomerInfo {
            customer_display_name: Some("Mario Rossi".into()),
            ..CustomerInfo::default()
        }),
        fields: Vec::new(),
    };
    let ticket = within("the ticket", widget.send_mail(mail.clone())).await.unwrap();
    let written = mails(&data, 1).await.remove(0);
    assert!(written.contains(ticket.as_str()) && written.contains("4711"), "{written}");
    let nowhere = MailRequest { service: "nowhere".to_owned(), ..mail.clone() };
    let refused = within("a refusal", widget.send_mail(nowhere)).await.unwrap_err();
    assert_eq!(refused.reason(), "SERVICE_NOT_FOUND");
    let no_address = MailRequest { from: "mario".into(), ..mail };
    let refused = within("a refusal", widget.send_mail(no_address)).await.unwrap_err();
    assert_eq!(refused.reason(), "INVALID_PARAMS");
}

#[tokio::test]
async fn a_callback_is_asked_for_at_one_of_the_times_that_are_offered() {
    let data = TempDir::new().unwrap();
    let server = server(&data, false, 0).await;
    let widget = visitor(server.address());
    let slots = within("the times", widget.callback_slots("service0001", 2)).await.unwrap();
    assert!(slots.len() > 10 && slots[0].from < slots[0].to, "{slots:?}");
    let callback = CallbackRequest {
        service: "service0001".to_owned(),
        phone: "0422 100200".into(),
        when: Some(slots[3].from.clone()),
        fields: vec![SessionField { key: "order".to_owned(), value: "4711".into() }],
        ..CallbackRequest::default()
    };
    let asked = within("the callback", widget.request_callback(callback.clone())).await.unwrap();
    assert_eq!(asked.phone.unwrap().as_str(), "+390422100200");
    let none = CallbackRequest { phone: "12".into(), ..callback };
    let refused = within("a refusal", widget.request_callback(none)).await.unwrap_err();
    assert_eq!(refused.reason(), "INVALID_PHONE");
}

#[tokio::test]
async fn a_services_form_is_told_and_another_has_none() {
    let data = TempDir::new().unwrap();
    let settings = r#"
        [[services]]
        code = "service0001"
        description = "Assistenza"
        [services.forms.CHAT]
        fields = [
            { key = "customerDisplayName", label = "Name", required = true, autocomplete = "name" },
            { key = "topic", label = "Topic", type = "select", options = [{ value = "a", label = "A" }] },
        ]
        consent = { text = "I have read it.", link = "https://example.org/privacy" }
    "#;
    let server = server_with(&data, settings).await;
    let widget = visitor(server.address());
    let form = within("the form", widget.forms(&ChannelType::Chat, "service0001")).await;
    let form = form.unwrap().unwrap();
    let kinds: Vec<_> = form.fields.iter().map(|field| field.kind.clone()).collect();
    assert_eq!(kinds, [FormFieldKind::Text, FormFieldKind::Select]);
    assert_eq!(form.fields[0].autocomplete.as_deref(), Some("name"));
    assert!(form.fields[0].required && form.consent.unwrap().required);
    let none = within("no form", widget.forms(&ChannelType::Video, "service0001")).await;
    assert_eq!(none, Ok(None));
}

/// What a monitor hears next.
async fn heard(monitor: &mut Subscription<CallChannelSession>) -> CallChannelSession {
    within("a call's state", monitor.next()).await.unwrap()
}

/// Waits until a call has come to a state.
async fn comes_to(
    monitor: &mut Subscription<CallChannelSession>,
    state: CallState,
) -> CallChannelSession {
    loop {
        let session = heard(monitor).await;
        if session.state.as_ref() == Some(&state) {
            return session;
        }
    }
}

/// A visitor and an operator who have a call.
async fn in_call(
    server: SocketAddr,
) -> (Widget, Subscription<CallChannelSession>, Operator, SessionId) {
    let mut operator = Operator::log_in(server, None).await;
    operator.subscribe("desk").await;
    let widget = visitor(server);
    let mut monitor = widget.call_monitor(&ChannelType::Video).unwrap();
    let call = widget.new_call(&ChannelType::Video, "service0001", Some("Mario Rossi"), None);
    let call = within("the call", call).await.unwrap();
    let ringing = comes_to(&mut monitor, CallState::NewOutbound).await;
    assert_eq!(ringing.id, call);
    operator.event(|desk| offered(desk, call.as_str())).await;
    operator.call("session.accept", json!({ "session": call })).await;
    let connected = comes_to(&mut monitor, CallState::Connected).await;
    assert_eq!(connected.step_type(), Some(&StepType::Connected));
    assert!(connected.start.is_some() && connected.agent.is_some(), "{connected:?}");
    (widget, monitor, operator, call)
}

#[tokio::test]
async fn a_chat_beside_a_call_rings_with_its_operator_and_brings_its_answers() {
    let data = TempDir::new().unwrap();
    let server = server(&data, false, 0).await;
    let (widget, _monitor, mut operator, call) = in_call(server.address()).await;
    let _idle = Operator::log_in(server.address(), None).await;
    let chat = widget.new_chat(ChatRequest {
        service: "service0001".to_owned(),
        fields: vec![SessionField { key: "order".to_owned(), value: "4711".into() }],
        with: Some(call),
        ..ChatRequest::default()
    });
    let session = within("the session", chat.create()).await.unwrap().id.to_string();
    operator.event(|desk| offered(desk, &session)).await;
    let contact = operator.call("session.accept", json!({ "session": session })).await;
    assert_eq!(contact["fields"], json!([{ "key": "order", "value": "4711" }]));
}

#[tokio::test]
async fn a_call_lives_on_both_sides_and_its_end_is_told_once() {
    let data = TempDir::new().unwrap();
    let server = server(&data, false, 0).await;
    let (widget, mut monitor, mut operator, call) = in_call(server.address()).await;
    let second = widget.new_call(&ChannelType::Video, "service0001", None, None);
    let refused = within("a refusal", second).await.unwrap_err();
    assert_eq!(refused.reason(), "SESSION_OPEN");

    operator.call("call.hold", json!({ "session": call })).await;
    assert_eq!(heard(&mut monitor).await.state, Some(CallState::Hold));
    operator.call("call.resume", json!({ "session": call })).await;
    assert_eq!(heard(&mut monitor).await.state, Some(CallState::Connected));

    assert_eq!(within("the end", widget.close_call(&call)).await, Ok(true));
    let over = heard(&mut monitor).await;
    assert!(over.is_over() && over.id == call);
    let ended = within("a refusal", widget.close_call(&call)).await;
    assert_eq!(ended, Ok(true), "closing what is closed is closing it");
    let mut late = widget.call_monitor(&ChannelType::Video).unwrap();
    server.drop_connections();
    within("the connection", async {
        let mut connection = widget.client().connection_event();
        while connection.next().await.is_some_and(|event| event.connected) {}
        while connection.next().await.is_some_and(|event| !event.connected) {}
    })
    .await;
    let slots = within("an answer", widget.callback_slots("service0001", 1)).await;
    assert!(slots.is_ok(), "the connection has answered, after the topic");
    assert_eq!((monitor.try_next(), late.try_next()), (None, None), "a finished call is no news");
}

#[tokio::test]
async fn what_the_visitor_mutes_is_told_to_the_operators_side() {
    let data = TempDir::new().unwrap();
    let server = server(&data, false, 0).await;
    let (widget, _monitor, mut operator, call) = in_call(server.address()).await;
    operator.subscribe(&format!("signal/{call}")).await;
    assert_eq!(within("muting", widget.toggle_audio_mute(&call)).await, Ok(true));
    let media = |event: &Value| (event["type"] == "media").then(|| event.clone());
    let told = within("the hint", operator.event(media)).await;
    assert_eq!((&told["audio"], &told["video"]), (&json!(false), &json!(true)));
    assert_eq!(within("muting", widget.toggle_video_mute(&call)).await, Ok(true));
    let told = within("the hint", operator.event(media)).await;
    assert_eq!((&told["audio"], &told["video"]), (&json!(false), &json!(false)));
}

#[tokio::test]
async fn after_a_reload_the_call_is_there_first_and_can_be_muted_and_ended() {
    let data = TempDir::new().unwrap();
    let server = server(&data, false, 0).await;
    let mut operator = Operator::log_in(server.address(), None).await;
    operator.subscribe("desk").await;
    let system = native(server.address());
    let before = page(server.address(), &system);
    let call = before.new_call(&ChannelType::PhoneCall, "service0001", None, None);
    let call = within("the call", call).await.unwrap();
    operator.event(|desk| offered(desk, call.as_str())).await;
    operator.call("session.accept", json!({ "session": call })).await;
    drop(before);

    let after = page(server.address(), &system);
    within("the server's greeting", after.ready()).await.unwrap();
    let open = after.open_sessions();
    assert_eq!((&open[0].id, &open[0].channel), (&call, &ChannelType::PhoneCall));
    let mut monitor = after.call_monitor(&ChannelType::PhoneCall).unwrap();
    assert_eq!(heard(&mut monitor).await.state, Some(CallState::Connected));
    assert_eq!(within("muting", after.toggle_audio_mute(&call)).await, Ok(true));
    assert_eq!(within("the end", after.close_call(&call)).await, Ok(true));
    assert!(heard(&mut monitor).await.is_over());
}

#[tokio::test]
async fn an_invitation_from_a_conversation_rings_and_is_taken_or_declined() {
    let data = TempDir::new().unwrap();
    let server = server(&data, false, 0).await;
    let (widget, _chat, mut operator, chat) = connected(server.address()).await;
    let mut monitor = widget.call_monitor(&ChannelType::Video).unwrap();
    for (key, taken) in [("1", false), ("2", true)] {
        let key = format!("00000000-0000-4000-8000-00000000000{key}");
        let invite = json!({ "key": key, "session": chat, "channel": "VIDEO" });
        operator.call("call.create", invite).await;
        let ringing = comes_to(&mut monitor, CallState::NewInbound).await;
        assert_eq!(ringing.with.as_ref().map(SessionId::as_str), Some(chat.as_str()));
        assert!(ringing.expires.is_some());
        if taken {
            let accepted = within("the answer", widget.accept_call(&ringing.id)).await;
            assert_eq!(accepted, Ok(true));
            comes_to(&mut monitor, CallState::Connected).await;
        } else {
            let declined = within("the answer", widget.decline_call(&ringing.id)).await;
            assert_eq!(declined, Ok(true));
            assert!(heard(&mut monitor).await.is_over());
            let late = within("a refusal", widget.accept_call(&ringing.id)).await.unwrap_err();
            assert_eq!(late.reason(), "SESSION_CLOSED");
        }
    }
}

/// Waits until a file of the conversation has a fate.
async fn file(chat: &ChatSession, fate: AttachmentState) -> Entry {
    let mut found = None;
    let mut changes = chat.conversation();
    let mut list = Conversation::default();
    let reading = async {
        while found.is_none() {
            list.apply(changes.next().await.unwrap());
            let is = |entry: &&Entry| {
                entry.attachment.as_ref().is_some_and(|attachment| attachment.state == fate)
            };
            found = list.entries().iter().find(is).cloned();
        }
    };
    within(&format!("a file that is {fate}"), reading).await;
    found.unwrap()
}

/// Fetches an address as a browser would.
async fn fetched(server: SocketAddr, url: &str) -> (String, Vec<u8>) {
    let path = url.strip_prefix(&format!("http://{server}")).unwrap();
    let mut socket = TcpStream::connect(server).await.unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\n\r\n");
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    within("the file", socket.read_to_end(&mut answer)).await.unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    (String::from_utf8(answer[..end].to_vec()).unwrap(), answer[end + 4..].to_vec())
}

#[tokio::test]
async fn a_file_arrives_is_looked_at_and_can_be_fetched() {
    let data = TempDir::new().unwrap();
    let server = server(&data, false, 0).await;
    let (_widget, chat, mut operator, session) = connected(server.address()).await;
    operator.subscribe(&format!("chat/{session}")).await;
    // More than one piece, so that there is progress to tell.
    let text = "Where is order 4711?\n".repeat(20_000);
    let total = u64::try_from(text.len()).unwrap();
    let upload = chat.send_file(
        "order.txt",
        "text/plain",
        text.clone().into_bytes(),
        native(server.address()),
    );
    let progress = upload.progress();
    let attachment = within("the upload", upload).await.unwrap();
    assert_eq!((attachment.size, attachment.name.as_str()), (total, "order.txt"));
    let told: Vec<UploadProgress> = within("the progress", progress.collect()).await;
    assert!(told.len() > 3 && told.is_sorted_by_key(|progress| progress.sent), "{told:?}");
    assert_eq!(told.last(), Some(&UploadProgress { sent: total, total }));

    let entry = file(&chat, AttachmentState::Available).await;
    assert_eq!(entry.attachment.as_ref().unwrap().file, attachment.file);
    let arrived = |event: &Value| {
        (event["attachment"]["state"] == "AVAILABLE").then(|| event["attachment"]["file"].clone())
    };
    let seen = within("the operator sees it", operator.event(arrived)).await;
    assert_eq!(seen, json!(attachment.file));

    let address = within("the address", chat.file_url(&attachment.file)).await.unwrap();
    let (head, bytes) = fetched(server.address(), &address.url).await;
    assert!(head.starts_with("HTTP/1.1 200") && bytes == text.as_bytes(), "{head}");
}

#[tokio::test]
async fn a_file_that_is_not_what_it_says_or_would_do_harm_is_refused() {
    let data = TempDir::new().unwrap();
    let server = server(&data, false, 0).await;
    let (_widget, chat, _operator, _) = connected(server.address()).await;
    let http = || native(server.address());
    let page = chat.send_file("page.txt", "text/plain", *b"<html>", http());
    assert_eq!(within("a refusal", page).await.unwrap_err().reason(), "FILE_TYPE");
    let program = chat.send_file("run.exe", "application/x-msdownload", *b"MZ", http());
    assert_eq!(within("a refusal", program).await.unwrap_err().reason(), "FILE_TYPE");

    let eicar = [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-", "STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"];
    let upload = chat.send_file("notes.txt", "text/plain", eicar.concat().into_bytes(), http());
    let attachment = within("it arrives", upload).await.unwrap();
    let entry = file(&chat, AttachmentState::Refused).await;
    let reason = entry.attachment.as_ref().unwrap().reason.clone();
    assert_eq!(reason.as_deref(), Some("FILE_INFECTED"));
    let refused = within("a refusal", chat.file_url(&attachment.file)).await.unwrap_err();
    assert_eq!(refused.reason(), "FILE_INFECTED");
}
