//! The first screen: a greeting, the running conversation, the ways to reach an operator.

pub mod view;

use std::borrow::Cow;
use std::sync::Arc;

use leptos::prelude::*;

use super::chat::talk::Talk;
use super::contact::Contact;
use super::dom::{El, button, div, el, span};
use super::forms::ways::ways;
use super::icons::Icon;
use super::ui::Ui;
use crate::i18n::Key;
use view::{Availability, Channel};

/// Under which it is kept for the visit that the panel is large (docs/element.md).
pub const EXPANDED: &str = "expanded";

/// The home screen.
#[must_use]
pub fn home(
    ui: Ui,
    contact: Contact,
    on_channel: Callback<Channel>,
    on_way: Callback<(Channel, Option<String>)>,
    on_resume: Callback<()>,
    on_check: Callback<()>,
    on_close: Callback<()>,
) -> El {
    let resume = move |_| {
        let talk = contact.running()?;
        Some(div("card").child(running(ui, talk, on_resume)))
    };
    let offered = contact.channels();
    let calls = offered.iter().any(|channel| channel.is_call());
    // Of one row at a time it is shown what can be done instead.
    let asked = RwSignal::new(None);
    let rows = offered.into_iter().enumerate().fold(
        el("ul").class("card").named("aria-label", ui, Key::Channels),
        |rows, (index, channel)| {
            let row = channel_row(ui, contact, channel, index == 0, asked, on_channel);
            let open = move || asked.get() == Some(channel);
            rows.child(el("li").child(row).swap_by(
                move || open().into(),
                move |open| {
                    let offers = (open == 1).then(|| contact.instead(channel, None))?;
                    ways(ui, offers, on_way)
                },
            ))
        },
    );
    let cards =
        div("cards").swap_by(move || contact.running().is_some().into(), resume).child(rows);
    let check =
        || button("text-button cards__check", "check-link").does(on_check).says(ui, Key::CheckLink);
    let cards = if calls { cards.child(check()) } else { cards };
    div("screen home").part("home").child(hero(ui, on_close)).child(cards)
}

fn hero(ui: Ui, on_close: Callback<()>) -> El {
    let logo = move || {
        let logo = ui.graphics(|graphics| graphics.logo.clone())?;
        let image = el("img").class("hero__logo").part("logo").attr("alt", "").attr("src", logo);
        Some(image)
    };
    let title = move || {
        let own = ui.graphics(|graphics| graphics.title.clone());
        own.map_or_else(|| ui.text(Key::Title), Cow::Owned)
    };
    let subtitle = move || {
        let own = ui.graphics(|graphics| graphics.subtitle.clone());
        own.map_or_else(|| ui.text(Key::Subtitle), Cow::Owned)
    };
    div("hero")
        .part("hero")
        .child(div("hero__top").swap(logo).child(close_button(ui, on_close)))
        .child(el("h2").class("hero__title").part("title").text_live(title))
        .child(el("p").class("hero__subtitle").part("subtitle").text_live(subtitle))
}

/// The buttons that make the panel large and close it; a panel in the page's flow has none.
pub(super) fn close_button(ui: Ui, on_close: Callback<()>) -> El {
    span("bar__close").show_if(move || ui.is_floating(), move || expand_button(ui)).show_if(
        move || ui.is_floating(),
        move || icon_button(ui, Icon::CLOSE, "header-close", Key::Close).does(on_close),
    )
}

/// Large or not; remembered for the visit. The style sheet hides it where there is no room.
fn expand_button(ui: Ui) -> El {
    icon_button(ui, Icon::EXPAND, "header-expand", Key::Expand)
        .class_if("expand", || true)
        .attr_live("aria-pressed", move || Some(ui.expanded().get().to_string().into()))
        .on("click", move |_| {
            let large = !ui.expanded().get_untracked();
            ui.expanded().set(large);
            ui.keep(EXPANDED, large.then_some("1"));
        })
}

/// A button that is an icon with a name.
pub(super) fn icon_button(ui: Ui, icon: Icon, part: &'static str, name: Key) -> El {
    let button = button("icon-button", part);
    button.named("aria-label", ui, name).named("title", ui, name).child(icon.view())
}

fn running(ui: Ui, talk: Talk, on_resume: Callback<()>) -> El {
    let help = move || {
        let mut newest = None;
        talk.timeline(&mut |timeline| {
            newest = timeline.newest().map(|entry| entry.text.replace('\n', " "));
        });
        newest.map_or_else(|| ui.text(Key::ResumeHelp), Cow::Owned)
    };
    let unread = move || {
        let unread = talk.unread();
        (unread > 0).then(|| {
            let words = ui.count(Key::Unread, unread as u64);
            el("span")
                .child(span("badge").attr("aria-hidden", "true").text(ui.number(unread as u64)))
                .child(span("sr").text(words))
        })
    };
    let name = move || {
        if talk.has_talked() { talk.operator() } else { ui.text(Key::Resume) }
    };
    row("resume", Icon::CHAT)
        .attr("data-focus", "")
        .does(on_resume)
        .child(
            span("row__texts")
                .child(span("row__name").text_live(name))
                .child(span("row__help row__help--line").text_live(help)),
        )
        .swap(unread)
        .child(go())
}

fn channel_row(
    ui: Ui,
    contact: Contact,
    channel: Channel,
    first: bool,
    asked: RwSignal<Option<Channel>>,
    on_channel: Callback<Channel>,
) -> El {
    let (name, help) = channel.keys();
    selectable(row("channel-row", channel.icon()), contact, channel, None)
        .attr_live("aria-expanded", move || {
            expanded(contact, channel, None, asked.get() == Some(channel))
        })
        .attr("data-channel", channel.on_wire().as_str())
        .attr_if("data-focus", "", move || first && contact.running().is_none())
        .on("click", move |_| {
            if untrack(|| contact.availability(channel, None)).may_start() {
                on_channel.run(channel);
            } else {
                asked.update(|asked| *asked = (*asked != Some(channel)).then_some(channel));
            }
        })
        .child(
            span("row__texts")
                .child(span("row__name").says(ui, name))
                .child(span("row__help").says(ui, help))
                .child(state_line(ui, contact, channel, None)),
        )
        .child(go())
}

/// A row of a card: a button with an icon.
pub(super) fn row(part: &'static str, icon: Icon) -> El {
    button("row", part).child(span("row__icon").child(icon.view()))
}

/// What a row tells of the state of a service, or of the channel. It stays focusable while it cannot be
/// chosen, so that a keyboard reaches the reason.
pub(super) fn selectable(
    row: El,
    contact: Contact,
    channel: Channel,
    service: Option<Arc<str>>,
) -> El {
    let other = service.clone();
    let state = move || contact.availability(channel, service.as_deref());
    let may_start = move |service: Option<&str>| contact.availability(channel, service).may_start();
    row.attr_live("data-state", move || Some(state().word().into())).attr_if(
        "aria-disabled",
        "true",
        move || {
            expanded(contact, channel, other.as_deref(), false).is_none()
                && !may_start(other.as_deref())
        },
    )
}

/// Whether what is offered instead of a closed service is shown; `None` where it is open, or there is
/// nothing to offer.
pub(super) fn expanded(
    contact: Contact,
    channel: Channel,
    service: Option<&str>,
    open: bool,
) -> Option<Cow<'static, str>> {
    let closed = !contact.availability(channel, service).may_start();
    (closed && !contact.instead(channel, service).is_empty()).then(|| open.to_string().into())
}

/// The state in words; nothing before the widget has asked.
pub(super) fn state_line(
    ui: Ui,
    contact: Contact,
    channel: Channel,
    service: Option<Arc<str>>,
) -> El {
    let state = move || {
        let state = contact.availability(channel, service.as_deref());
        (contact.is_started() || state != Availability::Checking).then_some(state)
    };
    let (word, text) = (state.clone(), state);
    span("row__state")
        .attr_live("data-state", move || word().map(|state| state.word().into()))
        .text_live(move || text().map_or("".into(), |state| ui.text(state.key())))
}

/// The chevron at a row's end.
pub(super) fn go() -> El {
    span("row__go").child(Icon::GO.view())
}
