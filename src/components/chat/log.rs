//! The list of messages: what is drawn, where it is scrolled, what is spoken, what counts as seen.

use std::borrow::Cow;
use std::collections::BTreeMap;

use leptos::html;
use leptos::leptos_dom::helpers::window_event_listener_untyped;
use leptos::prelude::*;
use leptos::task::spawn_local_scoped_with_cancellation;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::message;
use super::talk::Talk;
use super::timeline::{Content, Timeline};
use crate::components::clock;
use crate::components::dom::el;
use crate::components::icons::Icon;
use crate::components::ui::Ui;
use crate::i18n::Key;
use crate::signals;

/// As many entries are drawn at first, and as many more each time the visitor scrolls to the top.
const WINDOW: usize = 80;
/// Nearer to the end than this, in pixels, the list follows what comes.
const NEAR: i32 = 48;

type Contents = BTreeMap<String, ArcRwSignal<Content>>;

/// The messages. Only the newest are drawn; scrolling to the top draws more.
#[component]
pub fn Log(
    /// The shared things.
    ui: Ui,
    /// The conversation.
    talk: Talk,
    /// Whether the visitor can see it now.
    visible: Signal<bool>,
) -> impl IntoView {
    let log = NodeRef::<html::Div>::new();
    let window = RwSignal::new(WINDOW);
    let pinned = RwSignal::new(true);
    let contents = StoredValue::new(Contents::new());
    let timeline = talk.timeline();
    let types = Memo::new(move |_| talk.operator_types());

    let keys = move || {
        let rows = timeline.with(|timeline| timeline.rows(window.get(), clock::moment));
        contents
            .try_update_value(|contents| {
                let mut old = std::mem::take(contents);
                let keys = rows.into_iter().map(|row| {
                    let content = match old.remove(&row.key) {
                        Some(known) => {
                            if known.with_untracked(|known| *known != row.content) {
                                known.set(row.content);
                            }
                            known
                        }
                        None => ArcRwSignal::new(row.content),
                    };
                    contents.insert(row.key.clone(), content);
                    row.key
                });
                keys.collect()
            })
            .unwrap_or_default()
    };
    let draw = move |key: &str| {
        let content = contents.with_value(|contents| contents.get(key).cloned());
        match content {
            Some(content) => message::row(ui, talk, key, content),
            // A key comes from the map, so it is there; an empty row is the harmless other answer.
            None => el("div").into_any(),
        }
    };

    let look = move || {
        if let Some(log) = log.get_untracked()
            && visible.get_untracked()
            && document().has_focus().unwrap_or(false)
            && let Some(key) = last_seen(&log)
        {
            talk.seen(&key);
        }
    };
    // After each change: stay at the end if the visitor was there, or has just written.
    let last_own = StoredValue::new(None::<String>);
    Effect::new(move |_| {
        let own = timeline.with(newest_own);
        let wrote = own.is_some() && last_own.get_value() != own;
        last_own.set_value(own);
        if wrote {
            pinned.set(true);
        }
        types.track();
        if pinned.get_untracked() {
            settle(log, pinned, look);
        } else {
            look();
        }
    });
    Effect::new(move |_| {
        if visible.get() {
            settle(log, pinned, look);
        }
    });
    for event in ["focus", "visibilitychange"] {
        let listener = window_event_listener_untyped(event, move |_| look());
        on_cleanup(move || listener.remove());
    }

    let scrolled = move |_| {
        let Some(log) = log.get_untracked() else { return };
        let near = rest_below(&log) < NEAR;
        if pinned.get_untracked() != near {
            pinned.set(near);
        }
        let more = window.get_untracked() < timeline.with_untracked(Timeline::len);
        if more && log.scroll_top() < NEAR {
            extend(&log, window);
        } else if near && window.get_untracked() > WINDOW {
            window.set(WINDOW);
        }
        look();
    };

    el("div")
        .class("chat__body")
        .child(
            el("div")
                .class("log")
                .part("log")
                .attr("role", "log")
                .attr("tabindex", "0")
                .attr_live("aria-label", move || Some(ui.text(Key::Conversation)))
                .attr_live("aria-live", quiet_for_history(talk))
                .node(log)
                .on("scroll", scrolled)
                .rows(keys, draw)
                .swap(move || types.get().then(dots)),
        )
        .child(el("div").class("sr").attr("role", "status").text_live(move || {
            match talk.history().get() {
                0 => "".into(),
                n => ui.count(Key::History, n as u64),
            }
        }))
        .swap(move || {
            let view = (!pinned.get()).then(|| pill(ui, talk.unread()))?;
            Some(view.on("click", move |_| to_end(log, pinned, look)).into_any())
        })
}

/// The operator writes. Words for it are said elsewhere, once.
fn dots() -> AnyView {
    let dots = el("div").class("typing__dots").child(el("i")).child(el("i")).child(el("i"));
    el("div").class("typing").part("typing").attr("aria-hidden", "true").child(dots).into_any()
}

/// `off` while history appears, so that a screen reader is told its number and not its every word.
fn quiet_for_history(talk: Talk) -> impl FnMut() -> Option<Cow<'static, str>> + Send + 'static {
    // Longer than a browser takes to tell a screen reader of what was inserted.
    const QUIET: u32 = 1_000;

    Effect::new(move |_| {
        let history = talk.history().get();
        if history > 0 {
            spawn_local_scoped_with_cancellation(async move {
                signals::pause(QUIET).await;
                talk.history().set(0);
            });
        }
    });
    move || Some(if talk.history().get() > 0 { "off".into() } else { "polite".into() })
}

fn pill(ui: Ui, unread: usize) -> crate::components::dom::El {
    let words = move || match unread {
        0 => ui.text(Key::Jump),
        n => ui.count(Key::NewMessages, n as u64),
    };
    el("button")
        .class(if unread == 0 { "pill" } else { "pill pill--new" })
        .part("new-pill")
        .attr("type", "button")
        .child(Icon::DOWN.small())
        .child(el("span").text_live(words))
}

fn newest_own(timeline: &Timeline) -> Option<String> {
    use crate::core::model::Direction;
    let newest = timeline.newest()?;
    (newest.direction == Direction::Outbound).then(|| newest.key.to_string())
}

/// Scrolls to the end once what has changed is laid out, then looks at what is seen there.
fn settle(log: NodeRef<html::Div>, pinned: RwSignal<bool>, look: impl Fn() + 'static) {
    spawn_local_scoped_with_cancellation(async move {
        signals::frame().await;
        if pinned.try_get_untracked() == Some(true)
            && let Some(log) = log.try_get_untracked().flatten()
        {
            log.set_scroll_top(log.scroll_height());
        }
        look();
    });
}

fn to_end(log: NodeRef<html::Div>, pinned: RwSignal<bool>, look: impl Fn()) {
    pinned.set(true);
    if let Some(log) = log.get_untracked() {
        log.set_scroll_top(log.scroll_height());
        // The pill that had the focus is about to go.
        let _ = log.focus();
    }
    look();
}

/// Draws more of the past, and keeps what the visitor looks at where it is.
fn extend(log: &HtmlElement, window: RwSignal<usize>) {
    let before = log.scroll_height() - log.scroll_top();
    window.update(|window| *window += WINDOW);
    let log = log.clone();
    spawn_local_scoped_with_cancellation(async move {
        signals::frame().await;
        log.set_scroll_top(log.scroll_height() - before);
    });
}

fn rest_below(log: &Element) -> i32 {
    log.scroll_height() - log.scroll_top() - log.client_height()
}

/// The key of the last message towards the visitor of which at least half stands in view.
fn last_seen(log: &Element) -> Option<String> {
    let bottom = log.get_bounding_client_rect().bottom();
    let rows = log.children();
    let seen = (0..rows.length()).rev().filter_map(|at| rows.item(at)).find(|row| {
        let place = row.get_bounding_client_rect();
        let inbound = row.get_attribute("data-direction").is_some_and(|way| way == "inbound");
        inbound && place.height() > 0.0 && place.top() + place.height() / 2.0 <= bottom
    })?;
    seen.unchecked_ref::<Element>().get_attribute("data-key")
}
