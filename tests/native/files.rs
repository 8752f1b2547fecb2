//! Files: announced, sent, sent again, given up; and what the conversation shows of them.

use std::time::Duration;

use futures::StreamExt;
use futures::future::RemoteHandle;
use serde_json::{Value, json};
use tvox_widget::core::model::{Attachment, AttachmentState};
use tvox_widget::core::ports::PutEvent;
use tvox_widget::core::session::chat::Conversation;
use tvox_widget::core::{ChatSession, Error, FileUpload, Subscription, UploadProgress};

use crate::support::{Stage, inbound};

const SECOND: Duration = Duration::from_secs(1);
const BYTES: [u8; 7] = [7; 7];

/// An upload that somebody waits for, and how far it is.
type Sending = (RemoteHandle<Result<Attachment, Error>>, Subscription<UploadProgress>);

fn sending(
    stage: &mut Stage,
    upload: FileUpload<impl Future<Output = Result<Attachment, Error>> + 'static>,
) -> Sending {
    let progress = upload.progress();
    (stage.spawn(upload), progress)
}

/// An upload whose announcement the server has answered.
fn announced() -> (Stage, ChatSession, Sending) {
    let (mut stage, chat) = Stage::connected();
    let http = stage.world.clone();
    let upload = sending(&mut stage, chat.send_file("rudder.jpg", "image/jpeg", BYTES, http));
    let call = stage.answer("file.begin", &ticket("/tvox/widget/files/f_9"));
    let mut params = call["params"].clone();
    assert!(params.as_object_mut().unwrap().remove("key").is_some());
    let expected =
        json!({ "session": "s_1", "name": "rudder.jpg", "size": 7, "type": "image/jpeg" });
    assert_eq!(params, expected);
    (stage, chat, upload)
}

fn ticket(url: &str) -> Value {
    json!({
        "file": "f_9", "method": "PUT", "url": url, "token": "ut_1",
        "expires": "2026-11-22T10:05:00Z",
    })
}

fn answered(status: u16, body: &str) -> PutEvent {
    PutEvent::Answered { status, body: body.to_owned() }
}

/// How far it has come since this was last asked.
fn sent(progress: &mut Subscription<UploadProgress>) -> Vec<u64> {
    std::iter::from_fn(|| progress.try_next())
        .map(|progress| {
            assert_eq!(progress.total, 7);
            progress.sent
        })
        .collect()
}

#[test]
fn what_the_server_does_not_take_is_refused_without_asking_it() {
    let mut stage = Stage::dialled();
    let limits = json!({ "file": { "bytes": 6, "types": ["image/jpeg"] } });
    stage.greet_with(&json!({ "limits": limits }));
    let chat = stage.chat();
    stage.clear();
    for (name, media_type, size, reason) in [
        ("rudder.jpg", "image/jpeg", 7, "FILE_SIZE"),
        ("rudder.jpg", "image/jpeg", 0, "FILE_SIZE"),
        ("rudder.png", "image/png", 6, "FILE_TYPE"),
        ("../rudder.jpg", "image/jpeg", 6, "FILE_NAME"),
        ("", "image/jpeg", 6, "FILE_NAME"),
    ] {
        let refused = chat.check_file(name, media_type, size).unwrap_err();
        assert_eq!(refused.reason(), reason, "{name} {media_type} {size}");
        let bytes = vec![7; usize::try_from(size).unwrap()];
        let mut upload = chat.send_file(name, media_type, bytes, stage.world.clone());
        assert_eq!(stage.polled(&mut upload), Some(Err(refused)));
    }
    assert!(stage.methods().is_empty(), "nothing was announced");
    assert_eq!(chat.check_file("rudder.jpg", "image/jpeg", 6), Ok(()));
}

#[test]
fn a_file_is_announced_and_its_bytes_go_where_the_server_says() {
    let (mut stage, _chat, (mut upload, mut progress)) = announced();
    let puts = stage.world.puts();
    assert_eq!(puts.len(), 1);
    assert_eq!(puts[0].url, "http://localhost/tvox/widget/files/f_9");
    assert_eq!((puts[0].token.as_str(), puts[0].content_type.as_str()), ("ut_1", "image/jpeg"));
    assert_eq!(&puts[0].body[..], BYTES);
    for event in [PutEvent::Sent(4), PutEvent::Sent(7), answered(201, "")] {
        stage.world.put_event(event);
    }
    stage.settle();
    let attachment = stage.polled(&mut upload).unwrap().unwrap();
    let expected = Attachment {
        file: "f_9".into(),
        name: "rudder.jpg".into(),
        size: 7,
        media_type: "image/jpeg".to_owned(),
        state: AttachmentState::Scanning,
        reason: None,
    };
    assert_eq!(attachment, expected);
    assert_eq!(sent(&mut progress), [0, 4, 7]);
    assert_eq!(stage.run(progress.next()), None, "it ends");
}

#[test]
fn bytes_that_got_lost_are_sent_again_with_the_same_token_after_a_growing_wait() {
    let (mut stage, _chat, (mut upload, mut progress)) = announced();
    for (attempt, wait) in [(1, 1), (2, 2), (3, 4)] {
        assert_eq!(stage.world.puts().len(), attempt);
        stage.world.put_event(PutEvent::Sent(3));
        stage.world.put_event(PutEvent::Lost);
        stage.settle();
        stage.advance(SECOND * wait - SECOND / 10);
        assert_eq!(stage.world.puts().len(), attempt, "not before {wait} s");
        stage.advance(SECOND / 10);
        assert_eq!(sent(&mut progress).last(), Some(&0), "it begins anew");
    }
    stage.world.put_event(answered(201, ""));
    stage.settle();
    assert!(stage.polled(&mut upload).unwrap().is_ok());
    let puts = stage.world.puts();
    assert!(puts.iter().all(|put| *put == puts[0]) && puts.len() == 4);
}

#[test]
fn an_upload_that_never_arrives_is_given_up_after_five_attempts() {
    let (mut stage, _chat, (mut upload, _)) = announced();
    for _ in 0..5 {
        stage.world.put_event(PutEvent::Lost);
        stage.settle();
        stage.advance(SECOND * 8);
    }
    assert_eq!(stage.polled(&mut upload).unwrap().unwrap_err().code(), "CONNECTION_LOST");
    assert_eq!(stage.world.puts().len(), 5);
}

#[test]
fn an_attempt_that_stands_still_for_a_minute_is_made_again() {
    let (mut stage, _chat, _upload) = announced();
    for bytes in 1..4 {
        stage.live_through(50);
        stage.world.put_event(PutEvent::Sent(bytes));
        stage.settle();
    }
    assert_eq!(stage.world.puts().len(), 1, "slow is not still");
    stage.live_through(62);
    assert_eq!(stage.world.puts().len(), 2);
}

#[test]
fn what_the_server_will_not_take_fails_with_its_reason() {
    let (mut stage, _chat, (mut upload, _)) = announced();
    let body = r#"{"error":{"code":1401,"message":"no","data":{"reason":"FILE_TYPE"}}}"#;
    stage.world.put_event(answered(415, body));
    stage.settle();
    assert_eq!(stage.polled(&mut upload).unwrap().unwrap_err().reason(), "FILE_TYPE");

    let (mut stage, chat) = Stage::connected();
    let http = stage.world.clone();
    let mut upload = stage.spawn(chat.send_file("a.exe", "application/x-msdownload", BYTES, http));
    let call = stage.expect("file.begin");
    stage.refuse(&call, 1401, &json!({ "reason": "FILE_TYPE" }));
    assert_eq!(stage.polled(&mut upload).unwrap().unwrap_err().reason(), "FILE_TYPE");
    assert!(stage.world.puts().is_empty(), "no byte was sent");
}

#[test]
fn dropping_an_upload_takes_the_bytes_back() {
    let (mut stage, _chat, (upload, mut progress)) = announced();
    assert!(stage.world.is_putting());
    drop(upload);
    stage.settle();
    assert!(!stage.world.is_putting());
    assert_eq!(sent(&mut progress), [0]);
    assert_eq!(stage.run(progress.next()), None);
    stage.advance(SECOND * 10);
    assert_eq!(stage.world.puts().len(), 1, "nothing is tried again");
}

#[test]
fn a_token_is_never_carried_to_another_host() {
    for url in ["https://evil.example/f_9", "//evil.example/f_9", "f_9"] {
        let (mut stage, chat) = Stage::connected();
        let http = stage.world.clone();
        let mut upload = stage.spawn(chat.send_file("rudder.jpg", "image/jpeg", BYTES, http));
        stage.answer("file.begin", &ticket(url));
        let refused = stage.polled(&mut upload).unwrap().unwrap_err();
        assert_eq!(refused.reason(), "BAD_ANSWER", "{url}");
        assert!(stage.world.puts().is_empty());
    }
}

#[test]
fn the_address_of_a_file_is_complete() {
    let (mut stage, chat) = Stage::connected();
    let mut asked = Box::pin(chat.file_url(&"f_9".into()));
    stage.poll(&mut asked);
    let answer =
        json!({ "url": "/tvox/widget/files/f_9?sig=1", "expires": "2026-11-22T10:06:00Z" });
    let call = stage.answer("file.url", &answer);
    assert_eq!(call["params"], json!({ "session": "s_1", "file": "f_9" }));
    let file = stage.polled(&mut asked).unwrap().unwrap();
    assert_eq!(file.url.as_str(), "http://localhost/tvox/widget/files/f_9?sig=1");
    assert_eq!(file.expires.as_deref(), Some("2026-11-22T10:06:00Z"));
}

#[test]
fn the_conversation_shows_one_entry_for_a_file_and_its_newest_fate() {
    let (mut stage, chat) = Stage::connected();
    let mut changes = chat.conversation();
    stage.settle();
    let file = |seq, state: &str| {
        let mut event = inbound(seq, "");
        event.as_object_mut().unwrap().remove("message");
        event["attachment"] = json!({
            "file": "f_1", "name": "offer.pdf", "size": 68, "type": "application/pdf",
            "state": state,
        });
        event
    };
    stage.subscribed_log("chat/s_1", &[inbound(1, "look"), file(2, "SCANNING")]);
    let mut refused = file(4, "REFUSED");
    refused["attachment"]["reason"] = "FILE_INFECTED".into();
    stage.event("chat/s_1", &inbound(3, "this"));
    stage.event("chat/s_1", &refused);
    let mut list = Conversation::default();
    while let Some(change) = changes.try_next() {
        list.apply(change);
    }
    assert_eq!(list.entries().len(), 3);
    let attachment = list.entries()[1].attachment.as_ref().unwrap();
    assert_eq!(attachment.state, AttachmentState::Refused);
    assert_eq!(attachment.reason.as_deref(), Some("FILE_INFECTED"));
    let printed = format!("{attachment:?}");
    assert!(!printed.contains("offer"), "a file's name is about a person: {printed}");
}
