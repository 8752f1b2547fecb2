//! What is asked before a contact, mails and callbacks.

use std::time::Duration;

use serde_json::{Value, json};
use tvox_widget::core::model::CustomerInfo;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlElement;

use crate::page::{document, tell};
use crate::room::{Room, session};

const CONSENT: &str = "[part~=form-field][type=checkbox]";

fn form() -> Value {
    json!({
        "fields": [
            { "key": "customerDisplayName", "label": "Nome", "type": "text", "required": true },
            { "key": "topic", "label": "Tema", "type": "select", "required": true,
              "options": [{ "value": "rudder", "label": "Timone" }] },
            { "key": "order", "type": "text" },
        ],
        "consent": { "text": "Ho letto.", "link": "/privacy", "required": true },
    })
}

fn is_wrong(control: &HtmlElement) -> bool {
    control.get_attribute("aria-invalid").as_deref() == Some("true")
}

/// What a control is described by says this.
fn said(room: &Room, control: &HtmlElement) -> String {
    let id = control.get_attribute("aria-describedby").unwrap();
    room.look.all(&format!("[id='{id}']")).remove(0).text_content().unwrap()
}

impl Room {
    async fn opens(&mut self, channel: &str) {
        self.look.click("launcher");
        self.until("the home screen", |look| look.has("channel-row")).await;
        self.choose(channel);
    }

    fn choose(&self, channel: &str) {
        self.look.all(&format!("[part~=channel-row][data-channel={channel}]")).remove(0).click();
    }

    async fn form(&mut self) {
        self.until("the form", |look| look.has("form-submit")).await;
    }

    fn asked(&self, method: &str) -> Vec<Value> {
        let asked = self.calls.iter().filter(|call| call["method"] == method);
        asked.map(|call| call["params"].clone()).collect()
    }
}

fn known() -> CustomerInfo {
    CustomerInfo {
        customer_display_name: Some("Giulia".into()),
        customer_value: Some("giulia@example.org".into()),
        ..CustomerInfo::default()
    }
}

#[wasm_bindgen_test]
async fn a_service_that_asks_nothing_is_reached_at_once() {
    let mut room = Room::with_forms(CustomerInfo::default());
    room.opens("CHAT").await;
    room.until("the queue", |look| look.has("queue-position")).await;
    assert_eq!(room.asked("chat.create")[0]["fields"], Value::Null);
}

#[wasm_bindgen_test]
async fn what_is_wrong_is_said_at_the_field_and_the_contact_begins_only_when_it_is_right() {
    let mut room = Room::with_forms(CustomerInfo::default());
    room.form = form();
    room.opens("CHAT").await;
    room.form().await;
    room.look.click("form-submit");
    room.until("the mistakes", |look| look.all("[aria-invalid]").len() == 3).await;
    let name = room.look.question("customerDisplayName");
    assert!(is_wrong(&name) && !said(&room, &name).is_empty());
    assert!(room.look.text("form-problem").contains('3'), "said once, as a sum");
    room.until("the focus on the first", |_| {
        document().active_element().is_some_and(|at| at.is_same_node(Some(&name)))
    })
    .await;
    assert!(room.asked("chat.create").is_empty());

    room.look.fill("customerDisplayName", " Anna ");
    room.until("one mistake less", |look| look.all("[aria-invalid]").len() == 2).await;
    assert!(said(&room, &name).is_empty());
    room.look.fill("topic", "rudder");
    room.look.all(CONSENT).remove(0).click();
    room.until("no mistake", |look| look.all("[aria-invalid]").is_empty()).await;
    room.look.click("form-submit");
    room.until("the queue", |look| look.has("queue-position")).await;
    let created = room.asked("chat.create").remove(0);
    assert_eq!(created["customer"], json!({ "customerDisplayName": "Anna" }));
    let fields = json!([
        { "key": "topic", "value": "rudder" }, { "key": "consent", "value": "true" },
    ]);
    assert_eq!(created["fields"], fields);
}

#[wasm_bindgen_test]
async fn an_answer_is_judged_when_it_is_left_and_not_while_it_is_written() {
    let mut room = Room::with_forms(CustomerInfo::default());
    room.opens("MAIL").await;
    room.form().await;
    let mail = room.look.question("customerValue");
    assert_eq!(mail.get_attribute("type").as_deref(), Some("email"));
    assert_eq!(mail.get_attribute("autocomplete").as_deref(), Some("email"));
    tell(&mail, "blur");
    js_sys::Reflect::set(&mail, &"value".into(), &"giulia".into()).unwrap();
    tell(&mail, "input");
    assert!(!is_wrong(&mail), "neither passing over nor writing is a mistake");
    tell(&mail, "blur");
    room.until("the mistake", |look| is_wrong(&look.question("customerValue"))).await;
    room.look.fill("customerValue", "giulia@example.org");
    room.until("no mistake", |look| !is_wrong(&look.question("customerValue"))).await;
}

#[wasm_bindgen_test]
async fn a_mail_gives_a_number_and_nothing_is_asked_twice() {
    let mut room = Room::with_forms(known());
    room.opens("MAIL").await;
    room.form().await;
    let value = |room: &Room, key: &str| {
        let value = js_sys::Reflect::get(&room.look.question(key), &"value".into());
        value.unwrap().as_string().unwrap()
    };
    assert_eq!(value(&room, "customerValue"), "giulia@example.org", "the page knew it");
    room.look.fill("*subject", "Fattura");
    room.look.fill("*message", "Dov'è?");
    room.look.fill("customerValue", "g@example.org");
    room.look.click("header-back");
    room.until("the home screen", |look| look.has("channel-row")).await;
    room.choose("CALLBACK");
    room.form().await;
    assert_eq!(value(&room, "customerDisplayName"), "Giulia");
    assert_eq!(value(&room, "*message"), "Dov'è?", "carried over");
    room.look.click("header-back");
    room.until("the home screen", |look| look.has("channel-row")).await;
    room.choose("MAIL");
    room.form().await;
    room.look.click("form-submit");
    room.until("the number", |look| look.text("reference") == "t_8").await;
    assert!(room.look.text("receipt-text").contains("g@example.org"));
    let mail = room.asked("mail.request").remove(0);
    assert_eq!((&mail["from"], &mail["subject"]), (&json!("g@example.org"), &json!("Fattura")));
    assert_eq!(mail["message"], "Dov'è?");
    room.look.click("receipt-again");
    room.form().await;
    assert_eq!(
        (value(&room, "*subject"), value(&room, "*message")),
        (String::new(), String::new())
    );
    assert_eq!(value(&room, "customerValue"), "g@example.org");
}

#[wasm_bindgen_test]
async fn a_mail_waits_for_the_connection_says_so_and_goes_once() {
    let mut room = Room::with_forms(known());
    room.opens("MAIL").await;
    room.form().await;
    room.look.fill("*subject", "a");
    room.look.fill("*message", "b");
    room.cut();
    room.until("that there is no connection", |look| look.has("banner")).await;
    room.look.click("form-submit");
    room.until("that it waits", |look| !look.text("form-state").is_empty()).await;
    assert!(room.look.is("form-submit", "aria-disabled", "true"));
    room.look.click("form-submit");
    room.pass(Duration::from_secs(60));
    room.until("the number", |look| look.text("reference") == "t_8").await;
    assert_eq!(room.asked("mail.request").len(), 1);
}

#[wasm_bindgen_test]
async fn a_time_is_chosen_by_day_and_the_server_reads_the_number() {
    let mut room = Room::with_forms(CustomerInfo::default());
    room.opens("CALLBACK").await;
    room.form().await;
    room.until("the days", |look| look.all("[part~=callback-day] option").len() >= 3).await;
    assert!(!room.look.has("callback-time"), "as soon as possible has no time");
    let day = room.look.the("callback-day");
    let first = room.look.all("[part~=callback-day] option").remove(1).get_attribute("value");
    js_sys::Reflect::set(&day, &"value".into(), &first.unwrap().into()).unwrap();
    tell(&day, "change");
    room.until("the times", |look| look.has("callback-time")).await;
    room.answers.insert(
        "callback.request",
        json!({ "code": 1107, "message": "phone: none", "data": { "reason": "INVALID_PHONE" } }),
    );
    room.look.fill("customerPhoneNumber", "0422 00");
    room.look.click("form-submit");
    room.until("the mistake", |look| is_wrong(&look.question("customerPhoneNumber"))).await;
    room.answers.clear();
    room.look.fill("customerPhoneNumber", "0422 000000");
    room.look.click("form-submit");
    room.until("the number", |look| look.text("reference") == "cb_3").await;
    assert!(room.look.text("receipt-text").contains("+390422000000"));
    let asked = room.asked("callback.request");
    assert_eq!(asked[1]["phone"], "0422 000000");
    assert_eq!(asked[1]["when"], "2030-03-10T08:00:00Z");
}

#[wasm_bindgen_test]
async fn a_time_that_is_taken_meanwhile_is_said_and_others_are_offered() {
    let mut room = Room::with_forms(CustomerInfo::default());
    room.answers.insert(
        "callback.request",
        json!({ "code": 1104, "message": "when: taken", "data": { "reason": "OVERTIME" } }),
    );
    room.opens("CALLBACK").await;
    room.form().await;
    room.look.fill("customerPhoneNumber", "0422 000000");
    let asked = room.asked("callback.slots").len();
    room.look.click("form-submit");
    room.until("the mistake", |look| is_wrong(&look.the("callback-day"))).await;
    let day = room.look.the("callback-day");
    assert!(!said(&room, &day).is_empty());
    room.until_asked("callback.slots").await;
    assert!(room.asked("callback.slots").len() > asked);
}

#[wasm_bindgen_test]
async fn a_closed_channel_offers_another_one_and_leads_there() {
    let mut room = Room::with_forms(CustomerInfo::default());
    room.closed = true;
    room.look.click("launcher");
    room.until("that the chat is closed", |look| {
        look.is("channel-row", "data-state", "closed")
            && look.is("channel-row", "aria-expanded", "false")
    })
    .await;
    room.look.click("channel-row");
    room.until("the offers", |look| look.all("[part~=way]").len() == 2).await;
    assert!(room.look.is("channel-row", "aria-expanded", "true"));
    room.look.all("[part~=way][data-channel=CALLBACK]").remove(0).click();
    room.form().await;
    assert!(room.look.is("form", "data-channel", "CALLBACK"));
    assert!(room.asked("chat.create").is_empty());
}

#[wasm_bindgen_test]
async fn a_contact_that_cannot_begin_leads_to_another_one() {
    let mut room = Room::with_forms(CustomerInfo::default());
    room.answers.insert(
        "chat.create",
        json!({ "code": 1105, "message": "nobody", "data": { "reason": "OUT_OF_SERVICE" } }),
    );
    room.opens("CHAT").await;
    room.until("the offers", |look| look.all("[part~=error] [part~=way]").len() == 2).await;
    room.look.all("[part~=way][data-channel=MAIL]").remove(0).click();
    room.form().await;
    assert!(room.look.is("form", "data-channel", "MAIL"));
}

#[wasm_bindgen_test]
async fn the_queue_is_left_for_a_callback_only_once_that_is_taken() {
    let mut room = Room::with_forms(CustomerInfo::default());
    room.opens("CHAT").await;
    room.until("the queue", |look| look.text("queue-position").contains('2')).await;
    room.look.click("queue-callback");
    room.form().await;
    assert!(room.asked("chat.close").is_empty(), "the place is kept meanwhile");
    assert!(!room.look.has("form-answered"));
    room.look.fill("customerPhoneNumber", "0422 000000");
    room.look.click("form-submit");
    room.until("the number", |look| look.text("reference") == "cb_3").await;
    room.until_asked("chat.close").await;
}

#[wasm_bindgen_test]
async fn a_form_that_could_not_be_had_is_asked_for_again() {
    let mut room = Room::with_forms(CustomerInfo::default());
    room.answers.insert(
        "forms",
        json!({ "code": -32603, "message": "oops", "data": { "reason": "INTERNAL" } }),
    );
    room.opens("CHAT").await;
    room.until("what is wrong", |look| look.has("error")).await;
    room.answers.clear();
    room.look.click("retry");
    room.until("the queue", |look| look.has("queue-position")).await;
}

#[wasm_bindgen_test]
async fn a_link_that_is_no_web_address_is_no_link() {
    for (link, links) in [("/privacy", 1), ("javascript:alert(1)", 0), ("https://a@b.example", 0)] {
        let mut room = Room::with_forms(CustomerInfo::default());
        room.form = form();
        room.form["consent"]["link"] = link.into();
        room.opens("CHAT").await;
        room.form().await;
        assert_eq!(room.look.all("[part~=form-link]").len(), links, "{link}");
    }
}

#[wasm_bindgen_test]
async fn an_operator_who_answers_meanwhile_is_one_tap_away_and_is_not_hung_up_on() {
    let mut room = Room::with_forms(CustomerInfo::default());
    room.opens("CHAT").await;
    room.until("the queue", |look| look.text("queue-position").contains('2')).await;
    room.look.click("queue-callback");
    room.form().await;
    room.step(&session("CONNECTED"));
    room.until("that Anna is there", |look| look.has("form-answered")).await;
    room.look.fill("customerPhoneNumber", "0422 000000");
    room.look.click("form-submit");
    room.until("the number", |look| look.text("reference") == "cb_3").await;
    assert!(room.asked("chat.close").is_empty(), "who talks does not wait any more");
    room.look.click("form-answered");
    room.until("the conversation", |look| look.has("composer-input")).await;
}
