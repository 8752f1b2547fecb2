//! `call.test`: a call to try one's devices and network with, that is no call.

use crate::caller::Caller;
use crate::sim;
use crate::support::{World, key};
use serde_json::{Value, json};
use std::time::Duration;
use tvox_demo_server::engine::{Door, Input, LinkId};
use tvox_demo_server::media::{Report, Said, Wish};
use tvox_demo_server::settings::Rules;
use tvox_demo_server::wire::telephony::Signal;

#[tokio::test]
async fn alone_with_the_server_a_visitor_hears_and_sees_himself_and_ends_it() {
    let world = World::with(|settings| {
        settings.media.addresses = vec!["127.0.0.1".parse().unwrap()];
    })
    .await;
    let mut visitor = world.visitor().await;
    let params = json!({"key": key(), "media": ["audio", "video"]});
    let created = visitor.call("call.test", params).await.unwrap();
    assert_eq!((&created["iceServers"], &created["iceTtl"]), (&json!([]), &json!(600_000)));
    let id = created["id"].as_str().unwrap().to_owned();
    let mut caller = Caller::new(visitor, &id).await;
    caller.offer(true, true, json!({"fresh": true})).await;
    caller.until("both come back", |it| it.heard.len() > 10 && it.seen.len() > 5).await;
    assert_eq!(caller.strange, 0);
    let address = caller.address_of_the_other_side();
    caller.visitor.call("call.close", json!({"session": id})).await.unwrap();
    caller.until("the server says good-bye", |it| it.last("bye").is_some()).await;
    caller.until("its port is free", |_| std::net::UdpSocket::bind(address).is_ok()).await;
    assert_eq!(caller.visitor.refused("call.ice", json!({"session": id})).await, 1303);
}

/// An engine with a visitor, and how to ask it.
struct Stage {
    world: sim::World,
    visitor: sim::Client,
    link: LinkId,
}

impl Stage {
    fn new(change: impl FnOnce(&mut Rules)) -> Self {
        let mut rules = Rules::default();
        change(&mut rules);
        let mut world = sim::World::new(8, rules);
        let mut visitor = sim::Client::new(Door::Visitor);
        let link = visitor.connect(&mut world).unwrap();
        Self { world, visitor, link }
    }

    fn ask(&mut self, method: &str, params: &Value) -> Result<Value, Value> {
        self.world.call(self.link, method, params).unwrap()
    }

    fn test(&mut self, key: &str) -> Result<Value, Value> {
        self.ask("call.test", &json!({"key": key, "media": ["audio"]}))
            .map(|created| created["id"].clone())
    }

    fn listen(&mut self, id: &Value) {
        let topic = format!("signal/{}", id.as_str().unwrap());
        self.ask("subscribe", &json!({"topic": topic})).unwrap();
    }

    /// What the media was told since the last look.
    fn orders(&mut self) -> Vec<String> {
        let orders = std::mem::take(&mut self.world.orders);
        orders
            .iter()
            .map(|order| match &order.wish {
                Wish::Begin => "begin".to_owned(),
                Wish::Signal(signal) => format!("{signal:?}"),
                Wish::End => "end".to_owned(),
                Wish::Hold(_) | Wish::Video => "what?".to_owned(),
            })
            .collect()
    }

    fn heard(&self) -> Vec<String> {
        let signals = self.world.sent.get(&self.link).into_iter().flatten();
        let kinds = signals.filter_map(|frame| frame["params"]["result"]["type"].as_str());
        kinds.map(str::to_owned).collect()
    }
}

fn code(answer: Result<Value, Value>) -> i64 {
    answer.unwrap_err()["code"].as_i64().unwrap()
}

#[test]
fn it_ends_by_itself_after_its_time_with_a_good_bye_on_both_sides() {
    let mut stage = Stage::new(|_| {});
    let id = stage.test("a").unwrap();
    stage.listen(&id);
    stage.world.pass(Duration::from_secs(29));
    assert_eq!((stage.orders(), stage.heard()), (vec!["begin".to_owned()], vec![]));
    stage.world.pass(Duration::from_secs(2));
    assert_eq!((stage.orders(), stage.heard()), (vec!["end".to_owned()], vec!["bye".to_owned()]));
    assert_eq!(code(stage.ask("call.close", &json!({"session": id}))), 1303);
}

#[test]
fn its_signals_go_to_the_media_once_each_and_come_back_from_it() {
    let mut stage = Stage::new(|_| {});
    let id = stage.test("a").unwrap();
    let offer = |key: &str, generation: u32| json!({"session": id, "key": key, "type": "offer", "gen": generation, "sdp": "v=0\r\n"});
    stage.ask("signal", &offer("o", 1)).unwrap();
    stage.ask("signal", &offer("o", 1)).unwrap();
    assert_eq!(code(stage.ask("signal", &offer("o", 3))), 1304);
    assert_eq!(code(stage.ask("signal", &offer("p", 2))), 1502, "even ones are the other side's");
    assert_eq!(stage.orders(), ["begin", "Offer(…)"]);
    let call = tvox_demo_server::wire::id::SessionId::new(id.as_str().unwrap());
    let said = Said::Signal(Signal::Answer { generation: 1, sdp: "v=0\r\n".to_owned() });
    stage.world.take(Input::Media(Report { call: call.clone(), said }));
    let topic = format!("signal/{}", id.as_str().unwrap());
    let page = stage.ask("subscribe", &json!({"topic": topic})).unwrap();
    assert_eq!(page["result"][0]["type"], "answer", "who subscribes late misses nothing");
    stage.world.take(Input::Media(Report { call, said: Said::Over }));
    assert_eq!(stage.heard(), ["bye"], "media that is over is said so");
    assert_eq!(stage.orders(), ["end"]);
}

#[test]
fn it_is_no_session_and_nobody_else_knows_it() {
    let mut stage = Stage::new(|_| {});
    let mut operator = sim::Client::new(Door::Operator);
    let desk = operator.connect(&mut stage.world).unwrap();
    let id = stage.test("a").unwrap();
    assert_eq!(stage.test("a").unwrap(), id, "asking again is asking once");
    let tab = stage.world.open(Door::Visitor);
    let hello = json!({"client": {"name": "sim", "version": "1"}, "api": "10.26.0", "resume": stage.visitor.token});
    let welcome = stage.world.call(tab, "hello", &hello).unwrap().unwrap();
    assert_eq!((&welcome["resumed"], &welcome["sessions"]), (&json!(true), &json!([])));
    let about = json!({"session": id});
    let topic = json!({"topic": format!("signal/{}", id.as_str().unwrap())});
    for link in [tab, desk] {
        for (method, params) in
            [("call.ice", &about), ("call.close", &about), ("subscribe", &topic)]
        {
            let answer = stage.world.call(link, method, params).unwrap();
            assert_eq!(code(answer), 1303, "{method}");
        }
    }
    stage.ask("call.ice", &about).unwrap();
}

#[test]
fn it_ends_with_its_connection_and_with_the_next_one() {
    let mut stage = Stage::new(|_| {});
    let first = stage.test("a").unwrap();
    stage.listen(&first);
    let second = stage.test("b").unwrap();
    assert_ne!(first, second);
    assert_eq!(stage.heard(), ["bye"]);
    assert_eq!(stage.orders(), ["begin", "end", "begin"]);
    stage.world.hang_up(stage.link);
    assert_eq!(stage.orders(), ["end"]);
}

#[test]
fn there_are_so_many_an_hour_and_none_without_calls() {
    let mut stage = Stage::new(|rules| rules.calls.tests_per_hour = 2);
    stage.test("a").unwrap();
    stage.test("b").unwrap();
    let refused = stage.test("c").unwrap_err();
    assert_eq!(
        (&refused["code"], &refused["data"]["retryAfter"]),
        (&json!(1201), &json!(3_600_000))
    );
    // A trial that is refused ends none.
    assert_eq!(stage.orders(), ["begin", "end", "begin"]);
    assert_eq!(code(stage.ask("call.test", &json!({"key": "d", "media": []}))), -32602);
    assert_eq!(code(stage.ask("call.test", &json!({"key": "d", "media": ["smell"]}))), -32602);
    let mut mute = Stage::new(|rules| {
        rules.channels.retain(|channel| !channel.is_call());
    });
    assert_eq!(code(mute.test("a")), 1102);
}
