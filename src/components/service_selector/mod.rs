//! Whom to talk to, where a channel has several services.

use std::sync::Arc;

use leptos::prelude::*;

use super::contact::Contact;
use super::dom::{El, div, el, span};
use super::forms::ways::ways;
use super::home::view::Channel;
use super::home::{close_button, expanded, go, icon_button, row, selectable, state_line};
use super::icons::Icon;
use super::ui::Ui;
use crate::i18n::Key;

/// The service selector.
#[must_use]
pub fn service_selector(
    ui: Ui,
    contact: Contact,
    channel: Channel,
    on_service: Callback<String>,
    on_way: Callback<(Channel, Option<String>)>,
    on_back: Callback<()>,
    on_close: Callback<()>,
) -> El {
    // Of one service at a time it is shown what can be done instead.
    let asked = RwSignal::new(String::new());
    let services = contact.services(channel).into_iter().enumerate();
    let list = services.fold(
        el("ul").class("card").named("aria-label", ui, Key::Services),
        |list, (index, (code, name))| {
            let own = code.clone();
            let option = option(ui, contact, channel, (code, name), asked, on_service);
            let option = if index == 0 { option.attr("data-focus", "") } else { option };
            let shown = own.clone();
            list.child(el("li").child(option).swap_by(
                move || (asked.get() == shown).into(),
                move |open| {
                    let offers = (open == 1).then(|| contact.instead(channel, Some(&own)))?;
                    ways(ui, offers, on_way)
                },
            ))
        },
    );
    div("screen home")
        .part("services")
        .child(
            div("hero hero--plain")
                .child(
                    div("hero__top")
                        .child(icon_button(ui, Icon::BACK, "header-back", Key::Back).does(on_back))
                        .child(close_button(ui, on_close)),
                )
                .child(el("h2").class("hero__title").says(ui, Key::Services))
                .child(el("p").class("hero__subtitle").says(ui, Key::ServicesHelp)),
        )
        .child(div("cards cards--under").child(list))
}

fn option(
    ui: Ui,
    contact: Contact,
    channel: Channel,
    (code, name): (String, String),
    asked: RwSignal<String>,
    on_service: Callback<String>,
) -> El {
    let shared: Arc<str> = code.as_str().into();
    let row =
        selectable(row("service-option", Icon::HEADSET), contact, channel, Some(shared.clone()))
            .attr("data-service", &code)
            .attr_live("aria-expanded", {
                let code = code.clone();
                move || expanded(contact, channel, Some(&code), asked.get() == code)
            });
    row.on("click", move |_| {
        if untrack(|| contact.availability(channel, Some(&code))).may_start() {
            on_service.run(code.clone());
        } else {
            asked.update(|asked| {
                *asked = if *asked == code { String::new() } else { code.clone() };
            });
        }
    })
    .child(span("row__texts").child(span("row__name").text(name)).child(state_line(
        ui,
        contact,
        channel,
        Some(shared),
    )))
    .child(go())
}

/// Whether the visitor has to choose: a single service is taken at once.
#[must_use]
pub fn must_choose(services: &[(String, String)]) -> bool {
    services.len() != 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_service_is_not_a_choice() {
        let service = ("service0001".to_owned(), "Assistenza".to_owned());
        assert!(!must_choose(std::slice::from_ref(&service)));
        assert!(must_choose(&[service.clone(), service]));
    }
}
