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
use super::call::live::Call;
use super::call::part::{Check, device_check, invitation, small_call};
use super::call::{CallActions, call_screen};
use super::card::{card, first_service};
use super::chat::progress::Stage;
use super::chat::talk::Talk;
use super::chat::{ChatActions, chat_screen};
use super::contact::Contact;
use super::device_check::has_picture;
use super::dom::{El, button, div, el};
use super::forms::paper::Paper;
use super::forms::{FormActions, form_screen};
use super::home::view::Channel;
use super::home::{close_button, home};
use super::icons::Icon;
use super::launcher::launcher;
use super::queue::QueueWays;
use super::service_selector::service_selector;
use super::ui::Ui;
use crate::core::Error;
use crate::core::config::Mode;
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
    let root = desk.root();
    looks::follow(ui, root);
    page::follow(desk, root);
    let round = move || {
        let open = Reading::new(move |()| desk.is_open());
        let unread = Reading::new(move |()| desk.unread());
        launcher(ui, open, unread, desk.launcher(), Callback::new(move |()| desk.toggle()))
    };
    div("tvox")
        .part("root")
        .attr_live("lang", move || Some(ui.lang().code().into()))
        .attr_live("dir", move || Some(ui.lang().dir().into()))
        .attr_live("data-theme", move || {
            Some(looks::theme(ui.graphics(|graphics| graphics.theme)).into())
        })
        .attr_live("data-side", move || {
            Some(looks::side(ui.graphics(|graphics| graphics.position)).into())
        })
        .attr_live("data-mode", move || Some(ui.graphics(|graphics| graphics.mode).as_str().into()))
        .attr_if("data-bare", "", move || !desk.has_launcher())
        .node(root)
        .on("keydown", move |event| {
            let escape = event.dyn_ref::<KeyboardEvent>().is_some_and(|key| key.key() == "Escape");
            if escape {
                desk.close();
            }
        })
        .child(div("sr").attr("role", "status").text_live(move || news(desk)))
        .show_if(move || desk.has_launcher(), round)
        .swap_by(move || card_of(desk), move |_| contact_card(desk))
        .show_if(move || desk.was_opened(), move || panel(desk))
        .swap_by(
            move || desk.contact().map_or(0, Contact::number),
            move |_| Some(overlay(desk, desk.contact()?)),
        )
}

/// Tells one card from the next; 0 for none.
fn card_of(desk: Desk) -> u32 {
    let card = desk.ui().graphics(|graphics| graphics.mode == Mode::Card);
    if card { desk.contact().map_or(0, Contact::number) } else { 0 }
}

fn contact_card(desk: Desk) -> Option<El> {
    let contact = desk.contact()?;
    let (service, _) = first_service(contact)?;
    let choose = Callback::new(move |channel: Channel| {
        desk.open(Some((channel.on_wire(), Some(service.clone()))));
    });
    let unread = Reading::new(move |()| if desk.is_open() { 0 } else { desk.unread() });
    card(desk.ui(), contact, unread, choose)
}

/// What is shown beside the launcher, in whatever screen: an operator who calls, and the call while
/// the panel is closed.
fn overlay(desk: Desk, contact: Contact) -> El {
    let ui = desk.ui();
    let show = Callback::new(move |()| {
        desk.open(None);
        desk.go(Route::Call);
    });
    let closed = move || !desk.is_open();
    div("overlay").show_if(closed, move || small_call(ui, contact.line(), show)).child(invitation(
        ui,
        contact.line(),
        show,
    ))
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
        .attr_if("data-expanded", "", move || desk.is_floating() && ui.expanded().get())
        .attr_if("data-wide", "", move || desk.screen() == Route::Call && desk.is_beside())
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
        Some(contact) => desk.screen() as u32 + 1 + contact.number() * 16,
        None => 0,
    }
}

fn show(desk: Desk, contact: Contact, screen: Route) -> El {
    let ui = desk.ui();
    let close = Callback::new(move |()| desk.close());
    let back = Callback::new(move |()| desk.go(Route::Home));
    match screen {
        Route::Home => {
            let choose = Callback::new(move |channel| desk.choose(channel, None));
            let resume = Callback::new(move |()| desk.go(Route::Chat));
            let check = Callback::new(move |()| {
                let video = contact.channels().contains(&Channel::Video);
                desk.check(if video { Channel::Video } else { Channel::PhoneCall }, None);
            });
            with_banner(
                desk,
                contact,
                home(ui, contact, choose, desk.on_way(), resume, check, close),
            )
        }
        Route::Services => {
            let channel = desk.channel();
            let choose = Callback::new(move |code: String| desk.choose(channel, Some(code)));
            let selector =
                service_selector(ui, contact, channel, choose, desk.on_way(), back, close);
            with_banner(desk, contact, selector)
        }
        Route::Chat => {
            div("screen").child(call_strip(desk, contact)).child(chats(desk, contact, close, back))
        }
        Route::Check => {
            let call = Callback::new(move |()| desk.call_wanted());
            let video = has_picture(desk.channel());
            let call = desk.wanted().map(|_| call);
            let check = Check { video, call, done: back, close };
            with_banner(desk, contact, device_check(ui, contact.line(), check))
        }
        Route::Form | Route::Mail | Route::Callback => {
            let screen = div("screen").swap_by(
                move || desk.paper().map_or(0, Paper::number),
                move |_| Some(form(desk, desk.paper()?)),
            );
            let screen = div("screen")
                .show_if(move || is_talking(contact), move || answered(desk, contact))
                .child(screen);
            with_banner(desk, contact, screen)
        }
        Route::Call => {
            let aside = Callback::new(move |()| desk.toggle_chat());
            div("duo")
                .attr_if("data-beside", "", move || desk.is_beside())
                .child(div("duo__call").swap_by(
                    move || contact.line().call().map_or(0, Call::number),
                    move |_| {
                        desk.mind_focus();
                        Some(call(desk, contact, contact.line().call()?, close, back))
                    },
                ))
                .show_if(
                    move || desk.is_beside(),
                    move || {
                        let strip = small_call(ui, contact.line(), aside);
                        div("duo__chat").child(strip).child(chats(desk, contact, close, aside))
                    },
                )
        }
    }
}

/// Whether an operator has the conversation, reactively.
fn is_talking(contact: Contact) -> bool {
    contact.running().is_some_and(|talk| talk.stage() == Stage::Talking)
}

/// Who fills in a form while the queue moves on hears that somebody has answered.
fn answered(desk: Desk, contact: Contact) -> El {
    let ui = desk.ui();
    let words = move || {
        let name = contact.running().map_or_else(|| ui.text(Key::Operator), Talk::operator);
        ui.fill(Key::Joined, &[("name", &name)])
    };
    div("remark remark--answered")
        .attr("role", "status")
        .child(Icon::CHAT.small())
        .child(el("span").class("remark__text").text_live(words))
        .child(
            button("text-button", "form-answered")
                .on("click", move |_| desk.go(Route::Chat))
                .says(ui, Key::Resume),
        )
}

fn form(desk: Desk, paper: Paper) -> El {
    let actions = FormActions {
        back: Callback::new(move |()| desk.leave_form()),
        home: Callback::new(move |()| desk.go(Route::Home)),
        close: Callback::new(move |()| desk.close()),
        mind_focus: Callback::new(move |()| desk.mind_focus()),
        ways: Callback::new(move |()| desk.ways(paper.channel(), &paper.service())),
    };
    form_screen(desk.ui(), paper, actions)
}

fn queue_ways(desk: Desk, channel: Channel, service: String) -> QueueWays {
    let code = service.clone();
    QueueWays {
        waiting: Callback::new(move |()| desk.call_back(&code)),
        failed: Callback::new(move |()| desk.ways(channel, &service)),
    }
}

/// The call in a strip above another screen.
fn call_strip(desk: Desk, contact: Contact) -> El {
    small_call(desk.ui(), contact.line(), Callback::new(move |()| desk.go(Route::Call)))
}

fn call(desk: Desk, contact: Contact, call: Call, close: Callback<()>, back: Callback<()>) -> El {
    let ui = desk.ui();
    let has_chat = contact.services(Channel::Chat).iter().any(|(code, _)| *code == call.service());
    let actions = CallActions {
        back,
        close,
        leave: Callback::new(move |()| desk.leave_call()),
        again: Callback::new(move |()| desk.call_again()),
        chat: has_chat.then(|| Callback::new(move |()| desk.toggle_chat())),
        beside: Reading::new(move |()| desk.is_beside()),
        unread: Reading::new(move |()| desk.unread()),
        mind_focus: Callback::new(move |()| desk.mind_focus()),
        ways: queue_ways(desk, call.channel(), call.service()),
    };
    call_screen(ui, contact.line(), call, banner(ui, contact), actions)
}

fn chats(desk: Desk, contact: Contact, close: Callback<()>, back: Callback<()>) -> El {
    div("screen").swap_by(
        move || contact.talk().map_or(0, Talk::number),
        move |_| {
            desk.mind_focus();
            Some(chat(desk, contact, contact.talk()?, close, back))
        },
    )
}

fn chat(desk: Desk, contact: Contact, talk: Talk, close: Callback<()>, back: Callback<()>) -> El {
    let ui = desk.ui();
    let actions = ChatActions {
        back,
        close,
        leave: Callback::new(move |()| desk.leave()),
        again: Callback::new(move |()| desk.again()),
        mind_focus: Callback::new(move |()| desk.mind_focus()),
        ways: queue_ways(desk, Channel::Chat, talk.service()),
    };
    let visible = Reading::new(move |()| desk.is_open());
    let lost = Reading::new(move |()| contact.is_lost());
    chat_screen(ui, talk, visible, lost, banner(ui, contact), actions)
}

fn with_banner(desk: Desk, contact: Contact, screen: El) -> El {
    let strip = call_strip(desk, contact);
    div("screen").child(strip).child(screen).child(banner(desk.ui(), contact))
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
