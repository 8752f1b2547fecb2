//! The dark stage: who is there, what is seen, and what has to be said about it.

use std::borrow::Cow;

use leptos::prelude::*;
use web_sys::HtmlElement;

use super::CallActions;
use super::live::Call;
use super::view::{self, Remark};
use super::window;
use crate::components::banner::ticking;
use crate::components::chat::initials;
use crate::components::dom::{El, Node, button, div, el, span};
use crate::components::home::icon_button;
use crate::components::icons::Icon;
use crate::components::ui::Ui;
use crate::core::model::{MediaPhase, SessionId};
use crate::i18n::Key;
use crate::signals;

/// The pictures, or faces where there are none, with everything that is said over them.
pub(super) fn stage(ui: Ui, call: Call, other: Node, actions: CallActions) -> El {
    let picture = move || call.media(|media| media.picture);
    let own = move || call.media(|media| media.camera || media.screen);
    let blocked = move || call.media(|media| media.blocked);
    let sound = move || {
        button("button button--primary stage__sound", "sound-on")
            .on("click", move |_| call.play())
            .child(Icon::SPEAKER.view())
            .child(el("span").says(ui, Key::SoundOn))
    };
    div("stage")
        .part("call-stage")
        .attr_live("data-phase", move || Some(phase(call).into()))
        .attr_if("data-picture", "", picture)
        .show_if(picture, move || {
            film(ui, "stage__other", "other-picture", call.id().as_ref(), other)
                .attr_live("aria-label", move || Some(named(ui, call, Key::OtherPicture)))
        })
        .show_if(move || !picture(), move || portrait(ui, call))
        .show_if(own, move || own_picture(ui, call))
        .child(top(ui, call, other, actions))
        .child(
            div("stage__foot")
                .show_if(move || call.media(|media| media.other_muted), move || muted(ui, call))
                .child(remark(ui, call))
                .show_if(blocked, sound),
        )
}

fn phase(call: Call) -> &'static str {
    match call.media(|media| media.phase) {
        MediaPhase::Waiting | MediaPhase::Connecting => "connecting",
        MediaPhase::Connected => "connected",
        MediaPhase::Reconnecting => "reconnecting",
        MediaPhase::Ended => "ended",
    }
}

fn named(ui: Ui, call: Call, key: Key) -> Cow<'static, str> {
    ui.fill(key, &[("name", &call.operator())])
}

/// A film of one side: the other's of a call, or the visitor's own.
pub(in crate::components) fn film(
    ui: Ui,
    class: &'static str,
    part: &'static str,
    of: Option<&SessionId>,
    node: Node,
) -> El {
    let view = el("video")
        .class(class)
        .part(part)
        .attr("autoplay", "")
        .attr("playsinline", "")
        .attr("muted", "")
        .node(node);
    if let Some(video) = node.get() {
        // The attribute counts for parsers only. The sound is played apart from any picture: it stays
        // while no screen shows one.
        let _ = js_sys::Reflect::set(&video, &"muted".into(), &true.into());
    }
    let of = of.cloned();
    // Not before it is in the page.
    signals::effect(move || {
        if let Some(video) = node.get() {
            ui.embedding().picture(&video, of.as_ref());
        }
    });
    view
}

/// The visitor's own picture: as in a mirror, except a screen, which is to be read.
fn own_picture(ui: Ui, call: Call) -> El {
    film(ui, "stage__own", "own-picture", None, Node::new())
        .class_if("mirrored", move || !call.media(|media| media.screen))
        .named("aria-label", ui, Key::OwnPicture)
}

fn portrait(ui: Ui, call: Call) -> El {
    div("stage__portrait")
        .attr("aria-hidden", "true")
        .child(span("stage__letters").text_live(move || initials(&call.operator()).into()))
        .child(el("span").class("stage__who").text_live(move || call.operator()))
        .child(span("stage__service").text_live(move || ui.service_name(&call.service()).into()))
}

fn top(ui: Ui, call: Call, other: Node, actions: CallActions) -> El {
    let now = ticking(true);
    let time = move || call.lasted(now.get()).map_or("".into(), |time| view::clock(time).into());
    let seen = move || call.media(|media| media.picture) && window::can_float();
    let float = move || {
        icon_button(ui, Icon::FLOAT, "call-float", Key::PictureInPicture).on("click", move |_| {
            let show = move |film: &HtmlElement| {
                if let Some(id) = call.id() {
                    ui.embedding().picture(film, Some(&id));
                }
            };
            window::float(other, show);
        })
    };
    div("stage__top")
        .child(icon_button(ui, Icon::DOWN, "call-minimise", Key::Minimise).does(actions.back))
        .child(
            div("stage__card")
                .child(
                    el("h2")
                        .class("stage__name")
                        .part("header-title")
                        .text_live(move || call.operator()),
                )
                .child(
                    div("stage__line")
                        // A clock that is read out every second is noise.
                        .child(
                            el("span")
                                .class("stage__clock")
                                .part("call-timer")
                                .attr("role", "timer")
                                .text_live(time),
                        )
                        .child(bars(ui, call)),
                ),
        )
        .show_if(seen, float)
}

/// Five bars, and the same in a word.
fn bars(ui: Ui, call: Call) -> El {
    let level = move || call.media(|media| media.quality.map_or(0, |quality| quality.level));
    let words = move || {
        let key = call.media(|media| media.quality.as_ref().map(view::quality));
        key.map_or("".into(), |key| ui.fill(Key::Quality, &[("level", &ui.text(key))]))
    };
    let bars = span("bars")
        .part("call-quality")
        .attr_live("data-level", move || Some(level().to_string().into()))
        .attr_live("title", move || Some(words()));
    let bars = (0..5).fold(bars, |bars, _| bars.child(el("i")));
    bars.child(span("sr").text_live(words))
}

fn muted(ui: Ui, call: Call) -> El {
    span("stage__chip")
        .part("other-muted")
        .child(Icon::MICROPHONE.small())
        .child(el("span").text_live(move || named(ui, call, Key::OtherMuted)))
}

/// One line, spoken once: what matters most.
fn remark(ui: Ui, call: Call) -> El {
    el("div").class("stage__remarks").attr("role", "status").swap_by(
        move || call.remark().number(),
        move |_| {
            let remark = call.remark();
            let key = remark.key()?;
            let busy = matches!(remark, Remark::Connecting | Remark::Reconnecting);
            let mark = if busy { span("spinner") } else { Icon::ALERT.small() };
            let words = move || named(ui, call, key);
            Some(
                el("p")
                    .class("stage__remark")
                    .part("call-remark")
                    .attr("data-remark", remark.word())
                    .child(mark)
                    .child(el("span").text_live(words)),
            )
        },
    )
}
