//! Calls that the automatic operator answers: sound and pictures come back, whatever is done to them.

use crate::caller::Caller;
use crate::support::{PATIENCE, Visitor, World, key};
use crate::turn_client::TurnClient;
use serde_json::{Value, json};
use std::net::UdpSocket;
use std::time::{Duration, Instant};

async fn quick() -> World {
    World::with(|settings| {
        settings.echo.enabled = true;
        settings.echo.pick_up = Duration::from_millis(30);
        settings.echo.think = Duration::from_millis(30);
        settings.rules.operators.automatic = Duration::from_millis(60);
        settings.media.addresses = vec!["127.0.0.1".parse().unwrap()];
    })
    .await
}

async fn state(visitor: &mut Visitor, state: &str) -> Value {
    visitor.event(|event| event["result"]["state"] == state).await["result"].clone()
}

/// A call of that channel that was answered, and nothing said in it yet.
async fn called(world: &World, channel: &str) -> Caller {
    let mut visitor = world.visitor_with(json!({"locale": "en"})).await;
    visitor.subscribe(&format!("call/{channel}")).await;
    let params = json!({"key": key(), "channel": channel, "service": "service0001"});
    let created = visitor.call("call.create", params).await.unwrap();
    state(&mut visitor, "CONNECTED").await;
    Caller::new(visitor, created["id"].as_str().unwrap()).await
}

/// A call with sound and pictures that come back.
async fn seen(world: &World) -> Caller {
    let mut caller = called(world, "VIDEO").await;
    caller.offer(true, true, json!({"fresh": true})).await;
    caller.until("both come back", |it| it.heard.len() > 10 && it.seen.len() > 5).await;
    caller
}

#[tokio::test]
async fn sound_and_pictures_come_back_as_they_were_sent() {
    let world = quick().await;
    let mut caller = seen(&world).await;
    assert_eq!(caller.strange, 0, "each is one that was sent, byte for byte");
    let answer = caller.last("answer").unwrap();
    assert_eq!(answer["gen"], 1);
    let port = caller.address_of_the_other_side().port();
    assert!((10_000..=20_000).contains(&port), "{port}");
    let trickled = caller.last("candidates").unwrap();
    assert_eq!((&trickled["gen"], &trickled["end"]), (&json!(1), &json!(true)));
    assert_eq!(trickled["candidates"][0]["sdpMLineIndex"], 0);
    caller.until("its media is told", |it| it.last("media").is_some()).await;
    let media = caller.last("media").unwrap();
    assert_eq!((&media["audio"], &media["video"]), (&json!(true), &json!(true)));
    caller.ask_keyframe();
    caller.until("the source is asked for it", |it| it.keyframes_asked > 0).await;
}

#[tokio::test]
async fn sound_becomes_pictures_too_by_an_offer_of_the_visitor_and_then_none_again() {
    let world = quick().await;
    let mut caller = called(&world, "PHONE_CALL").await;
    caller.offer(true, false, json!({"fresh": true})).await;
    caller.until("sound comes back", |it| it.heard.len() > 10).await;
    caller.until("its media is told", |it| it.last("media").is_some()).await;
    assert_eq!(caller.last("media").unwrap()["video"], false);
    caller.offer(true, true, json!({})).await;
    caller.until("pictures come back", |it| it.seen.len() > 10).await;
    assert_eq!(caller.last("answer").unwrap()["gen"], 3);
    caller.until("and it says so", |it| it.last("media").unwrap()["video"] == true).await;
    caller.signal(json!({"type": "media", "audio": true, "video": false})).await;
    caller.until("a camera that is off", |it| it.last("media").unwrap()["video"] == false).await;
}

#[tokio::test]
async fn an_ice_restart_and_a_fresh_peer_connection_are_followed() {
    let world = quick().await;
    let mut caller = seen(&world).await;
    let port = caller.address_of_the_other_side().port();
    caller.offer(true, true, json!({"restart": true})).await;
    caller.until("the restart is answered", |it| it.last("answer").unwrap()["gen"] == 3).await;
    assert_eq!(caller.address_of_the_other_side().port(), port, "it stays where it is");
    caller.forget();
    caller.until("media goes on", |it| it.heard.len() > 20 && it.seen.len() > 10).await;

    caller.renew().await;
    caller.offer(true, true, json!({"fresh": true})).await;
    caller.until("the new one is answered", |it| it.last("answer").unwrap()["gen"] == 5).await;
    assert_ne!(caller.address_of_the_other_side().port(), port, "a peer connection of its own");
    caller.until("media comes back", |it| it.heard.len() > 10 && it.seen.len() > 5).await;
    assert_eq!(caller.strange, 0);
}

#[tokio::test]
async fn what_is_older_than_the_newest_offer_is_dropped() {
    let world = quick().await;
    let mut caller = seen(&world).await;
    caller.generation = 6;
    caller.offer(true, true, json!({"restart": true})).await;
    caller.until("it is answered", |it| it.last("answer").unwrap()["gen"] == 7).await;
    let late = json!({"type": "offer", "gen": 3, "sdp": "v=0\r\nthis would end the call\r\n"});
    caller.signal(late).await;
    let junk = json!({"type": "candidates", "gen": 1, "end": false, "candidates": [{"candidate": "candidate:1 1 udp 1 127.0.0.1 9 typ host"}]});
    caller.signal(junk).await;
    caller.forget();
    caller.until("media goes on", |it| it.heard.len() > 20).await;
    assert_eq!(caller.last("answer").unwrap()["gen"], 7);
}

#[tokio::test]
async fn asked_in_the_conversation_it_calls_offers_video_holds_and_hangs_up() {
    let world = quick().await;
    let mut visitor = world.visitor_with(json!({"locale": "en"})).await;
    visitor.subscribe("call/PHONE_CALL").await;
    let chat = visitor.create("service0001").await;
    visitor.follow(&chat).await;
    visitor.step(&chat, "CONNECTED").await;
    visitor.say(&chat, "call me").await;
    let ringing = state(&mut visitor, "NEW_INBOUND").await;
    assert_eq!(ringing["with"], json!(chat));
    let call = ringing["id"].as_str().unwrap().to_owned();
    visitor.call("call.accept", json!({"session": call})).await.unwrap();
    let mut caller = Caller::new(visitor, &call).await;
    caller.offer(true, false, json!({"fresh": true})).await;
    caller.until("sound comes back", |it| it.heard.len() > 10).await;

    caller.visitor.say(&chat, "video").await;
    caller.until("it offers video", |it| it.last("offer").is_some()).await;
    assert_eq!(caller.last("offer").unwrap()["gen"], 2);
    caller.until("pictures come back", |it| it.seen.len() > 10).await;

    caller.visitor.say(&chat, "hold").await;
    state(&mut caller.visitor, "HOLD").await;
    caller.until("it says so", |it| it.last("media").unwrap()["audio"] == false).await;
    caller.frames(10).await;
    caller.forget();
    caller.frames(20).await;
    assert_eq!((caller.heard.len(), caller.seen.len()), (0, 0), "on hold nothing comes back");
    caller.visitor.say(&chat, "resume").await;
    state(&mut caller.visitor, "CONNECTED").await;
    caller.until("all is back", |it| it.heard.len() > 10 && it.seen.len() > 5).await;
    assert!(caller.keyframes_asked > 0, "who looks again needs a whole picture first");

    caller.visitor.say(&chat, "hang up").await;
    caller.until("it says good-bye", |it| it.last("bye").is_some()).await;
    state(&mut caller.visitor, "IDLE").await;
    caller.visitor.say(&chat, "the conversation goes on").await;
}

#[tokio::test]
async fn an_offer_that_crosses_the_visitors_gives_way_and_is_made_again() {
    let world = quick().await;
    let mut visitor = world.visitor_with(json!({"locale": "en"})).await;
    visitor.subscribe("call/PHONE_CALL").await;
    let chat = visitor.create("service0001").await;
    visitor.follow(&chat).await;
    visitor.step(&chat, "CONNECTED").await;
    visitor.say(&chat, "call me").await;
    let call = state(&mut visitor, "NEW_INBOUND").await["id"].as_str().unwrap().to_owned();
    visitor.call("call.accept", json!({"session": call})).await.unwrap();
    let mut caller = Caller::new(visitor, &call).await;
    caller.offer(true, false, json!({"fresh": true})).await;
    caller.until("sound comes back", |it| it.heard.len() > 10).await;
    caller.answers = false;
    caller.visitor.say(&chat, "video").await;
    caller.until("it offers video", |it| it.last("offer").is_some()).await;
    // The impolite side goes its own way, as if the offer had come after its own.
    caller.offer(true, false, json!({"restart": true})).await;
    caller.until("that is answered", |it| it.last("answer").unwrap()["gen"] == 3).await;
    caller.answers = true;
    caller.until("video is offered again", |it| it.last("offer").unwrap()["gen"] == 4).await;
    caller.until("pictures come back", |it| it.seen.len() > 10).await;
}

#[tokio::test]
async fn keys_pressed_in_a_call_come_back_once_each() {
    let world = quick().await;
    let mut caller = seen(&world).await;
    caller.press(5);
    caller.until("the five comes back", |it| it.keys.contains(&5)).await;
    caller.frames(10).await;
    caller.press(11);
    caller.until("the hash comes back", |it| it.keys.contains(&11)).await;
    caller.keys.dedup();
    assert_eq!(caller.keys, [5, 11]);
}

#[tokio::test]
async fn after_the_visitors_bye_a_fresh_peer_connection_is_taken() {
    let world = quick().await;
    let mut caller = seen(&world).await;
    let address = caller.address_of_the_other_side();
    caller.signal(json!({"type": "bye"})).await;
    caller.renew().await;
    // A page that was reloaded and has heard nothing yet counts from the beginning.
    caller.generation = 0;
    caller.signals.clear();
    caller.offer(true, true, json!({"fresh": true})).await;
    caller.until("media comes back", |it| it.heard.len() > 10 && it.seen.len() > 5).await;
    assert_ne!(caller.address_of_the_other_side(), address);
}

#[tokio::test]
async fn through_the_relay_alone_sound_and_pictures_come_back_and_are_counted() {
    let world = World::with(|settings| {
        settings.echo.enabled = true;
        settings.echo.pick_up = Duration::from_millis(30);
        settings.rules.operators.automatic = Duration::from_millis(60);
        settings.media.addresses = vec!["127.0.0.1".parse().unwrap()];
        settings.turn.enabled = true;
        settings.turn.port = 0;
    })
    .await;
    let mut caller = called(&world, "VIDEO").await;
    let ice = caller.visitor.call("call.ice", json!({"session": caller.call})).await.unwrap();
    let relay = &ice["iceServers"][1];
    let text = |name: &str| relay[name].as_str().unwrap().to_owned();
    let server = world.running().turn().unwrap().listening[0];
    let relay = TurnClient::udp(server, &text("username"), &text("credential")).await;
    caller.go_through(relay).await;
    caller.offer(true, true, json!({"fresh": true})).await;
    caller.until("both come back", |it| it.heard.len() > 20 && it.seen.len() > 10).await;
    let counted = world.running().turn().unwrap();
    assert_eq!((counted.allocations, counted.open), (1, 1));
    // Thirty frames of a hundred bytes, and what they are wrapped in.
    assert!(counted.bytes_to_peers > 3000 && counted.bytes_from_peers > 3000, "{counted:?}");
}

#[tokio::test]
async fn when_the_visitor_hangs_up_the_ports_are_free_again() {
    let world = quick().await;
    let mut caller = seen(&world).await;
    let address = caller.address_of_the_other_side();
    assert!(UdpSocket::bind(address).is_err(), "it is in use while the call lasts");
    let call = caller.call.clone();
    caller.visitor.call("call.close", json!({"session": call})).await.unwrap();
    state(&mut caller.visitor, "IDLE").await;
    let end = Instant::now() + PATIENCE;
    while UdpSocket::bind(address).is_err() {
        assert!(Instant::now() < end, "the socket stayed open");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_socket_lost_in_mid_call_loses_no_signal_and_the_media_goes_on() {
    let world = quick().await;
    let mut caller = seen(&world).await;
    let token = caller.visitor.token();
    let topic = format!("signal/{}", caller.call);
    let page = caller.visitor.subscribe(&topic).await;
    let last = page["result"].as_array().unwrap().last().unwrap()["seq"].clone();
    world.running().drop_connections();
    caller.visitor.closed().await;
    let mut back = world.visitor_with(json!({"locale": "en", "resume": token})).await;
    assert_eq!(back.welcome["sessions"][0]["id"], json!(caller.call));
    let since = json!({"epoch": page["epoch"], "seq": last});
    let resumed = back.call("subscribe", json!({"topic": topic, "since": since})).await.unwrap();
    assert_eq!(resumed["recovered"], true);
    caller.subscription = resumed["subscription"].clone();
    caller.visitor = back;
    caller.forget();
    caller.until("media never stopped", |it| it.heard.len() > 20 && it.seen.len() > 10).await;
    caller.offer(true, true, json!({"restart": true})).await;
    caller.until("signals go on", |it| it.last("answer").unwrap()["gen"] == 3).await;
}

#[tokio::test]
async fn after_a_restart_of_the_server_its_calls_are_over_at_once() {
    let mut world = quick().await;
    let caller = seen(&world).await;
    let token = caller.visitor.token();
    world.kill_and_restart().await;
    let mut back = world.visitor_with(json!({"resume": token})).await;
    // Either it is over already, or that is about to be said.
    let now = back.subscribe("call/VIDEO").await["result"].clone();
    if !now.is_null() {
        state(&mut back, "IDLE").await;
    }
    let again = json!({"key": key(), "channel": "VIDEO", "service": "service0001"});
    back.call("call.create", again).await.unwrap();
    state(&mut back, "CONNECTED").await;
}
