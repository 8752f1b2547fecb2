//! How the widget stands in a page: as a card, without a launcher, large.

use leptos::prelude::*;
use tvox_widget::core::config::{Launcher, Mode};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlElement;

use crate::page::document;
use crate::room::{Room, session};

fn stand(room: &Room, mode: Mode, launcher: Launcher) {
    room.settings.update(|settings| {
        settings.graphics.mode = mode;
        settings.graphics.launcher = launcher;
    });
}

fn holds_focus(part: &str) -> bool {
    let holder = document().active_element();
    holder.and_then(|it| it.get_attribute("part")).is_some_and(|it| it == part)
}

#[wasm_bindgen_test]
async fn a_card_names_its_service_and_asks_nobody_before_a_click() {
    let mut room = Room::with_calls();
    stand(&room, Mode::Card, Launcher::Button);
    room.until("the card", |look| look.has("card")).await;
    assert_eq!(room.look.text("card-name"), "Assistenza");
    let channels = room.look.all("[part~=card-channel]");
    let channels: Vec<_> = channels.iter().map(|it| it.get_attribute("data-channel")).collect();
    let all = ["CHAT", "VIDEO", "PHONE_CALL"].map(|channel| Some(channel.to_owned()));
    assert_eq!(channels, all);
    assert!(!room.look.has("launcher"), "a card stands for the launcher");
    assert!(room.methods.is_empty(), "{:?}", room.methods);
    assert!(!room.look.is("card-state", "data-state", "checking"), "nothing is said unasked");
}

#[wasm_bindgen_test]
async fn a_cards_button_leads_to_its_service_and_has_the_focus_back_afterwards() {
    let mut room = Room::with_calls();
    stand(&room, Mode::Card, Launcher::Button);
    room.until("the card", |look| look.has("card-channel")).await;
    room.look.click("card-channel");
    room.until("the queue", |look| look.text("queue-position").contains('2')).await;
    let created = room.calls.iter().find(|call| call["method"] == "chat.create").unwrap();
    assert_eq!(created["params"]["service"], "service0001");

    room.until("the state on the card", |look| look.is("card-state", "data-state", "available"))
        .await;
    room.look.click("header-close");
    room.until("the closed panel", |look| !look.is("panel", "data-open", "")).await;
    assert!(holds_focus("card-channel"));
}

#[wasm_bindgen_test]
async fn a_card_tells_how_many_messages_wait_behind_it() {
    let mut room = Room::with_calls();
    stand(&room, Mode::Card, Launcher::Button);
    room.until("the card", |look| look.has("card-channel")).await;
    room.look.click("card-channel");
    room.until("the queue", |look| look.text("queue-position").contains('2')).await;
    room.step(&session("CONNECTED"));
    room.until("the conversation", |look| look.has("composer-input")).await;
    room.look.click("header-close");
    room.says("Buongiorno");
    room.until("the badge", |look| look.text("badge") == "1").await;
}

#[wasm_bindgen_test]
async fn without_a_launcher_the_focus_goes_back_to_the_pages_own_button() {
    let mut room = Room::new(1);
    stand(&room, Mode::Floating, Launcher::None);
    room.until("no launcher", |look| !look.has("launcher")).await;
    let button: HtmlElement = document().create_element("button").unwrap().unchecked_into();
    button.set_attribute("part", "own").unwrap();
    document().body().unwrap().append_child(&button).unwrap();
    button.focus().unwrap();
    room.desk().open(None);
    room.until("the panel", |look| look.has("channel-row")).await;
    room.until("the focus in it", |_| !holds_focus("own")).await;
    room.look.press("channel-row", "Escape", false);
    room.until("the closed panel", |look| !look.is("panel", "data-open", "")).await;
    assert!(holds_focus("own"));
    button.remove();
}

#[wasm_bindgen_test]
async fn a_large_panel_stays_large_for_the_visit_and_until_forgotten() {
    let mut room = Room::new(1);
    room.look.click("launcher");
    room.until("the home screen", |look| look.has("channel-row")).await;
    assert!(room.look.is("header-expand", "aria-pressed", "false"));
    room.look.click("header-expand");
    room.until("a large panel", |look| look.is("panel", "data-expanded", "")).await;
    assert!(room.look.is("header-expand", "aria-pressed", "true"));
    assert_eq!(room.house.kept.lock().unwrap().get("expanded").map(String::as_str), Some("1"));

    room.desk().forget();
    room.until("a panel as before", |look| !look.is("panel", "data-expanded", "")).await;
    assert!(!room.house.kept.lock().unwrap().contains_key("expanded"));
}
