//! The whole widget: launcher, panel, and the page around them.

mod desk;
mod focus;
mod looks;
mod page;
pub mod view;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

use super::banner::banner;
use super::chat::talk::Talk;
use super::chat::{ChatActions, chat_screen};
use super::contact::Contact;
use super::dom::{El, Node, div, el};
use super::home::{close_button, home};
use super::icons::Icon;
use super::launcher::launcher;
use super::service_selector::service_selector;
use super::ui::Ui;
use crate::core::Error;
use crate::i18n::Key;
use crate::signals::Reading;
pub use desk::Desk;
use view::Route;

/// The widget. It stands wherever it is put: the launcher and the panel place themselves.
#[component]
pub fn Shell(
    /// Its state.
    desk: Desk,
) -> impl IntoView {
    shell(desk)
}

/// The same as a plain function.
#[must_use]
pub fn shell(desk: Desk) -> El {
    let ui = desk.ui();
    let root = Node::new();
    looks::follow(ui, root);
    page::follow(desk, root);
    let floating = move || desk.is_floating();
    let round = move || {
        let open = Reading::new(move |()| desk.is_open());
        let unread = Reading::new(move |()| desk.unread());
        launcher(ui, open, unread, desk.launcher(), Callback::new(move |()| desk.toggle()))
    };
    div("tvox")
        .part("root")
        .attr_live("lang", move || Some(ui.lang().code().into()))
        .attr_live("data-theme", move || {
            Some(looks::theme(ui.graphics(|graphics| graphics.theme)).into())
        })
        .attr_live("data-side", move || {
            Some(looks::side(ui.graphics(|graphics| graphics.position)).into())
        })
        .attr_live("data-mode", move || {
            Some(if floating() { "floating".into() } else { "inline".into() })
        })
        .node(root)
        .on("keydown", move |event| {
            let escape = event.dyn_ref::<KeyboardEvent>().is_some_and(|key| key.key() == "Escape");
            if escape {
                desk.close();
            }
        })
        .child(div("sr").attr("role", "status").text_live(move || news(desk)))
        .show_if(floating, round)
        .show_if(move || desk.was_opened(), move || panel(desk))
}

/// Told while the panel is closed, where the conversation's own list is not spoken.
fn news(desk: Desk) -> std::borrow::Cow<'static, str> {
    let ui = desk.ui();
    if desk.is_open() || desk.unread() == 0 {
        return "".into();
    }
    let talk = desk.contact().and_then(Contact::talk);
    let name = talk.map_or_else(|| ui.text(Key::Operator), Talk::operator);
    ui.fill(Key::MessageFrom, &[("name", &name)])
}

fn panel(desk: Desk) -> El {
    let ui = desk.ui();
    el("section")
        .class("panel")
        .part("panel")
        .attr("id", "panel")
        .attr("role", "dialog")
        .attr("tabindex", "-1")
        .named("aria-label", ui, Key::Panel)
        .attr_if("data-open", "", move || desk.is_open())
        .attr_live("data-screen", move || Some(desk.screen().word().into()))
        .attr_if("data-fit", "", move || desk.screen().fits())
        .node(desk.panel())
        .on("focusin", move |_| desk.touched())
        .on("pointerdown", move |_| desk.touched())
        .swap_by(
            move || showing(desk),
            move |_| {
                desk.mind_focus();
                match desk.contact() {
                    Some(contact) => Some(show(desk, contact, desk.screen())),
                    None => unusable(ui, desk),
                }
            },
        )
}

/// Tells apart what the panel can show: 0 for a configuration that is of no use.
fn showing(desk: Desk) -> u32 {
    match desk.contact() {
        Some(contact) => desk.screen() as u32 + 1 + contact.number() * 4,
        None => 0,
    }
}

fn show(desk: Desk, contact: Contact, screen: Route) -> El {
    let ui = desk.ui();
    let close = Callback::new(move |()| desk.close());
    let back = Callback::new(move |()| desk.go(Route::Home));
    match screen {
        Route::Home => {
            let chat = Callback::new(move |()| desk.choose(None));
            let resume = Callback::new(move |()| desk.go(Route::Chat));
            with_banner(ui, contact, home(ui, contact, chat, resume, close))
        }
        Route::Services => {
            let choose = Callback::new(move |code: String| desk.choose(Some(code)));
            with_banner(ui, contact, service_selector(ui, contact, choose, back, close))
        }
        Route::Chat => div("screen").swap_by(
            move || contact.talk().map_or(0, Talk::number),
            move |_| {
                desk.mind_focus();
                Some(chat(desk, contact, contact.talk()?, close, back))
            },
        ),
    }
}

fn chat(desk: Desk, contact: Contact, talk: Talk, close: Callback<()>, back: Callback<()>) -> El {
    let ui = desk.ui();
    let actions = ChatActions {
        back,
        close,
        leave: Callback::new(move |()| desk.leave()),
        again: Callback::new(move |()| desk.again()),
        mind_focus: Callback::new(move |()| desk.mind_focus()),
    };
    let visible = Reading::new(move |()| desk.is_open());
    let lost = Reading::new(move |()| contact.is_lost());
    chat_screen(ui, talk, visible, lost, banner(ui, contact), actions)
}

fn with_banner(ui: Ui, contact: Contact, screen: El) -> El {
    div("screen").child(screen).child(banner(ui, contact))
}

/// For the developer of the page: a visitor of a finished site never sees this.
fn unusable(ui: Ui, desk: Desk) -> Option<El> {
    let error = ui.settings().conf.as_ref().err().cloned()?;
    let close = Callback::new(move |()| desk.close());
    let (field, rest) = if let Error::Config(mistake) = &error {
        let rest = format!("expected {}, found {}", mistake.expected, mistake.found);
        (mistake.field.clone(), rest)
    } else {
        (error.code().to_owned(), error.to_string())
    };
    let view = div("screen")
        .part("error")
        .child(div("bar").child(div("bar__name")).child(close_button(ui, close)))
        .child(
            div("notice")
                .child(div("notice__mark").child(Icon::ALERT.view()))
                .child(
                    el("h2")
                        .class("notice__title")
                        .attr("tabindex", "-1")
                        .attr("data-focus", "")
                        .says(ui, Key::ErrorConfig),
                )
                .child(
                    el("p")
                        .class("notice__code")
                        .attr("lang", "en")
                        .child(el("strong").text(field))
                        .child(el("br"))
                        .text(rest),
                ),
        );
    Some(view)
}
