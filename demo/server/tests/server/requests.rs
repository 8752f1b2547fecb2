//! Forms, mails, callbacks, ratings.

use crate::sim;
use crate::support::{World, key};
use serde_json::{Value, json};
use std::time::Duration;
use tvox_demo_server::Settings;
use tvox_demo_server::engine::{Door, Effect, Input, Record};

/// What is in a column of the database of a server that has ended.
pub(crate) async fn rows(mut world: World, sql: &str) -> Vec<Vec<rusqlite::types::Value>> {
    world.running.take().unwrap().shutdown().await.unwrap();
    let file = world.settings.paths.data.join("tvox-demo.sqlite3");
    let database = rusqlite::Connection::open(file).unwrap();
    let mut statement = database.prepare(sql).unwrap();
    let columns = statement.column_count();
    let read = |row: &rusqlite::Row<'_>| (0..columns).map(|column| row.get(column)).collect();
    statement.query_map([], read).unwrap().map(Result::unwrap).collect()
}

fn text(text: &str) -> rusqlite::types::Value {
    text.to_owned().into()
}

#[tokio::test]
async fn a_mail_becomes_a_ticket_once_however_often_it_is_asked_for() {
    let mut world = World::new().await;
    let mut visitor =
        world.visitor_with(json!({"customer": {"customerDisplayName": "Giulia"}})).await;
    assert_eq!(visitor.subscribe("service/service0001/MAIL").await["result"]["status"], "ACTIVE");
    let request = json!({
        "key": key(), "service": "service0001", "from": "giulia@example.org",
        "subject": "Invoice", "message": "Where is it?", "fields": [{"key": "order", "value": "991"}]
    });
    let ticket = visitor.call("mail.request", request.clone()).await.unwrap();
    assert_eq!(ticket, json!({"id": "t_1"}));
    let token = visitor.token();
    world.kill_and_restart().await;
    let mut visitor = world.visitor_with(json!({"resume": token})).await;
    assert_eq!(visitor.call("mail.request", request.clone()).await.unwrap(), ticket);
    let mut other = request.clone();
    other["subject"] = json!("Another");
    assert_eq!(visitor.refused("mail.request", other.clone()).await, 1304);
    other["key"] = json!(key());
    assert_eq!(visitor.call("mail.request", other).await.unwrap(), json!({"id": "t_2"}));
    let rows = rows(
        world,
        "SELECT sender, subject, message, customer, fields FROM tickets ORDER BY number",
    )
    .await;
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0][..3], [text("giulia@example.org"), text("Invoice"), text("Where is it?")]);
    assert_eq!(rows[0][3], text(r#"{"customerDisplayName":"Giulia"}"#));
    assert_eq!(rows[0][4], text(r#"[{"key":"order","value":"991"}]"#));
}

#[tokio::test]
async fn a_mail_that_is_none_is_refused_with_what_is_wrong() {
    let world = World::new().await;
    let mut visitor = world.visitor().await;
    for (change, code) in [
        (json!({"from": "giulia"}), -32602),
        (json!({"from": "giulia@example.org\r\nBcc: all@example.org"}), -32602),
        (json!({"subject": ""}), -32602),
        (json!({"subject": "a\r\nBcc: all@example.org"}), -32602),
        (json!({"subject": "x".repeat(201)}), -32602),
        (json!({"message": " "}), -32602),
        (json!({"message": "x".repeat(4001)}), 1202),
        (json!({"service": "sailing"}), 1101),
    ] {
        let mut request = json!({
            "key": key(), "service": "service0001", "from": "giulia@example.org",
            "subject": "Invoice", "message": "Where is it?"
        });
        for (name, value) in change.as_object().unwrap() {
            request[name] = value.clone();
        }
        assert_eq!(visitor.refused("mail.request", request).await, code, "{change}");
    }
    let world = World::with(|settings| {
        settings.rules.channels.remove(&tvox_demo_server::wire::model::Channel::Mail);
    })
    .await;
    let (mut visitor, _operator, session) = world.conversation().await;
    assert_eq!(visitor.welcome["channels"]["MAIL"], false);
    let request = json!({
        "key": key(), "service": "service0001", "from": "a@example.org", "subject": "a", "message": "a"
    });
    assert_eq!(visitor.refused("mail.request", request).await, 1102);
    let recap = json!({"session": session, "key": key(), "mail": "a@example.org"});
    assert_eq!(visitor.refused("chat.recap", recap).await, 1302);
}

#[tokio::test]
async fn a_telephone_number_is_understood_as_people_write_it() {
    let world = World::new().await;
    let mut visitor = world.visitor().await;
    for (typed, understood) in [
        ("+39 06 6982", "+39066982"),
        ("06 6982", "+39066982"),
        ("0039 333 123 4567", "+393331234567"),
        ("333-1234567", "+393331234567"),
        ("+44 20 7946 0958", "+442079460958"),
    ] {
        let request = json!({"key": key(), "service": "service0001", "phone": typed});
        let kept = visitor.call("callback.request", request).await.unwrap();
        assert_eq!(kept["phone"], understood, "{typed}");
    }
    for typed in ["", "one", "12", "+39", "+999 123456", "333 123 45 67 89 01 23", "899 123 456"] {
        let request = json!({"key": key(), "service": "service0001", "phone": typed});
        assert_eq!(visitor.refused("callback.request", request).await, 1107, "{typed}");
    }
    let rows = rows(world, "SELECT phone, at FROM callbacks ORDER BY number").await;
    assert_eq!(rows.len(), 5);
    assert_eq!(rows[2], [text("+393331234567"), rusqlite::types::Value::Null]);
}

#[tokio::test]
async fn only_countries_that_are_set_are_called() {
    let world = World::with(|settings| {
        settings.rules.callback.countries = vec!["IT".to_owned()];
    })
    .await;
    let mut visitor = world.visitor().await;
    let request = |phone: &str| json!({"key": key(), "service": "service0001", "phone": phone});
    assert!(visitor.call("callback.request", request("+39 333 123 4567")).await.is_ok());
    assert_eq!(visitor.refused("callback.request", request("+44 20 7946 0958")).await, 1107);
}

/// The engine at 10:10 on a Sunday in Rome, with an office that opens on weekdays.
fn office() -> (sim::World, tvox_demo_server::engine::LinkId) {
    let rules = Settings::parse(
        r#"
        [[services]]
        code = "office"
        description = "Office"
        [services.calendar]
        timezone = "Europe/Rome"
        closed = ["2026-11-24"]
        [[services.calendar.open]]
        days = ["MON", "TUE", "WED", "THU", "FRI"]
        from = "09:00"
        to = "10:00"
        "#,
    )
    .unwrap()
    .rules;
    let mut world = sim::World::new(9, rules);
    let link = sim::Client::new(Door::Visitor).connect(&mut world).unwrap();
    (world, link)
}

#[test]
fn callbacks_are_for_the_hours_in_which_somebody_calls() {
    let (mut world, link) = office();
    let slots = |world: &mut sim::World, days: u32| {
        world.call(link, "callback.slots", &json!({"service": "office", "days": days})).unwrap()
    };
    assert_eq!(
        slots(&mut world, 3).unwrap(),
        json!([
            {"from": "2026-11-23T08:00:00.000Z", "to": "2026-11-23T08:30:00.000Z"},
            {"from": "2026-11-23T08:30:00.000Z", "to": "2026-11-23T09:00:00.000Z"},
            {"from": "2026-11-25T08:00:00.000Z", "to": "2026-11-25T08:30:00.000Z"},
            {"from": "2026-11-25T08:30:00.000Z", "to": "2026-11-25T09:00:00.000Z"},
        ]),
        "Sunday and the holiday are none"
    );
    assert_eq!(slots(&mut world, 0).unwrap_err()["code"], -32602);
    assert_eq!(slots(&mut world, 15).unwrap_err()["code"], -32602);
    assert_eq!(
        world.call(link, "callback.slots", &json!({"service": "none"})).unwrap().unwrap_err()["code"],
        1101
    );
    for (when, code) in [
        ("2026-11-23T09:00:00+01:00", None),
        ("2026-11-23T08:59:59Z", None),
        ("2026-11-23T09:00:00Z", Some(1104)),
        ("2026-11-24T08:00:00Z", Some(1104)),
        ("2026-11-20T08:00:00Z", Some(1104)),
        ("2026-12-31T08:00:00Z", Some(1104)),
        ("tomorrow", Some(-32602)),
        ("2026-11-23T09:00:00", Some(-32602)),
    ] {
        let params = json!({"key": key(), "service": "office", "phone": "06 6982", "when": when});
        let answer = world.call(link, "callback.request", &params).unwrap();
        assert_eq!(
            answer.err().map(|error| error["code"].clone()),
            code.map(|code| json!(code)),
            "{when}"
        );
    }
    assert_eq!(world.disk.0.callbacks, 2);
    // Ten minutes before, the first is too near to be offered, but not to be kept.
    world.pass(Duration::from_secs(21 * 3600 + 40 * 60));
    let link = sim::Client::new(Door::Visitor).connect(&mut world).unwrap();
    let slots = world
        .call(link, "callback.slots", &json!({"service": "office", "days": 1}))
        .unwrap()
        .unwrap();
    assert_eq!(slots[0]["from"], "2026-11-23T08:30:00.000Z");
    let params = json!({"key": key(), "service": "office", "phone": "06 6982", "when": "2026-11-23T08:05:00Z"});
    assert!(world.call(link, "callback.request", &params).unwrap().is_ok());
}

#[tokio::test]
async fn all_slots_of_two_weeks_around_the_clock_fit_into_a_frame() {
    let world =
        World::with(|settings| settings.rules.callback.slot = Duration::from_secs(300)).await;
    let mut visitor = world.visitor().await;
    let slots = visitor
        .call("callback.slots", json!({"service": "service0001", "days": 14}))
        .await
        .unwrap();
    assert!(slots.as_array().unwrap().len() > 700);
    assert!(slots.to_string().len() < 65_536);
}

#[tokio::test]
async fn a_form_is_told_in_the_visitors_language_and_none_is_null() {
    let rules = Settings::parse(
        r#"
        [[services]]
        code = "shop"
        description = "Shop"
        [services.forms.CHAT]
        fields = [
            { key = "customerDisplayName", label = { it = "Nome", en = "Name" }, required = true, autocomplete = "name" },
            { key = "topic", label = "Topic", type = "select", options = [{ value = "bill", label = { it = "Una fattura", en = "A bill" } }] },
        ]
        consent = { text = { it = "Ho letto.", en = "I have read." }, link = "https://example.org/privacy" }
        "#,
    )
    .unwrap()
    .rules;
    let world = World::with(|settings| settings.rules = rules).await;
    let mut visitor = world.visitor_with(json!({"locale": "it-IT"})).await;
    let asked = json!({"channel": "CHAT", "service": "shop"});
    assert_eq!(
        visitor.call("forms", asked.clone()).await.unwrap(),
        json!({
            "fields": [
                {"key": "customerDisplayName", "label": "Nome", "type": "text", "required": true, "autocomplete": "name"},
                {"key": "topic", "label": "Topic", "type": "select", "required": false, "options": [{"value": "bill", "label": "Una fattura"}]},
            ],
            "consent": {"text": "Ho letto.", "link": "https://example.org/privacy", "required": true}
        })
    );
    let mut visitor = world.visitor_with(json!({"locale": "de"})).await;
    assert_eq!(visitor.call("forms", asked).await.unwrap()["fields"][0]["label"], "Name");
    let asked = json!({"channel": "VIDEO", "service": "shop"});
    assert_eq!(visitor.call("forms", asked).await.unwrap(), json!(null));
    let asked = json!({"channel": "CHAT", "service": "none"});
    assert_eq!(visitor.refused("forms", asked).await, 1101);
}

#[tokio::test]
async fn what_a_visitor_filled_in_reaches_the_operator() {
    let world = World::new().await;
    let mut operator = world.operator("Anna").await;
    let mut visitor = world.visitor().await;
    let customer = json!({"customerDisplayName": "Mario Rossi", "customerValue": "m@example.org", "customerCompany": "Rossi"});
    let fields = json!([{"key": "order", "value": "4711"}]);
    let params = json!({"key": key(), "channel": "VIDEO", "service": "service0001", "customer": customer, "fields": fields});
    let call =
        visitor.call("call.create", params).await.unwrap()["id"].as_str().unwrap().to_owned();
    let contact = operator.accept(&call).await;
    assert_eq!((&contact["customer"], &contact["fields"]), (&customer, &fields));
}

#[tokio::test]
async fn what_a_visitor_filled_in_is_kept_with_a_callback() {
    let world = World::new().await;
    let mut visitor = world.visitor().await;
    let fields = json!([{"key": "order", "value": "4711"}]);
    let params =
        json!({"key": key(), "service": "service0001", "phone": "0422 100200", "fields": fields});
    visitor.call("callback.request", params).await.unwrap();
    let rows = rows(world, "SELECT fields FROM callbacks").await;
    assert_eq!(rows, [[text(r#"[{"key":"order","value":"4711"}]"#)]]);
}

#[tokio::test]
async fn a_rating_is_kept_and_the_last_one_counts() {
    let world = World::new().await;
    let (mut visitor, mut operator, session) = world.conversation().await;
    operator.follow(&session).await;
    let rate = |score: Value| json!({"session": session, "key": key(), "score": score});
    for wrong in [json!(0), json!(6), json!(-1), json!("5"), json!(4.5)] {
        assert_eq!(visitor.refused("session.rate", rate(wrong.clone())).await, -32602, "{wrong}");
    }
    visitor.call("session.rate", rate(json!(2))).await.unwrap();
    visitor.call("chat.close", json!({"session": session})).await.unwrap();
    let mut last = rate(json!(5));
    last["comment"] = json!("Quick and kind");
    for _ in 0..2 {
        assert_eq!(visitor.call("session.rate", last.clone()).await.unwrap(), json!(true));
    }
    let told = operator.event(|event| event["result"]["rating"]["score"] == 5).await;
    assert_eq!(told["result"]["rating"]["comment"], "Quick and kind", "the operator sees it");
    let seen = visitor.subscribe(&format!("session/{session}")).await;
    assert!(seen["result"].get("rating").is_none(), "of his session the visitor sees what he saw");
    last["comment"] = json!("Slow");
    assert_eq!(visitor.refused("session.rate", last).await, 1304);
    let mut stranger = world.visitor().await;
    assert_eq!(stranger.refused("session.rate", rate(json!(1))).await, 1303);
    let alone = visitor.create("service0002").await;
    let early = json!({"session": alone, "key": key(), "score": 5});
    assert_eq!(visitor.refused("session.rate", early).await, 1203, "nobody has answered yet");
    let rows = rows(world, "SELECT session, score, comment FROM ratings").await;
    assert_eq!(rows, [[text(&session), 5.into(), text("Quick and kind")]]);
}

#[test]
fn a_request_is_written_in_the_same_answer_that_acknowledges_it() {
    let (mut world, link) = office();
    for (method, params) in [
        ("callback.request", json!({"key": "a", "service": "office", "phone": "06 6982"})),
        (
            "mail.request",
            json!({"key": "b", "service": "office", "from": "a@example.org", "subject": "a", "message": "a"}),
        ),
    ] {
        let frame = json!({"jsonrpc": "2.0", "id": 9, "method": method, "params": params});
        let effects =
            world.engine.handle(Input::Frame { link, text: frame.to_string() }, world.now);
        let kind = |effect: &Effect| match effect {
            Effect::Store(record) if matches!(**record, Record::Callback(_)) => "callback",
            Effect::Store(record) if matches!(**record, Record::Ticket(_)) => "ticket",
            Effect::Store(record) if matches!(**record, Record::Mail(_)) => "mail",
            Effect::Store(record) if matches!(**record, Record::Key { .. }) => "key",
            Effect::Store(_) => "other",
            Effect::Send { .. } => "answer",
            Effect::Scan { .. }
            | Effect::Discard { .. }
            | Effect::Media(_)
            | Effect::Close { .. } => "other",
        };
        let kinds: Vec<&str> = effects.iter().map(kind).collect();
        let expected: &[&str] = if method == "mail.request" {
            &["ticket", "mail", "key", "answer"]
        } else {
            &["callback", "key", "answer"]
        };
        assert_eq!(kinds, expected);
        let stored: Vec<&Effect> =
            effects.iter().filter(|effect| matches!(effect, Effect::Store(_))).collect();
        let printed = format!("{stored:?}");
        assert!(!printed.contains("example.org") && !printed.contains("6982"), "{printed}");
    }
}
