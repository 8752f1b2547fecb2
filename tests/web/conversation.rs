//! A visitor's way through the interface.

use leptos::prelude::*;
use serde_json::json;
use tvox_widget::components::ui::Connect;
use tvox_widget::components::ui::{Announcement, Settings};
use tvox_widget::core::Error;
use tvox_widget::core::config::Theme;
use tvox_widget::core::error::Mistake;
use tvox_widget::i18n::{Lang, Texts};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::document;
use crate::room::{Room, logged, session};

#[wasm_bindgen_test]
async fn nothing_is_sent_and_nothing_kept_before_the_visitor_opens_the_panel() {
    let mut room = Room::new(1);
    room.until("the launcher", |look| look.has("launcher")).await;
    assert!(!room.look.has("panel"), "not even drawn");
    assert!(room.methods.is_empty() && room.house.kept.lock().unwrap().is_empty());

    room.look.click("launcher");
    room.until("the state of the channel", |look| {
        look.is("channel-row", "data-state", "available")
    })
    .await;
    let hello = room.calls.iter().find(|call| call["method"] == "hello").unwrap();
    assert_eq!(hello["params"]["locale"], "it", "the server is told the language");
}

#[wasm_bindgen_test]
async fn with_several_services_the_visitor_chooses_and_cannot_choose_one_without_operators() {
    let mut room = Room::new(3);
    room.look.click("launcher");
    room.until("the home screen", |look| look.has("channel-row")).await;
    room.look.click("channel-row");
    room.until("the services' states", |look| {
        let states = look.all("[part~=service-option]");
        states.len() == 3 && states[1].get_attribute("data-state").as_deref() == Some("no-operator")
    })
    .await;
    let closed = room.look.all("[data-service=service0002]").remove(0);
    assert_eq!(closed.get_attribute("aria-disabled").as_deref(), Some("true"));
    closed.click();
    room.look.all("[data-service=service0001]").remove(0).click();
    room.until("the queue", |look| look.text("queue-position").contains('2')).await;
    let created: Vec<_> =
        room.calls.iter().filter(|call| call["method"] == "chat.create").collect();
    assert_eq!(created.len(), 1, "the closed one was not asked for");
    assert_eq!(created[0]["params"]["service"], "service0001");
}

#[wasm_bindgen_test]
async fn the_queue_moves_and_can_be_left() {
    let mut room = Room::new(1);
    room.queue().await;
    let mut next = session("QUEUE");
    next["step"]["queuePosition"] = json!(1);
    room.step(&next);
    room.until("next in the queue", |look| look.text("queue-position") == "Sei il prossimo").await;

    room.look.click("queue-cancel");
    room.until("the home screen again", |look| look.has("channel-row")).await;
    assert!(room.methods.contains(&"chat.close".to_owned()));
}

#[wasm_bindgen_test]
async fn a_message_is_shown_at_once_and_then_ticked() {
    let mut room = Room::new(1);
    room.talk().await;
    assert_eq!(room.look.text("header-title"), "Anna");
    room.look.write("Buongiorno");
    room.look.press("composer-input", "Enter", false);
    room.until("the message, sent", |look| look.is("message", "data-delivery", "sent")).await;
    room.event("receipts/s_1", &json!({ "received": 9, "read": 9 }));
    room.until("the message, read", |look| look.is("message", "data-delivery", "read")).await;
    assert_eq!(room.look.all("[part~=message]").len(), 1, "one bubble all the way");
    let input: web_sys::HtmlTextAreaElement =
        wasm_bindgen::JsCast::unchecked_into(room.look.the("composer-input"));
    assert_eq!(input.value(), "");
}

#[wasm_bindgen_test]
async fn a_file_has_a_name_a_size_and_a_state_and_can_be_fetched_once_it_was_looked_at() {
    let mut room = Room::new(1);
    room.talk().await;
    let file = |state: &str| json!({ "file": "f_9", "name": "rudder.jpg", "size": 81_234, "state": state });
    room.shares(&file("SCANNING"));
    room.until("the name", |look| look.text("attachment").contains("rudder.jpg")).await;
    assert!(room.look.text("attachment").contains("82 kB"));
    assert!(room.look.is("bubble", "data-state", "scanning"), "it is looked at");
    room.shares(&file("AVAILABLE"));
    room.until("the way to it", |look| look.is("bubble", "data-state", "available")).await;
    assert_eq!(room.look.all("[part~=message]").len(), 1, "one file, one bubble");
    room.look.click("attachment");
    room.until_asked("file.url").await;
    let asked = room.calls.iter().find(|call| call["method"] == "file.url").unwrap();
    assert_eq!(asked["params"], json!({ "session": "s_1", "file": "f_9" }));
    room.shares(&file("REFUSED"));
    room.until("its end", |look| look.is("bubble", "data-state", "refused")).await;
}

#[wasm_bindgen_test]
async fn enter_does_not_send_while_an_input_method_composes() {
    let mut room = Room::new(1);
    room.talk().await;
    room.look.write("にほ");
    room.look.press("composer-input", "Enter", true);
    room.says("Sì?");
    room.until("the operator's message", |look| look.has("message")).await;
    assert_eq!(room.look.all("[part~=message]").len(), 1);
    assert_eq!(room.look.the("message").get_attribute("data-direction").unwrap(), "inbound");
}

#[wasm_bindgen_test]
async fn only_news_of_the_operator_is_in_a_live_region() {
    let mut room = Room::new(1);
    room.talk().await;
    room.says("Eccomi");
    room.look.write("Ciao");
    room.look.press("composer-input", "Enter", false);
    room.until("both messages", |look| look.all("[part~=message]").len() == 2).await;
    room.until("the list speaks again", |look| look.is("log", "aria-live", "polite")).await;
    let live: Vec<Option<String>> =
        room.look.all("[part~=message]").iter().map(|it| it.get_attribute("aria-live")).collect();
    assert_eq!(live, [None, Some("off".to_owned())]);
}

#[wasm_bindgen_test]
async fn history_is_summed_up_and_not_read_out() {
    let log = (1..=200).map(|seq| logged(seq, &format!("Messaggio {seq}"))).collect();
    let mut room = Room::reloaded(log);
    room.until("the history", |look| look.text("log").contains("Messaggio 200")).await;
    assert!(room.look.is("log", "aria-live", "off"));
    let said = |look: &crate::page::Look| {
        look.all("[role=status]")
            .iter()
            .any(|it| it.text_content().unwrap_or_default() == "200 messaggi precedenti")
    };
    assert!(said(&room.look));
    assert!(room.look.all("[part~=message]").len() < 200, "only the newest are drawn");
    room.until("the list speaks again", |look| look.is("log", "aria-live", "polite")).await;
}

#[wasm_bindgen_test]
async fn a_reload_brings_back_panel_conversation_and_draft_without_taking_the_focus() {
    let mut room = Room::reloaded(vec![logged(1, "Eccomi")]);
    room.until("the message", |look| look.text("log").contains("Eccomi")).await;
    room.until("the composer", |look| look.has("composer-input")).await;
    let input: web_sys::HtmlTextAreaElement =
        wasm_bindgen::JsCast::unchecked_into(room.look.the("composer-input"));
    assert_eq!(input.value(), "a draft");
    assert!(room.look.the("panel").has_attribute("data-open"));
    assert_eq!(document().active_element().unwrap().tag_name(), "BODY");
}

#[wasm_bindgen_test]
async fn unread_messages_are_counted_on_the_launcher_and_in_its_name() {
    let mut room = Room::new(1);
    room.talk().await;
    room.look.press("panel", "Escape", false);
    room.until("the panel closed", |look| !look.the("panel").has_attribute("data-open")).await;
    room.says("Uno");
    room.says("Due");
    room.until("the badge", |look| look.text("badge") == "2").await;
    assert!(room.look.is("launcher", "aria-label", "Contattaci, 2 messaggi non letti"));
    let focused = document().active_element().unwrap();
    assert_eq!(focused.get_attribute("part").as_deref(), Some("launcher"), "Escape gave it back");
}

#[wasm_bindgen_test]
async fn a_lost_connection_is_said_and_what_is_written_meanwhile_waits() {
    let mut room = Room::new(1);
    room.talk().await;
    room.fall_silent();
    room.cut();
    room.until("the banner", |look| look.is("banner", "data-phase", "waiting")).await;
    room.look.write("Ci siete?");
    room.look.press("composer-input", "Enter", false);
    room.until("the message, waiting", |look| look.is("message", "data-delivery", "sending")).await;
}

#[wasm_bindgen_test]
async fn ending_asks_first_and_offers_a_new_conversation() {
    let mut room = Room::new(1);
    room.talk().await;
    room.look.click("chat-menu");
    room.until("the menu", |look| look.has("end-chat")).await;
    room.look.click("end-chat");
    room.until("the question", |look| look.has("dialog")).await;
    room.look.press("dialog", "Escape", false);
    room.until("the question is gone", |look| !look.has("dialog")).await;
    assert!(room.look.the("panel").has_attribute("data-open"), "Escape answered the question only");
    assert!(!room.methods.contains(&"chat.close".to_owned()));

    room.look.click("chat-menu");
    room.until("the menu", |look| look.has("end-chat")).await;
    room.look.click("end-chat");
    room.until("the question", |look| look.has("dialog-confirm")).await;
    room.look.click("dialog-confirm");
    room.until("the end", |look| look.has("ended")).await;
    room.look.click("new-conversation");
    room.until("the home screen", |look| look.has("channel-row")).await;
    room.queue_again().await;
}

#[wasm_bindgen_test]
async fn a_pushed_page_is_asked_about_once_and_never_a_script() {
    let mut room = Room::new(1);
    room.talk().await;
    let push = |step: i64, uri: &str| {
        let mut session = session("TO_URL");
        session["step"]["step"] = json!(step);
        session["step"]["uri"] = json!(uri);
        session
    };
    room.step(&push(5, "javascript:alert(1)"));
    room.says("Guardi qui");
    room.until("the message", |look| look.has("message")).await;
    assert!(!room.look.has("to-url"), "a script is no page");

    room.step(&push(6, "https://other.example/pay"));
    room.until("the question", |look| look.has("to-url")).await;
    assert!(room.look.text("to-url").contains("other.example"));
    assert!(room.look.is("to-url-open", "target", "_blank"));
    room.look.click("to-url-dismiss");
    room.until("the answer", |look| !look.has("to-url")).await;
    room.step(&push(6, "https://other.example/pay"));
    room.says("Allora?");
    room.until("the next message", |look| look.all("[part~=message]").len() == 2).await;
    assert!(!room.look.has("to-url"), "asked once");
}

#[wasm_bindgen_test]
async fn a_page_may_object_to_the_opening() {
    let room = Room::new(1);
    room.house.objects.store(true, std::sync::atomic::Ordering::Relaxed);
    room.look.click("launcher");
    tvox_widget::signals::frame().await;
    assert!(!room.look.has("panel"));
    assert_eq!(*room.house.told.lock().unwrap(), [Announcement::Open]);
}

#[wasm_bindgen_test]
async fn another_look_does_not_disturb_a_conversation() {
    let mut room = Room::new(1);
    room.talk().await;
    room.says("Eccomi");
    room.until("the message", |look| look.has("message")).await;
    room.settings.update(|settings| {
        settings.graphics.theme = Theme::Dark;
        settings.texts = Texts::built_in(Lang::En);
    });
    room.until("the dark theme", |look| look.is("root", "data-theme", "dark")).await;
    room.until("English", |look| look.is("composer-send", "aria-label", "Send")).await;
    assert!(room.look.has("message"));
    assert_eq!(room.methods.iter().filter(|method| *method == "hello").count(), 1);
}

#[wasm_bindgen_test]
async fn a_configuration_that_is_no_use_is_shown_to_the_developer_and_can_be_mended() {
    let mut room = Room::new(1);
    let broken = Error::Config(Box::new(Mistake {
        field: "server.url".to_owned(),
        expected: "an address".to_owned(),
        found: "a number".to_owned(),
    }));
    let good = room.settings.get_untracked();
    room.settings.set(Settings::of(
        Err(broken.clone()),
        Texts::built_in(Lang::En),
        Connect::Intent,
    ));
    room.look.click("launcher");
    room.until("the mistake", |look| look.text("error").contains("server.url")).await;
    assert!(room.house.told.lock().unwrap().contains(&Announcement::Error(broken)));
    room.settings.set(good);
    room.until("the home screen", |look| look.has("channel-row")).await;
}

#[wasm_bindgen_test]
async fn markup_in_a_message_is_text_and_an_address_is_a_safe_link() {
    let mut room = Room::new(1);
    room.talk().await;
    let text = "<img src=x onerror=alert(1)> https://a.example/b javascript:alert(2)";
    room.says(text);
    room.until("the message", |look| look.has("message")).await;
    let bubble = room.look.the("bubble");
    assert_eq!(bubble.query_selector_all("img, script, iframe").unwrap().length(), 0);
    let links = bubble.query_selector_all("a").unwrap();
    assert_eq!(links.length(), 1);
    let link: web_sys::Element = wasm_bindgen::JsCast::unchecked_into(links.item(0).unwrap());
    assert_eq!(link.get_attribute("rel").unwrap(), "noopener noreferrer nofollow");
}
