//! A service in the page's own flow: its name, whether somebody is there, and the ways to reach it.

use std::borrow::Cow;
use std::sync::Arc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::contact::Contact;
use super::dom::{El, button, div, el, span};
use super::home::selectable;
use super::home::view::{Availability, Channel};
use super::icons::Icon;
use super::ui::Ui;
use crate::i18n::Key;
use crate::signals::Reading;

/// The service that a card is about: the first of the configuration, code and name.
#[must_use]
pub fn first_service(contact: Contact) -> Option<(String, String)> {
    contact.channels().into_iter().find_map(|channel| contact.services(channel).into_iter().next())
}

/// The card; nothing where the configuration names no service.
#[must_use]
pub fn card(
    ui: Ui,
    contact: Contact,
    unread: Reading<usize>,
    on_channel: Callback<Channel>,
) -> Option<El> {
    let (code, description) = first_service(contact)?;
    let code: Arc<str> = code.into();
    let offers = |channel: &Channel| contact.services(*channel).iter().any(|(it, _)| **it == *code);
    let channels: Vec<Channel> = contact.channels().into_iter().filter(offers).collect();
    let name = move || {
        let own = ui.graphics(|graphics| graphics.title.clone());
        Cow::Owned(own.unwrap_or_else(|| description.clone()))
    };
    let subtitle = move || {
        let own = ui.graphics(|graphics| graphics.subtitle.clone())?;
        Some(el("p").class("contact-card__help").part("card-subtitle").text(own))
    };
    let badge = move |count: u32| {
        let words = ui.count(Key::Unread, count.into());
        let number = span("badge").part("badge").attr("aria-hidden", "true");
        let badge = span("contact-card__badge").child(number.text(count.to_string()));
        (count > 0).then(|| badge.child(span("sr").text(words)))
    };
    let ways = channels
        .iter()
        .fold(el("ul").class("contact-card__ways").attr("role", "list"), |ways, channel| {
            ways.child(el("li").child(way(ui, contact, *channel, &code, on_channel)))
        });
    let state = state_line(ui, contact, channels, code);
    let card = div("contact-card")
        .part("card")
        .attr("role", "group")
        .attr("aria-labelledby", "card-name")
        .child(
            div("contact-card__head")
                .swap(move || Some(picture(ui)))
                .child(
                    div("contact-card__texts")
                        .child(
                            el("p")
                                .class("contact-card__name")
                                .part("card-name")
                                .attr("id", "card-name")
                                .text_live(name),
                        )
                        .swap(subtitle)
                        .child(state),
                )
                .swap_by(move || u32::try_from(unread.run(())).unwrap_or(u32::MAX), badge),
        )
        .child(ways);
    Some(card)
}

/// The site's logo, or a headset.
fn picture(ui: Ui) -> El {
    match ui.graphics(|graphics| graphics.logo.clone()) {
        Some(logo) => {
            el("img").class("contact-card__logo").part("logo").attr("alt", "").attr("src", logo)
        }
        None => span("avatar").attr("aria-hidden", "true").child(Icon::HEADSET.view()),
    }
}

/// The best state of the service's channels in words; nothing before the widget has asked.
fn state_line(ui: Ui, contact: Contact, channels: Vec<Channel>, code: Arc<str>) -> El {
    let state = move || {
        let states = channels.iter().map(|channel| contact.availability(*channel, Some(&code)));
        contact.is_started().then(|| Availability::best(states))
    };
    let (word, text) = (state.clone(), state);
    el("p")
        .class("row__state")
        .part("card-state")
        .attr("role", "status")
        .attr_live("data-state", move || word().map(|state| state.word().into()))
        .text_live(move || text().map_or("".into(), |state| ui.text(state.key())))
}

/// A channel's button.
fn way(
    ui: Ui,
    contact: Contact,
    channel: Channel,
    code: &Arc<str>,
    on_channel: Callback<Channel>,
) -> El {
    let (name, _) = channel.keys();
    let service = Arc::clone(code);
    selectable(button("button", "card-channel"), contact, channel, Some(Arc::clone(code)))
        .attr("data-channel", channel.on_wire().as_str())
        .attr("aria-haspopup", "dialog")
        .on("click", move |event| {
            if !untrack(|| contact.availability(channel, Some(&service))).may_start() {
                return;
            }
            // Where clicks give no focus (Safari), it would have nowhere to come back to.
            let target = event.current_target();
            if let Some(button) = target.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
                let _ = button.focus();
            }
            on_channel.run(channel);
        })
        .child(channel.icon().view())
        .child(span("contact-card__way").says(ui, name))
}
