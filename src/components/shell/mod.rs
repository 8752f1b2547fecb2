//! The whole widget: launcher, panel, and the page around them.

mod desk;
mod focus;
mod looks;
mod page;
pub mod view;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

use super::banner::{Banner, BannerProps};
use super::chat::talk::Talk;
use super::chat::{ChatActions, ChatScreen, ChatScreenProps};
use super::contact::Contact;
use super::dom::{El, Node, el};
use super::home::{Home, HomeProps, close_button};
use super::icons::Icon;
use super::launcher::{Launcher, LauncherProps};
use super::service_selector::{ServiceSelector, ServiceSelectorProps};
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
    let ui = desk.ui();
    let root = Node::new();
    looks::follow(ui, root);
    page::follow(desk, root);
    let floating = move || desk.is_floating();
    let launcher = move || {
        let props = LauncherProps::builder()
            .ui(ui)
            .open(Reading::new(move |()| desk.is_open()))
            .unread(Reading::new(move |()| desk.unread()))
            .node(desk.launcher)
            .on_toggle(Callback::new(move |()| desk.toggle()));
        Launcher(props.build()).into_any()
    };
    el("div")
        .class("tvox")
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
        .child(el("div").class("sr").attr("role", "status").text_live(move || news(desk)))
        .show_if(floating, launcher)
        .show_if(move || desk.was_opened(), move || panel(desk).into_any())
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
        .attr_live("aria-label", move || Some(ui.text(Key::Panel)))
        .attr_live("data-open", move || desk.is_open().then_some("".into()))
        .attr_live("data-screen", move || Some(desk.screen().word().into()))
        .attr_live("data-fit", move || desk.screen().fits().then_some("".into()))
        .node(desk.panel)
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

fn show(desk: Desk, contact: Contact, screen: Route) -> AnyView {
    let ui = desk.ui();
    let close = Callback::new(move |()| desk.close());
    let home = Callback::new(move |()| desk.go(Route::Home));
    match screen {
        Route::Home => {
            let props = HomeProps::builder().ui(ui).contact(contact).on_close(close);
            let props = props
                .on_chat(Callback::new(move |()| desk.choose(None)))
                .on_resume(Callback::new(move |()| desk.go(Route::Chat)));
            with_banner(ui, contact, Home(props.build()).into_any())
        }
        Route::Services => {
            let props = ServiceSelectorProps::builder().ui(ui).contact(contact).on_close(close);
            let props = props
                .on_service(Callback::new(move |code: String| desk.choose(Some(code))))
                .on_back(home);
            with_banner(ui, contact, ServiceSelector(props.build()).into_any())
        }
        Route::Chat => el("div")
            .class("screen")
            .swap_by(
                move || contact.talk().map_or(0, Talk::number),
                move |_| {
                    desk.mind_focus();
                    Some(chat(desk, contact, contact.talk()?, close, home))
                },
            )
            .into_any(),
    }
}

fn chat(
    desk: Desk,
    contact: Contact,
    talk: Talk,
    close: Callback<()>,
    back: Callback<()>,
) -> AnyView {
    let ui = desk.ui();
    let actions = ChatActions {
        back,
        close,
        leave: Callback::new(move |()| desk.leave()),
        again: Callback::new(move |()| desk.again()),
        mind_focus: Callback::new(move |()| desk.mind_focus()),
    };
    let props = ChatScreenProps::builder()
        .ui(ui)
        .talk(talk)
        .visible(Reading::new(move |()| desk.is_open()))
        .lost(Reading::new(move |()| contact.is_lost()))
        .banner(Banner(BannerProps::builder().ui(ui).contact(contact).build()).into_any())
        .actions(actions);
    ChatScreen(props.build()).into_any()
}

fn with_banner(ui: Ui, contact: Contact, screen: AnyView) -> AnyView {
    el("div")
        .class("screen")
        .child(screen)
        .child(Banner(BannerProps::builder().ui(ui).contact(contact).build()))
        .into_any()
}

/// For the developer of the page: a visitor of a finished site never sees this.
fn unusable(ui: Ui, desk: Desk) -> Option<AnyView> {
    let error = ui.settings().conf.as_ref().err().cloned()?;
    let close = Callback::new(move |()| desk.close());
    let (field, rest) = if let Error::Config(mistake) = &error {
        let rest = format!("expected {}, found {}", mistake.expected, mistake.found);
        (mistake.field.clone(), rest)
    } else {
        (error.code().to_owned(), error.to_string())
    };
    let view = el("div")
        .class("screen")
        .part("error")
        .child(
            el("div")
                .class("bar")
                .child(el("div").class("bar__name"))
                .child(close_button(ui, close)),
        )
        .child(
            el("div")
                .class("notice")
                .child(el("div").class("notice__mark").child(Icon::ALERT.view()))
                .child(
                    el("h2")
                        .class("notice__title")
                        .attr("tabindex", "-1")
                        .attr("data-focus", "")
                        .text_live(move || ui.text(Key::ErrorConfig)),
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
    Some(view.into_any())
}
