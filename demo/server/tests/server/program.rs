//! The program itself: what it says, and how it ends.

use crate::support::{Client, key};
use crate::turn_client::TurnClient;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

struct Program {
    child: Child,
    address: SocketAddr,
}

fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tvox-demo-server"));
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .env("RUST_LOG", "trace");
    command
}

impl Program {
    fn start(data: &Path, port: u16) -> Self {
        let mut child = command()
            .arg("--listen")
            .arg(format!("127.0.0.1:{port}"))
            .arg("--data")
            .arg(data)
            .arg("--no-echo")
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line
            .trim()
            .strip_prefix("listening on http://")
            .unwrap_or_else(|| panic!("{line:?}"))
            .parse()
            .unwrap();
        Self { child, address }
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .arg(format!("-{name}"))
            .arg(self.child.id().to_string())
            .status()
            .unwrap();
        assert!(sent.success());
    }

    /// Waits for the end: the exit code, if it ended by itself, and what it logged.
    fn end(mut self) -> (Option<i32>, String) {
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        (self.child.wait().unwrap().code(), log)
    }

    async fn hello(&self, path: &str, protocol: &str, params: Value) -> (Client, Value) {
        let origin = format!("http://{}", self.address);
        let mut client =
            Client::dial(self.address, path, protocol, &[("origin", &origin)]).await.unwrap();
        let mut hello = json!({"client": {"name": "test", "version": "1"}, "api": "10.26.0"});
        for (name, value) in params.as_object().unwrap() {
            hello[name] = value.clone();
        }
        let welcome = client.call("hello", hello).await.unwrap();
        (client, welcome)
    }

    async fn visitor(&self, params: Value) -> (Client, Value) {
        self.hello("/tvox/widget", "tvox.widget.v1", params).await
    }

    async fn operator(&self, params: Value) -> (Client, Value) {
        self.hello("/tvox/operator", "tvox.operator.v1", params).await
    }
}

#[tokio::test]
async fn a_killed_program_started_again_goes_on_and_its_log_names_nobody() {
    let data = TempDir::new().unwrap();
    let program = Program::start(data.path(), 0);
    let port = program.address.port();
    let customer = json!({"customer": {"customerDisplayName": "Zaccaria Zeta", "customerValue": "zz@example.org"}});
    let (mut visitor, welcome) = program.visitor(customer).await;
    let (mut operator, operator_welcome) =
        program.operator(json!({"operator": {"name": "Annabella"}})).await;
    let created =
        visitor.call("chat.create", json!({"key": key(), "service": "service0001"})).await.unwrap();
    let session = created["id"].clone();
    operator.call("session.accept", json!({"session": session})).await.unwrap();
    visitor.call("visit", json!({"uri": "/a-page-of-the-shop"})).await.unwrap();
    visitor
        .call("chat.send", json!({"session": session, "key": key(), "message": "un segreto"}))
        .await
        .unwrap();
    let secrets = [
        (
            "file.begin",
            json!({"session": session, "key": key(), "name": "bilancio-riservato.pdf", "size": 9, "type": "application/pdf"}),
        ),
        (
            "callback.request",
            json!({"key": key(), "service": "service0001", "phone": "333 765 4321"}),
        ),
        (
            "mail.request",
            json!({"key": key(), "service": "service0001", "from": "zz@example.org", "subject": "un segreto", "message": "un segreto"}),
        ),
        ("chat.recap", json!({"session": session, "key": key(), "mail": "zz@example.org"})),
        (
            "session.rate",
            json!({"session": session, "key": key(), "score": 1, "comment": "un segreto"}),
        ),
    ];
    for (method, params) in secrets {
        visitor.call(method, params).await.unwrap();
    }
    let video = json!({"key": key(), "channel": "VIDEO", "service": "service0001"});
    let created = visitor.call("call.create", video).await.unwrap();
    let call = created["id"].clone();
    let relay = &created["iceServers"][1];
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let url = text(&relay["urls"][0]);
    let server = url.trim_start_matches("turn:").split('?').next().unwrap().parse().unwrap();
    let credential = text(&relay["credential"]);
    let mut relayed = TurnClient::udp(server, &text(&relay["username"]), &credential).await;
    relayed.allocate().await.unwrap();
    let at_relay = relayed.address().to_string();
    operator.call("session.accept", json!({"session": call})).await.unwrap();
    let offer =
        json!({"session": call, "key": key(), "gen": 1, "type": "offer", "sdp": "v=0 192.0.2.77"});
    visitor.call("signal", offer).await.unwrap();
    program.signal("KILL");
    let (_, first_log) = program.end();

    let program = Program::start(data.path(), port);
    let (mut visitor, again) = program.visitor(json!({"resume": welcome["resume"]})).await;
    assert_eq!((&again["resumed"], &again["sessions"][0]["id"]), (&json!(true), &session));
    let topic = format!("chat/{}", session.as_str().unwrap());
    let log = visitor.call("subscribe", json!({"topic": topic})).await.unwrap();
    assert_eq!(log["result"][1]["message"], "un segreto");
    program.signal("TERM");
    assert_eq!(visitor.closed().await.0, 4201);
    let (code, second_log) = program.end();
    assert_eq!(code, Some(0));

    let token = welcome["resume"].as_str().unwrap();
    let operator_token = operator_welcome["resume"].as_str().unwrap();
    for log in [first_log, second_log] {
        assert!(!log.is_empty(), "it logs something, at this level");
        for word in [
            "Zaccaria",
            "zz@example.org",
            "segreto",
            "Annabella",
            "a-page-of-the-shop",
            "riservato",
            "7654321",
            "765 4321",
            "192.0.2.77",
            &credential,
            &at_relay,
            token,
            operator_token,
        ] {
            assert!(!log.contains(word), "the log holds {word:?}");
        }
    }
}

#[test]
fn a_port_in_use_is_named_with_what_to_do() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let data = TempDir::new().unwrap();
    let output = command()
        .arg("--listen")
        .arg(address.to_string())
        .arg("--data")
        .arg(data.path())
        .output()
        .unwrap();
    failed_saying(&output, &[&address.to_string(), "in use", "--listen"]);
}

#[test]
fn a_bad_file_is_named_with_line_and_field() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("mine.toml");
    std::fs::write(&file, "[limits]\nmessage = \"long\"\n").unwrap();
    let output = command().arg("--config").arg(&file).output().unwrap();
    failed_saying(&output, &["mine.toml", "line 2", "message", "expected usize"]);
    let output = command().arg("--config").arg(folder.path().join("none.toml")).output().unwrap();
    failed_saying(&output, &["none.toml", "No such file"]);
}

#[test]
fn the_help_names_every_flag() {
    let output = command().arg("--help").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success());
    for flag in ["--listen", "--config", "--data", "--site", "--widget", "--console", "--no-echo"] {
        assert!(text.contains(flag), "{flag} is not in {text}");
    }
}

fn failed_saying(output: &Output, words: &[&str]) {
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stderr);
    for word in words {
        assert!(text.contains(word), "{text:?} does not say {word:?}");
    }
}
