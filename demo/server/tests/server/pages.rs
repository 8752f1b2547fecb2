//! The demo over plain HTTP.

use crate::support::World;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

/// Asks as written: no client tidies the path up.
async fn ask(
    world: &World,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let mut stream = TcpStream::connect(world.address()).await.unwrap();
    let mut request = format!(
        "{method} {path} HTTP/1.1\r\nconnection: close\r\ncontent-length: {}\r\n",
        body.len()
    );
    if !headers.iter().any(|(name, _)| *name == "host") {
        request += &format!("host: {}\r\n", world.address());
    }
    for (name, value) in headers {
        request += &format!("{name}: {value}\r\n");
    }
    stream.write_all(format!("{request}\r\n{body}").as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    Answer { status, headers, body: body.to_owned() }
}

pub(crate) async fn get(world: &World, path: &str) -> Answer {
    ask(world, "GET", path, &[], "").await
}

/// A site with a page, a widget, and something beside them that is nobody's business.
async fn site() -> (World, tempfile::TempDir) {
    let folder = tempfile::TempDir::new().unwrap();
    let site = folder.path().join("site");
    for path in ["demo/server", "dist"] {
        std::fs::create_dir_all(site.join(path)).unwrap();
    }
    for (path, text) in [
        ("index.html", "<!doctype html><title>Demo</title>"),
        ("demo/index.html", "<!doctype html><title>Demos</title>"),
        ("demo/chat.html", "<!doctype html><title>Chat</title>"),
        ("demo/server/secret.html", "secret"),
        ("dist/element.js", "export {};"),
        ("dist/element.wasm", "\0asm"),
        ("../secret.txt", "secret"),
    ] {
        std::fs::write(site.join(path), text).unwrap();
    }
    let world = World::with(|settings| settings.paths.site = site).await;
    (world, folder)
}

#[tokio::test]
async fn pages_and_files_come_with_their_types_and_the_strict_policy() {
    let (world, _folder) = site().await;
    for (path, media_type) in [
        ("/", "text/html"),
        ("/demo", "text/html"),
        ("/demo/", "text/html"),
        ("/demo/chat.html", "text/html"),
        ("/widget/element.js", "text/javascript"),
        ("/widget/element.wasm", "application/wasm"),
        ("/operator", "text/html"),
        ("/operator/", "text/html"),
        ("/operator/console.js", "text/javascript"),
        ("/healthz", "text/plain"),
        ("/nowhere", "text/plain"),
    ] {
        let answer = get(&world, path).await;
        assert_eq!(answer.status, if path == "/nowhere" { 404 } else { 200 }, "{path}");
        assert!(
            answer.headers["content-type"].starts_with(media_type),
            "{path}: {}",
            answer.headers["content-type"]
        );
        let policy = &answer.headers["content-security-policy"];
        for part in [
            "default-src 'none'",
            "script-src 'self' 'wasm-unsafe-eval'",
            "style-src 'self'",
            &format!("connect-src 'self' ws://{}", world.address()),
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
        ] {
            assert!(
                policy.split(';').any(|given| given.trim() == part),
                "{path} lacks {part:?} in {policy:?}"
            );
        }
        assert!(!policy.contains("unsafe-inline"));
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert_eq!(answer.headers["referrer-policy"], "no-referrer");
        assert_eq!(answer.headers["cache-control"], "no-cache");
    }
}

#[tokio::test]
async fn nothing_outside_of_the_folders_can_be_read() {
    let (world, _folder) = site().await;
    for path in [
        "/demo/../../secret.txt",
        "/demo/..%2f..%2fsecret.txt",
        "/demo/%2e%2e/%2e%2e/secret.txt",
        "/widget/../../secret.txt",
        "/widget/..%5c..%5csecret.txt",
        "/widget//etc/passwd",
        "/operator/../Cargo.toml",
        "/operator/%2e%2e%2fCargo.toml",
        "/demo/server/secret.html",
        "/demo/%73erver/secret.html",
        "/demo//server/secret.html",
        "/demo/./server/secret.html",
        "/demo/x/../server/secret.html",
        "/../secret.txt",
    ] {
        let answer = get(&world, path).await;
        assert!(answer.status == 404 || answer.status == 400, "{path}: {}", answer.status);
        assert!(
            !answer.body.contains("secret") && !answer.body.contains("root:"),
            "{path}: {}",
            answer.body
        );
    }
}

#[tokio::test]
async fn what_is_missing_is_said_in_words() {
    let empty = tempfile::TempDir::new().unwrap();
    let world = World::with(|settings| settings.paths.site = empty.path().to_owned()).await;
    let answer = get(&world, "/").await;
    assert_eq!(answer.status, 503);
    assert!(answer.body.contains("--site"), "{}", answer.body);
    std::fs::write(empty.path().join("index.html"), "<!doctype html>").unwrap();
    let answer = get(&world, "/").await;
    assert!(answer.status == 503 && answer.body.contains("cargo xtask demo"), "{}", answer.body);
}

#[tokio::test]
async fn a_widget_can_be_configured_with_one_request() {
    let world = World::new().await;
    let answer = get(&world, "/tvox/widget/config").await;
    assert_eq!(answer.headers["content-type"], "application/json");
    let services = json!([
        {"code": "service0001", "description": "Assistenza"},
        {"code": "service0002", "description": "Commerciale"},
        {"code": "service0003", "description": "Amministrazione"},
    ]);
    let of = |channel: &str| json!({"type": channel, "services": services});
    assert_eq!(
        serde_json::from_str::<Value>(&answer.body).unwrap(),
        json!({
            "server": {
                "url": format!("http://{}", world.address()), "webrtc": {"enabled": true},
            },
            "servicesConfiguration": (["CHAT", "VIDEO", "PHONE_CALL", "MAIL", "CALLBACK"].map(of))
        })
    );
}

#[tokio::test]
async fn the_version_can_be_asked_over_http() {
    let world = World::new().await;
    let post = async |body: &str| {
        ask(&world, "POST", "/tvox/webapi", &[("content-type", "application/json")], body).await
    };
    let answer = post(r#"{"jsonrpc":"2.0","id":1,"method":"getVersion","params":[]}"#).await;
    assert_eq!(
        serde_json::from_str::<Value>(&answer.body).unwrap(),
        json!({"jsonrpc": "2.0", "id": 1, "result": ["10.26.32", "10.26.0"]})
    );
    for (body, code) in
        [(r#"{"jsonrpc":"2.0","id":1,"method":"hello"}"#, -32601), ("{", -32700), ("[]", -32005)]
    {
        let answer = post(body).await;
        assert_eq!(
            serde_json::from_str::<Value>(&answer.body).unwrap()["error"]["code"],
            code,
            "{body}"
        );
    }
    assert_eq!(get(&world, "/tvox/webapi").await.status, 405);
}

#[tokio::test]
async fn only_pages_that_might_connect_may_read_across_origins() {
    let world =
        World::with(|settings| settings.http.origins.push("https://www.example.org".to_owned()))
            .await;
    for (origin, readable) in [
        ("https://www.example.org", true),
        ("http://localhost:3000", true),
        ("https://evil.example", false),
        ("null", false),
    ] {
        for (method, path) in [("GET", "/tvox/widget/config"), ("OPTIONS", "/tvox/webapi")] {
            let answer = ask(&world, method, path, &[("origin", origin)], "").await;
            let allowed = answer.headers.get("access-control-allow-origin");
            assert_eq!(
                allowed.map(String::as_str),
                readable.then_some(origin),
                "{method} {path} from {origin}"
            );
        }
    }
}

#[tokio::test]
async fn another_hosts_name_is_answered_with_421() {
    let world = World::new().await;
    for host in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example"] {
        for path in ["/", "/operator", "/tvox/widget/config"] {
            assert_eq!(
                ask(&world, "GET", path, &[("host", host)], "").await.status,
                421,
                "{path} at {host}"
            );
        }
    }
}

#[tokio::test]
async fn a_request_whose_head_does_not_end_is_given_up() {
    let world =
        World::with(|settings| settings.http.handshake = std::time::Duration::from_millis(150))
            .await;
    let mut stream = TcpStream::connect(world.address()).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: local").await.unwrap();
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(crate::support::PATIENCE, stream.read_to_end(&mut rest)).await;
    assert!(ended.is_ok(), "the server waits for the rest for ever");

    let mut stream = TcpStream::connect(world.address()).await.unwrap();
    let huge = format!("GET / HTTP/1.1\r\nhost: localhost\r\nx: {}\r\n\r\n", "a".repeat(20_000));
    stream.write_all(huge.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(crate::support::PATIENCE, stream.read_to_end(&mut answer))
        .await
        .unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 431"), "{}", String::from_utf8_lossy(&answer));
}
