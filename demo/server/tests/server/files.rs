//! Files: announced over the WebSocket, sent and fetched over HTTP.

use crate::support::{Visitor, World, key, with};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const PNG: &[u8] =
    b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0....\0\0\0\0IEND\xAEB\x60\x82";

pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn code(&self) -> i64 {
        let body: Value = serde_json::from_slice(&self.body).unwrap();
        body["error"]["code"].as_i64().unwrap()
    }
}

/// An HTTP request, word for word.
async fn ask(world: &World, head: &str, body: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(world.address()).await.unwrap();
    let head = format!("{head}\r\nHost: {}\r\nConnection: close\r\n\r\n", world.address());
    stream.write_all(head.as_bytes()).await.unwrap();
    // A server that refuses need not read all of it.
    let _ = stream.write_all(body).await;
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(crate::support::PATIENCE, stream.read_to_end(&mut answer))
        .await
        .expect("the server answers");
    let at = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(answer[..at].to_vec()).unwrap().to_ascii_lowercase();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head, body: answer[at + 4..].to_vec() }
}

/// Sends a file's bytes to where its announcement was answered.
pub(crate) async fn put(world: &World, slot: &Value, bytes: &[u8]) -> Answer {
    put_as(world, slot, slot["token"].as_str().unwrap(), bytes).await
}

async fn put_as(world: &World, slot: &Value, token: &str, bytes: &[u8]) -> Answer {
    let url = slot["url"].as_str().unwrap();
    let head = format!(
        "PUT {url} HTTP/1.1\r\nAuthorization: Bearer {token}\r\nContent-Length: {}",
        bytes.len()
    );
    ask(world, &head, bytes).await
}

async fn get(world: &World, url: &Value) -> Answer {
    ask(world, &format!("GET {} HTTP/1.1", url.as_str().unwrap()), b"").await
}

fn picture(session: &str) -> Value {
    json!({"session": session, "key": key(), "name": "rudder.png", "size": PNG.len(), "type": "image/png"})
}

async fn state(side: &mut Visitor, state: &str) -> Value {
    side.event(|event| event["result"]["attachment"]["state"] == state).await["result"].clone()
}

#[tokio::test]
async fn a_file_of_the_visitor_is_announced_sent_looked_at_and_fetched_by_the_operator() {
    let world = World::new().await;
    let (mut visitor, mut operator, session) = world.conversation().await;
    operator.subscribe(&format!("chat/{session}")).await;
    assert_eq!(visitor.welcome["limits"]["file"]["bytes"], 10_485_760);
    let asked = picture(&session);
    let slot = visitor.call("file.begin", asked.clone()).await.unwrap();
    assert_eq!(slot["method"], "PUT");
    assert_eq!(
        visitor.call("file.begin", asked.clone()).await.unwrap(),
        slot,
        "asked again, the same file and token"
    );
    let file = json!({"session": session, "file": slot["file"]});
    assert_eq!(operator.refused("file.url", file.clone()).await, -32009, "it is not there yet");

    assert_eq!(put(&world, &slot, PNG).await.status, 201);
    let arrived = state(&mut operator, "SCANNING").await;
    assert_eq!(
        (&arrived["direction"], &arrived["messageType"], arrived.get("key")),
        (&json!("OUTBOUND"), &json!("MESSAGE"), None)
    );
    let attachment = json!({"file": slot["file"], "name": "rudder.png", "size": PNG.len(), "type": "image/png", "state": "SCANNING"});
    assert_eq!(arrived["attachment"], attachment);
    assert_eq!(state(&mut visitor, "SCANNING").await["key"], asked["key"]);
    let available = state(&mut visitor, "AVAILABLE").await;
    assert_eq!((available.get("key"), &available["attachment"]["file"]), (None, &slot["file"]));
    state(&mut operator, "AVAILABLE").await;

    let address = operator.call("file.url", file).await.unwrap();
    let fetched = get(&world, &address["url"]).await;
    assert_eq!((fetched.status, fetched.body.as_slice()), (200, PNG));
    for line in [
        "content-type: image/png",
        "content-disposition: attachment; filename=\"rudder.png\"; filename*=utf-8''rudder.png",
        "content-security-policy: sandbox; default-src 'none'",
        "x-content-type-options: nosniff",
        "cache-control: private, no-store",
    ] {
        assert!(fetched.head.lines().any(|one| one == line), "{line:?} is not in {}", fetched.head);
    }
}

#[tokio::test]
async fn an_operator_sends_a_file_too() {
    let world = World::new().await;
    let (mut visitor, mut operator, session) = world.conversation().await;
    let slot = operator.call("file.begin", picture(&session)).await.unwrap();
    assert_eq!(put(&world, &slot, PNG).await.status, 201);
    let available = state(&mut visitor, "AVAILABLE").await;
    assert_eq!(available["direction"], "INBOUND");
    let file = json!({"session": session, "file": slot["file"]});
    let address = visitor.call("file.url", file).await.unwrap();
    assert_eq!(get(&world, &address["url"]).await.body, PNG);
}

#[tokio::test]
async fn a_token_is_good_for_one_file_and_its_bytes_alone() {
    let mut world = World::new().await;
    let (mut visitor, _operator, session) = world.conversation().await;
    let slot = visitor.call("file.begin", picture(&session)).await.unwrap();
    let other = visitor.call("file.begin", picture(&session)).await.unwrap();
    for token in ["", "ut_", "ut_AAAA", other["token"].as_str().unwrap()] {
        let answer = put_as(&world, &slot, token, PNG).await;
        assert_eq!((answer.status, answer.code()), (401, 1405), "{token}");
    }
    for wrong in [&PNG[1..], &[PNG, b"more"].concat()] {
        let answer = put(&world, &slot, wrong).await;
        assert_eq!((answer.status, answer.code()), (413, 1402));
    }
    assert_eq!(put(&world, &slot, PNG).await.status, 201);
    assert_eq!(put(&world, &slot, PNG).await.status, 201, "the answer was lost: once more");
    let mut changed = PNG.to_vec();
    changed[30] ^= 1;
    let answer = put(&world, &slot, &changed).await;
    assert_eq!((answer.status, answer.code()), (409, 1304));
    world.kill_and_restart().await;
    assert_eq!(put(&world, &slot, PNG).await.status, 201, "also after a restart");
    let mut again = world.visitor_with(json!({"resume": visitor.token()})).await;
    let log = again.follow(&session).await;
    let states: Vec<&Value> = log
        .iter()
        .map(|event| &event["attachment"]["state"])
        .filter(|state| !state.is_null())
        .collect();
    assert_eq!(states[0], "SCANNING");
    if states.len() == 1 {
        state(&mut again, "AVAILABLE").await;
    } else {
        assert_eq!(states[1..], ["AVAILABLE"]);
    }
}

#[tokio::test]
async fn a_content_of_another_type_never_becomes_a_message() {
    let world = World::new().await;
    let (mut visitor, mut operator, session) = world.conversation().await;
    operator.subscribe(&format!("chat/{session}")).await;
    let page = b"<html><script>alert(1)</script></html>";
    let asked = with(picture(&session), &json!({"size": page.len()}));
    let slot = visitor.call("file.begin", asked).await.unwrap();
    let answer = put(&world, &slot, page).await;
    assert_eq!((answer.status, answer.code()), (415, 1401));
    let everything = operator.everything().await;
    assert!(everything.iter().all(|frame| frame["params"]["result"]["attachment"].is_null()));
    let folder = world.settings.paths.data.join("files");
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0, "nothing is left of it");
}

#[tokio::test]
async fn what_is_announced_is_looked_at() {
    let world = World::new().await;
    let (mut visitor, mut operator, session) = world.conversation().await;
    for (change, code) in [
        (json!({"type": "image/svg+xml", "name": "a.svg"}), 1401),
        (json!({"type": "text/html", "name": "a.html"}), 1401),
        (json!({"size": 0}), 1402),
        (json!({"size": 10_485_761}), 1402),
        (json!({"size": -1}), -32602),
        (json!({"name": "a.jpg"}), 1403),
        (json!({"name": "../a.png"}), 1403),
        (json!({"name": "a.exe.png"}), 1403),
        (json!({"name": "gnp.\u{202e}exe.png"}), 1403),
        (json!({"session": "s_other"}), 1303),
    ] {
        let asked = with(picture(&session), &change);
        assert_eq!(visitor.refused("file.begin", asked.clone()).await, code, "{change}");
        assert_eq!(operator.refused("file.begin", asked).await, code, "{change}");
    }
    let mut stranger = world.visitor().await;
    assert_eq!(stranger.refused("file.begin", picture(&session)).await, 1303);
    for _ in 0..3 {
        visitor.call("file.begin", picture(&session)).await.unwrap();
    }
    assert_eq!(
        visitor.refused("file.begin", picture(&session)).await,
        1201,
        "three wait to be sent"
    );
    visitor.call("chat.close", json!({"session": session})).await.unwrap();
    assert_eq!(operator.refused("file.begin", picture(&session)).await, 1301);
    let waiting = visitor.create("service0001").await;
    assert_eq!(visitor.refused("file.begin", picture(&waiting)).await, 1203);
}

#[tokio::test]
async fn an_infected_file_is_refused_and_gone() {
    let world = World::new().await;
    let (mut visitor, mut operator, session) = world.conversation().await;
    let eicar =
        [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-", "STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].concat();
    let asked = json!({"session": session, "key": key(), "name": "notes.txt", "size": eicar.len(), "type": "text/plain"});
    let slot = operator.call("file.begin", asked).await.unwrap();
    assert_eq!(put(&world, &slot, eicar.as_bytes()).await.status, 201, "it has arrived");
    let refused = state(&mut visitor, "REFUSED").await;
    assert_eq!(refused["attachment"]["reason"], "FILE_INFECTED");
    let file = json!({"session": session, "file": slot["file"]});
    assert_eq!(visitor.refused("file.url", file).await, 1404);
}

#[tokio::test]
async fn an_address_is_of_one_file_and_does_not_last() {
    let world =
        World::with(|settings| settings.rules.files.address = Duration::from_millis(1)).await;
    let (mut visitor, _operator, session) = world.conversation().await;
    let slot = visitor.call("file.begin", picture(&session)).await.unwrap();
    put(&world, &slot, PNG).await;
    state(&mut visitor, "AVAILABLE").await;
    let file = json!({"session": session, "file": slot["file"]});
    let url =
        visitor.call("file.url", file.clone()).await.unwrap()["url"].as_str().unwrap().to_owned();
    let (path, signature) = url.split_once("?sig=").unwrap();
    let (end, mac) = signature.split_once('.').unwrap();
    let later = end.parse::<u64>().unwrap() + 60;
    for wrong in [
        path.to_owned(),
        format!("{path}?sig="),
        format!("{path}?sig={later}.{mac}"),
        format!("{path}?sig={end}.AAAA"),
        format!("/tvox/widget/files/f_other?sig={signature}"),
        format!("/tvox/widget/files/..%2F..%2Ftvox-demo.sqlite3?sig={signature}"),
    ] {
        assert_eq!(get(&world, &json!(wrong)).await.status, 404, "{wrong}");
    }
    // It works until the end of the second that has begun, and not for ever.
    let gone = async {
        while get(&world, &json!(url)).await.status != 404 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(crate::support::PATIENCE, gone).await.expect("it never ended");
    let mut stranger = world.visitor().await;
    assert_eq!(stranger.refused("file.url", file).await, 1303);
    visitor.call("chat.close", json!({"session": session})).await.unwrap();
    let other = visitor.create("service0002").await;
    let foreign = json!({"session": other, "file": slot["file"]});
    assert_eq!(visitor.refused("file.url", foreign).await, 1303);
}

#[tokio::test]
async fn only_pages_of_allowed_origins_may_send_and_fetch() {
    let world = World::with(|settings| {
        settings.http.origins = vec!["https://shop.example".to_owned()];
    })
    .await;
    let (mut visitor, _operator, session) = world.conversation().await;
    let slot = visitor.call("file.begin", picture(&session)).await.unwrap();
    let url = slot["url"].as_str().unwrap();
    let ours =
        ask(&world, &format!("OPTIONS {url} HTTP/1.1\r\nOrigin: https://shop.example"), b"").await;
    for line in [
        "access-control-allow-origin: https://shop.example",
        "access-control-allow-methods: get, put",
        "access-control-allow-headers: authorization, content-type",
        "vary: origin",
    ] {
        assert!(ours.head.lines().any(|one| one == line), "{line:?} is not in {}", ours.head);
    }
    let foreign =
        ask(&world, &format!("OPTIONS {url} HTTP/1.1\r\nOrigin: https://evil.example"), b"").await;
    assert!(!foreign.head.contains("access-control"), "{}", foreign.head);
    let token = slot["token"].as_str().unwrap();
    let head = |origin: &str| {
        format!(
            "PUT {url} HTTP/1.1\r\nOrigin: {origin}\r\nAuthorization: Bearer {token}\r\nContent-Length: {}",
            PNG.len()
        )
    };
    assert_eq!(ask(&world, &head("https://evil.example"), PNG).await.status, 403);
    let sent = ask(&world, &head("https://shop.example"), PNG).await;
    assert_eq!(sent.status, 201);
    assert!(
        sent.head.contains("access-control-allow-origin: https://shop.example"),
        "{}",
        sent.head
    );
}
