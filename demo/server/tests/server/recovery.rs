//! Blips, restarts, and a server that is killed.

use crate::support::{World, key};
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn after_a_blip_both_sides_go_on_where_they_were() {
    let world = World::new().await;
    let (mut visitor, mut operator, session) = world.conversation().await;
    operator.say(&session, "before").await;
    let seen = visitor.hears("before").await["seq"].clone();
    world.running().drop_connections();
    assert_eq!(visitor.closed().await.0, 1006);
    assert_eq!(operator.closed().await.0, 1006);

    let mut operator = world.operator_with(json!({"resume": operator.token()})).await;
    operator.say(&session, "meanwhile").await;
    let mut back = world.visitor_with(json!({"resume": visitor.token()})).await;
    assert_eq!(
        (&back.welcome["resumed"], &back.welcome["sessions"][0]["id"]),
        (&json!(true), &json!(session))
    );
    let since = json!({"epoch": back.welcome["epoch"], "seq": seen});
    let page = back
        .call("subscribe", json!({"topic": format!("chat/{session}"), "since": since}))
        .await
        .unwrap();
    let texts: Vec<_> = page["result"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["message"].as_str().unwrap())
        .collect();
    assert_eq!((texts, &page["recovered"]), (vec!["meanwhile"], &json!(true)));
    operator.say(&session, "after").await;
    back.hears("after").await;
}

#[tokio::test]
async fn a_killed_server_comes_back_with_everything() {
    let mut world = World::new().await;
    let (mut visitor, mut operator, session) = world.conversation().await;
    visitor.call("visit", json!({"uri": "/p/1"})).await.unwrap();
    operator.call("operator.status", json!({"status": "PAUSED"})).await.unwrap();
    let send = json!({"session": session, "key": key(), "message": "one"});
    let sent = visitor.call("chat.send", send.clone()).await.unwrap();
    let answer = json!({"session": session, "key": key(), "message": "two"});
    let answered = operator.call("chat.send", answer.clone()).await.unwrap();
    visitor.call("chat.read", json!({"session": session, "message": "m_3"})).await.unwrap();
    operator.call("chat.received", json!({"session": session, "message": "m_2"})).await.unwrap();
    let before = visitor.follow(&session).await;
    let state = visitor.subscribe(&format!("session/{session}")).await;

    world.kill_and_restart().await;

    let mut visitor = world.visitor_with(json!({"resume": visitor.token()})).await;
    assert_eq!(visitor.welcome["resumed"], true);
    assert_eq!(visitor.welcome["sessions"][0]["id"], session);
    assert_eq!(visitor.follow(&session).await, before, "the log is the same to the letter");
    let since = json!({"epoch": visitor.welcome["epoch"], "seq": 3});
    let page = visitor
        .call("subscribe", json!({"topic": format!("chat/{session}"), "since": since}))
        .await
        .unwrap();
    assert_eq!(page["recovered"], true, "the epoch survives");
    let after = visitor.subscribe(&format!("session/{session}")).await;
    assert_eq!(after["result"], state["result"]);
    assert!(after["rev"].as_u64() > state["rev"].as_u64(), "revisions grow over a restart");
    assert_eq!(visitor.call("chat.send", send).await.unwrap(), sent);
    assert_eq!(
        visitor.subscribe(&format!("receipts/{session}")).await["result"],
        json!({"received": 2, "read": 0})
    );

    let mut operator = world.operator_with(json!({"resume": operator.token()})).await;
    assert_eq!(
        (&operator.welcome["resumed"], &operator.welcome["status"]),
        (&json!(true), &json!("PAUSED"))
    );
    assert_eq!(operator.welcome["sessions"][0]["id"], session);
    assert_eq!(operator.call("chat.send", answer).await.unwrap(), answered);
    assert_eq!(
        operator.subscribe(&format!("receipts/{session}")).await["result"],
        json!({"received": 3, "read": 3})
    );
    assert_eq!(
        operator.subscribe(&format!("visits/{session}")).await["result"]["visits"][0]["uri"],
        "/p/1"
    );
    assert_eq!(visitor.say(&session, "three").await["seq"], 4);
    operator.say(&session, "four").await;
    visitor.hears("four").await;
}

#[tokio::test]
async fn the_queue_keeps_its_order_over_a_restart() {
    let mut world =
        World::with(|settings| settings.rules.operators.grace = Duration::from_secs(60)).await;
    let operator = world.operator("Anna").await;
    let mut sessions = Vec::new();
    let mut tokens = Vec::new();
    for _ in 0..3 {
        let mut visitor = world.visitor().await;
        sessions.push(visitor.create("service0001").await);
        tokens.push(visitor.token());
    }
    world.kill_and_restart().await;
    let mut operator = world
        .operator_with(
            json!({"resume": operator.token(), "operator": {"name": "Anna", "status": "PAUSED"}}),
        )
        .await;
    let queue = operator.subscribe("queue").await["result"].clone();
    let order: Vec<_> = queue["waiting"]
        .as_array()
        .unwrap()
        .iter()
        .map(|contact| contact["id"].as_str().unwrap())
        .collect();
    assert_eq!(order, sessions);
    assert!(
        queue["waiting"].as_array().unwrap().iter().all(|contact| contact.get("offered").is_none()),
        "what rang, rings no more: {queue}"
    );
    let mut third = world.visitor_with(json!({"resume": tokens[2]})).await;
    let state = third.subscribe(&format!("session/{}", sessions[2])).await;
    assert_eq!(state["result"]["step"]["queuePosition"], 3);
}

#[tokio::test]
async fn an_operator_who_does_not_come_back_after_a_restart_loses_his_contact() {
    let mut world =
        World::with(|settings| settings.rules.operators.grace = Duration::from_millis(200)).await;
    let (visitor, _operator, session) = world.conversation().await;
    let token = visitor.token();
    world.kill_and_restart().await;
    let mut visitor = world.visitor_with(json!({"resume": token})).await;
    visitor.step(&session, "QUEUE").await;
    let mut bruno = world.operator("Bruno").await;
    bruno.accept(&session).await;
    assert_eq!(visitor.step(&session, "CONNECTED").await["agent"]["name"], "Bruno");
}

#[tokio::test]
async fn a_closed_session_stays_closed_over_a_restart() {
    let mut world = World::new().await;
    let (mut visitor, _operator, session) = world.conversation().await;
    visitor.call("chat.close", json!({"session": session})).await.unwrap();
    let token = visitor.token();
    world.kill_and_restart().await;
    let mut visitor = world.visitor_with(json!({"resume": token})).await;
    assert_eq!(visitor.welcome["sessions"], json!([]));
    let log = visitor.follow(&session).await;
    assert_eq!(log.last().unwrap()["messageType"], "CLOSED_SESSION");
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_when_the_server_dies_in_mid_stream() {
    let mut world = World::with(|settings| settings.rules.operators.rate.burst = 5000).await;
    let (visitor, mut operator, session) = world.conversation().await;
    let mut sent = Vec::new();
    for number in 0..200 {
        sent.push(
            operator
                .begin(
                    "chat.send",
                    json!({"session": session, "key": key(), "message": format!("{number}")}),
                )
                .await,
        );
    }
    // Half of the answers are read; what is on its way when the server dies is nobody's promise.
    let mut promised = Vec::new();
    for id in &sent[..100] {
        promised.push(operator.answer(*id).await.unwrap());
    }
    world.kill_and_restart().await;
    let mut visitor = world.visitor_with(json!({"resume": visitor.token()})).await;
    let log = visitor.follow(&session).await;
    for (number, promise) in promised.iter().enumerate() {
        let entry = &log[usize::try_from(promise["seq"].as_u64().unwrap()).unwrap() - 1];
        assert_eq!((&entry["id"], &entry["message"]), (&promise["id"], &json!(number.to_string())));
    }
    let texts: Vec<Value> = log.iter().skip(1).map(|entry| entry["message"].clone()).collect();
    let expected: Vec<Value> = (0..texts.len()).map(|number| json!(number.to_string())).collect();
    assert_eq!(texts, expected, "no gap, nothing twice, in order");
}

#[tokio::test]
async fn a_graceful_stop_tells_everybody_to_come_back() {
    let mut world = World::new().await;
    let (mut visitor, mut operator, session) = world.conversation().await;
    let running = world.running.take().unwrap();
    let (stopped, visitor_told, operator_told) =
        tokio::join!(running.shutdown(), visitor.closed(), operator.closed());
    stopped.unwrap();
    assert_eq!(visitor_told, (4201, "RESTARTING".to_owned()));
    assert_eq!(operator_told, (4201, "RESTARTING".to_owned()));
    world.running = Some(tvox_demo_server::Server::start(world.settings.clone()).await.unwrap());
    let back = world.visitor_with(json!({"resume": visitor.token()})).await;
    assert_eq!(back.welcome["sessions"][0]["id"], session);
}

#[tokio::test]
async fn a_paused_server_answers_when_it_goes_on() {
    let world = World::new().await;
    let mut visitor = world.visitor().await;
    let pause = world.running().pause();
    let id = visitor.begin("ping", json!({})).await;
    let silence =
        tokio::time::timeout(Duration::from_millis(150), visitor.frame(|frame| frame["id"] == id))
            .await;
    assert!(silence.is_err(), "a paused server answered");
    drop(pause);
    assert!(visitor.answer(id).await.is_ok());
}

#[tokio::test]
async fn one_data_folder_serves_one_server() {
    let world = World::new().await;
    let mut settings = world.settings.clone();
    settings.http.listen.set_port(0);
    let error = tvox_demo_server::Server::start(settings).await.map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("another server uses this data folder"), "{error}");
    let error =
        tvox_demo_server::Server::start(world.settings.clone()).await.map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("is in use"), "{error}");
}

#[tokio::test]
async fn what_is_on_the_disk_holds_no_token() {
    let world = World::new().await;
    let (visitor, operator, _session) = world.conversation().await;
    let (tokens, folder) = ([visitor.token(), operator.token()], world.settings.paths.data.clone());
    for file in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for token in &tokens {
            assert!(
                !bytes.windows(token.len()).any(|window| window == token.as_bytes()),
                "a token is on the disk"
            );
        }
    }
}

#[tokio::test]
async fn what_could_not_be_written_is_not_acknowledged_and_did_not_happen() {
    let mut world = World::new().await;
    let (mut visitor, mut operator, session) = world.conversation().await;
    visitor.say(&session, "before").await;
    // A disk that refuses one message, as a full one refuses all.
    world.running.take().unwrap().kill().await;
    let file = world.settings.paths.data.join("tvox-demo.sqlite3");
    let trap = "CREATE TRIGGER trap BEFORE INSERT ON events WHEN NEW.text = 'refused' BEGIN SELECT RAISE(ABORT, 'full'); END";
    rusqlite::Connection::open(file).unwrap().execute_batch(trap).unwrap();
    world.running = Some(tvox_demo_server::Server::start(world.settings.clone()).await.unwrap());

    visitor = world.visitor_with(json!({"resume": visitor.token()})).await;
    operator = world.operator_with(json!({"resume": operator.token()})).await;
    operator.subscribe(&format!("chat/{session}")).await;
    visitor
        .begin("chat.send", json!({"session": session, "key": key(), "message": "refused"}))
        .await;
    assert_eq!(
        visitor.closed().await,
        (4201, "RESTARTING".to_owned()),
        "no answer, but: come again"
    );
    assert_eq!(operator.closed().await.0, 4201);

    let mut visitor = world.visitor_with(json!({"resume": visitor.token()})).await;
    assert_eq!(visitor.welcome["resumed"], true);
    let log = visitor.follow(&session).await;
    assert_eq!(log.iter().filter(|entry| entry["message"] == "refused").count(), 0);
    assert_eq!(visitor.say(&session, "after").await["seq"], 3);
}
