//! The frames that `docs/operator-protocol.md` shows are frames that the server reads and writes.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tvox_demo_server::wire::desk::{ContactValue, Desk, Operators, Queue, Visits};
use tvox_demo_server::wire::fault::Fault;
use tvox_demo_server::wire::file::{FileAddress, FileSlot};
use tvox_demo_server::wire::frame;
use tvox_demo_server::wire::hello::{LogAnswer, OperatorWelcome, Pong, Pushed, Sent};
use tvox_demo_server::wire::model::{ChatEvent, Receipts};
use tvox_demo_server::wire::operator::OperatorCall;
use tvox_demo_server::wire::telephony::{CallCreated, Ice, SignalEvent};

fn shown(arrow: &str) -> Vec<Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/operator-protocol.md");
    let text = std::fs::read_to_string(path).unwrap();
    let frames = text
        .lines()
        .filter_map(|line| line.strip_prefix(arrow))
        .map(|frame| serde_json::from_str(frame).unwrap());
    frames.collect()
}

#[test]
fn every_shown_request_is_understood() {
    let requests = shown("→ ");
    assert!(requests.len() > 10, "only {} requests are shown", requests.len());
    for request in requests {
        let incoming = frame::parse(&request.to_string()).unwrap();
        let call = OperatorCall::decode(&incoming.method, incoming.params);
        assert!(call.is_ok(), "{request}: {call:?}");
    }
}

#[test]
fn every_shown_answer_and_event_is_one_that_the_server_can_write() {
    let frames = shown("← ");
    assert!(frames.len() > 12, "only {} answers and events are shown", frames.len());
    for shown in frames {
        let result = shown.get("result").unwrap_or(&shown["params"]);
        let candidates = [
            again::<Fault>(&shown["error"]),
            again::<OperatorWelcome>(result),
            again::<Pong>(result),
            again::<Sent>(result),
            again::<Pushed>(result),
            again::<bool>(result),
            again::<CallCreated>(result),
            again::<Ice>(result),
            again::<FileSlot>(result),
            again::<FileAddress>(result),
            again::<LogAnswer<SignalEvent>>(result),
            again::<ContactValue>(result),
            again::<LogAnswer>(result),
            again::<ChatEvent>(&result["result"]),
            again::<ContactValue>(&result["result"]),
            again::<Desk>(&result["result"]),
            again::<Queue>(&result["result"]),
            again::<Operators>(&result["result"]),
            again::<Receipts>(&result["result"]),
            again::<Visits>(&result["result"]),
        ];
        assert!(candidates.contains(&true), "{shown}");
    }
}

/// Whether a value comes out of the server's type as it went in: nothing unknown, nothing missing.
fn again<T: DeserializeOwned + Serialize>(value: &Value) -> bool {
    serde_json::from_value::<T>(value.clone()).is_ok_and(|read| json!(read) == *value)
}
