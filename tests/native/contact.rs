//! Mail, callback, forms, recap and rating: one question, one answer.

use std::time::Duration;

use serde_json::{Value, json};
use tvox_widget::core::model::{
    CallbackRequest, ChannelType, CustomerInfo, FormFieldKind, MailRequest, SessionField,
};
use tvox_widget::platform::memory::Memory;

use crate::support::Stage;

/// A widget of a known customer that the server has greeted.
fn of_mario() -> Stage {
    let customer = CustomerInfo {
        customer_display_name: Some("Mario Rossi".into()),
        ..CustomerInfo::default()
    };
    let mut stage =
        Stage::configured(Memory::new(), &Stage::conf().customer(customer).build().unwrap());
    stage.greet(false);
    stage
}

fn mail() -> MailRequest {
    MailRequest {
        service: "service0001".to_owned(),
        from: "mario@example.org".into(),
        subject: "Invoice".into(),
        message: "Where is \"it\"?\nThank you.".into(),
        customer: None,
        fields: Vec::new(),
    }
}

/// The parameters of a call without its key, which differs each time.
fn without_key(call: &Value) -> Value {
    let mut params = call["params"].clone();
    let key = params.as_object_mut().unwrap().remove("key");
    assert_eq!(key.unwrap().as_str().unwrap().len(), 36);
    params
}

#[test]
fn a_mail_carries_the_configured_customer_and_answers_its_ticket() {
    let mut stage = of_mario();
    let mut asked = Box::pin(stage.widget.send_mail(mail()));
    stage.poll(&mut asked);
    let call = stage.answer("mail.request", &json!({ "id": "t_8" }));
    let expected = json!({
        "service": "service0001", "from": "mario@example.org", "subject": "Invoice",
        "message": "Where is \"it\"?\nThank you.",
        "customer": { "customerDisplayName": "Mario Rossi" },
    });
    assert_eq!(without_key(&call), expected);
    assert_eq!(stage.polled(&mut asked).unwrap().unwrap().as_str(), "t_8");
}

#[test]
fn a_mail_with_its_own_customer_and_answers_carries_those() {
    let mut stage = of_mario();
    let customer = CustomerInfo { customer_id: Some("c_1".into()), ..CustomerInfo::default() };
    let fields = vec![SessionField { key: "order".to_owned(), value: "991".into() }];
    let mail = MailRequest { customer: Some(customer), fields, ..mail() };
    let mut asked = Box::pin(stage.widget.send_mail(mail));
    stage.poll(&mut asked);
    let params = stage.expect("mail.request")["params"].clone();
    assert_eq!(params["customer"], json!({ "customerId": "c_1" }));
    assert_eq!(params["fields"], json!([{ "key": "order", "value": "991" }]));
}

#[test]
fn a_mail_whose_answer_was_lost_goes_again_with_its_key_and_makes_one_ticket() {
    let mut stage = of_mario();
    let mut asked = Box::pin(stage.widget.send_mail(mail()));
    stage.poll(&mut asked);
    let first = stage.expect("mail.request");
    stage.cut();
    stage.world.wake(tvox_widget::core::ports::Wakeup::Online);
    stage.advance(Duration::from_secs(1));
    stage.greet(true);
    let second = stage.answer("mail.request", &json!({ "id": "t_8" }));
    assert_eq!(first["params"], second["params"]);
    assert!(stage.polled(&mut asked).unwrap().is_ok());
}

#[test]
fn a_callback_answers_the_number_as_the_server_reads_it() {
    let mut stage = of_mario();
    let callback = CallbackRequest {
        service: "service0001".to_owned(),
        phone: "0422 000000".into(),
        when: Some("2026-11-23T09:00:00+01:00".to_owned()),
        message: Some("Richiamatemi".into()),
        customer: None,
        fields: vec![SessionField { key: "order".to_owned(), value: "991".into() }],
    };
    let mut asked = Box::pin(stage.widget.request_callback(callback));
    stage.poll(&mut asked);
    let answer = json!({ "id": "cb_3", "phone": "+390422000000" });
    let call = stage.answer("callback.request", &answer);
    let expected = json!({
        "service": "service0001", "phone": "0422 000000", "when": "2026-11-23T09:00:00+01:00",
        "message": "Richiamatemi", "customer": { "customerDisplayName": "Mario Rossi" },
        "fields": [{ "key": "order", "value": "991" }],
    });
    assert_eq!(without_key(&call), expected);
    let callback = stage.polled(&mut asked).unwrap().unwrap();
    assert_eq!(callback.id.as_str(), "cb_3");
    assert_eq!(callback.phone.unwrap().as_str(), "+390422000000");
}

#[test]
fn a_number_that_is_none_is_refused_with_the_servers_reason() {
    let mut stage = of_mario();
    let callback = CallbackRequest { phone: "x".into(), ..CallbackRequest::default() };
    let mut asked = Box::pin(stage.widget.request_callback(callback));
    stage.poll(&mut asked);
    let call = stage.expect("callback.request");
    stage.refuse(&call, 1107, &json!({ "reason": "INVALID_PHONE" }));
    assert_eq!(stage.polled(&mut asked).unwrap().unwrap_err().reason(), "INVALID_PHONE");
}

#[test]
fn the_slots_of_a_service_are_times() {
    let mut stage = of_mario();
    let mut asked = Box::pin(stage.widget.callback_slots("service0001", 7));
    stage.poll(&mut asked);
    let slot = json!({ "from": "2026-11-23T09:00:00Z", "to": "2026-11-23T09:30:00Z" });
    let call = stage.answer("callback.slots", &json!([slot]));
    assert_eq!(call["params"], json!({ "service": "service0001", "days": 7 }));
    let slots = stage.polled(&mut asked).unwrap().unwrap();
    assert_eq!(slots.len(), 1);
    assert_eq!((&*slots[0].from, &*slots[0].to), ("2026-11-23T09:00:00Z", "2026-11-23T09:30:00Z"));
}

#[test]
fn a_form_is_read_and_no_form_is_none() {
    let mut stage = of_mario();
    let form = json!({
        "fields": [
            { "key": "customerDisplayName", "type": "text", "required": true, "autocomplete": "name" },
            { "key": "topic", "label": "Topic", "type": "select", "options": [{ "value": "a" }] },
            { "key": "tomorrow", "type": "colour" },
        ],
        "consent": { "text": "I have read it.", "link": "https://example.org", "required": true },
    });
    for (answer, some) in [(form, true), (Value::Null, false)] {
        let mut asked = Box::pin(stage.widget.forms(&ChannelType::Chat, "service0001"));
        stage.poll(&mut asked);
        let call = stage.answer("forms", &answer);
        assert_eq!(call["params"], json!({ "channel": "CHAT", "service": "service0001" }));
        let form = stage.polled(&mut asked).unwrap().unwrap();
        assert_eq!(form.is_some(), some);
        let Some(form) = form else { continue };
        let kinds: Vec<_> = form.fields.iter().map(|field| field.kind.clone()).collect();
        let unknown = FormFieldKind::Unknown("colour".to_owned());
        assert_eq!(kinds, [FormFieldKind::Text, FormFieldKind::Select, unknown]);
        assert!(form.fields[0].required && !form.fields[1].required);
        assert_eq!(form.fields[1].options[0].label, "a", "a value is its own label");
        assert!(form.consent.unwrap().required);
    }
}

#[test]
fn an_answer_of_another_shape_fails_the_call_and_nothing_else() {
    let mut stage = of_mario();
    for answer in [json!(7), json!({}), json!([{ "from": 1 }])] {
        let mut asked = Box::pin(stage.widget.callback_slots("service0001", 1));
        stage.poll(&mut asked);
        stage.answer("callback.slots", &answer);
        assert_eq!(stage.polled(&mut asked).unwrap().unwrap_err().reason(), "BAD_ANSWER");
    }
}

#[test]
fn the_conversation_goes_to_a_mail_address() {
    let (mut stage, chat) = Stage::connected();
    let mut asked = Box::pin(chat.send_recap("mario@example.org"));
    stage.poll(&mut asked);
    let call = stage.answer("chat.recap", &json!(true));
    assert_eq!(without_key(&call), json!({ "session": "s_1", "mail": "mario@example.org" }));
    assert_eq!(stage.polled(&mut asked), Some(Ok(true)));
}

#[test]
fn a_rating_has_a_score_and_perhaps_a_word() {
    let (mut stage, chat) = Stage::connected();
    for (comment, expected) in [
        (Some("Quick"), json!({ "session": "s_1", "score": 5, "comment": "Quick" })),
        (None, json!({ "session": "s_1", "score": 5 })),
    ] {
        let mut asked = Box::pin(chat.rate(5, comment));
        stage.poll(&mut asked);
        let call = stage.answer("session.rate", &json!(true));
        assert_eq!(without_key(&call), expected);
        assert_eq!(stage.polled(&mut asked), Some(Ok(true)));
    }
}

#[test]
fn what_belongs_to_a_conversation_is_a_wrong_state_before_there_is_one() {
    let mut stage = Stage::online();
    let chat = stage.widget.new_chat_session("service0001", Vec::new(), None, None);
    stage.clear();
    let mut upload = chat.send_file("a.txt", "text/plain", [1], stage.world.clone());
    let codes = [
        stage.polled(&mut Box::pin(chat.send_recap("a@example.org"))).unwrap().unwrap_err().code(),
        stage.polled(&mut Box::pin(chat.rate(5, None))).unwrap().unwrap_err().code(),
        stage.polled(&mut Box::pin(chat.file_url(&"f_1".into()))).unwrap().unwrap_err().code(),
        stage.polled(&mut upload).unwrap().unwrap_err().code(),
    ];
    assert_eq!(codes, ["WRONG_STATE"; 4]);
    assert!(stage.methods().is_empty(), "nothing was asked");
}

#[test]
fn a_refusal_that_outlasts_the_callers_patience_is_told_at_once() {
    let (mut stage, chat) = Stage::connected();
    let mut asked = Box::pin(chat.send_recap("mario@example.org"));
    stage.poll(&mut asked);
    let call = stage.expect("chat.recap");
    let hour = json!({ "reason": "RATE_LIMITED", "retryable": true, "retryAfter": 3_600_000 });
    stage.refuse(&call, 1201, &hour);
    assert_eq!(stage.polled(&mut asked).unwrap().unwrap_err().reason(), "RATE_LIMITED");

    let mut asked = Box::pin(chat.send_recap("mario@example.org"));
    stage.poll(&mut asked);
    let call = stage.expect("chat.recap");
    stage.refuse(&call, 1203, &json!({ "reason": "NOT_CONNECTED", "retryable": true }));
    assert_eq!(stage.polled(&mut asked).unwrap().unwrap_err().reason(), "NOT_CONNECTED");

    let mut asked = Box::pin(chat.send_recap("mario@example.org"));
    stage.poll(&mut asked);
    let call = stage.expect("chat.recap");
    let soon = json!({ "reason": "RATE_LIMITED", "retryable": true, "retryAfter": 750 });
    stage.refuse(&call, 1201, &soon);
    stage.advance(Duration::from_secs(1));
    stage.answer("chat.recap", &json!(true));
    assert_eq!(stage.polled(&mut asked), Some(Ok(true)), "a moment is waited for");
}
