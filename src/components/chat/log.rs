//! The list of messages: what is drawn, where it is scrolled, what is spoken, what counts as seen.

use std::borrow::Cow;

use leptos::leptos_dom::helpers::window_event_listener_untyped;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::message;
use super::talk::Talk;
use super::timeline::{Content, Row, Timeline};
use crate::components::clock;
use crate::components::dom::{El, Node, div, el};
use crate::components::icons::Icon;
use crate::components::ui::Ui;
use crate::i18n::Key;
use crate::signals::{self, Reading};

/// As many entries are drawn at first, and as many more each time the visitor scrolls to the top.
const WINDOW: u64 = 80;
/// Nearer to the end than this, in pixels, the list follows what comes.
const NEAR: i32 = 48;

/// What the rows show, and the signals of those that are drawn.
type Contents = Vec<(Row, Option<RwSignal<Content>>)>;

/// The messages. Only the newest are drawn; scrolling to the top draws more.
#[must_use]
pub fn log(ui: Ui, talk: Talk, visible: Reading<bool>) -> El {
    let log = Log {
        talk,
        visible,
        node: Node::new(),
        window: RwSignal::new(WINDOW),
        pinned: RwSignal::new(true),
    };
    let contents = StoredValue::new(Contents::new());
    let keys = move || {
        let mut rows = Vec::new();
        talk.timeline(&mut |timeline| rows = timeline.rows(log.window.get(), clock::moment));
        let keys = rows.iter().map(|row| row.key.clone()).collect();
        renew(&mut contents.write_value(), rows);
        keys
    };
    let draw = move |key: &str| {
        let mut contents = contents.write_value();
        match contents.iter_mut().rfind(|(row, _)| row.key == key) {
            Some((row, signal)) => {
                let content = RwSignal::new(row.content.clone());
                *signal = Some(content);
                message::row(ui, talk, row, content)
            }
            // The keys come from the contents; an empty row is the harmless other answer.
            None => el("div"),
        }
    };
    log.follow();
    div("chat__body")
        .child(
            div("log")
                .part("log")
                .attr("role", "log")
                .attr("tabindex", "0")
                .named("aria-label", ui, Key::Conversation)
                .attr_live("aria-live", quiet_for_history(talk))
                .node(log.node)
                .on("scroll", move |_| log.scrolled())
                .rows(keys, draw)
                .show_if(move || talk.operator_types(), dots),
        )
        .child(div("sr").attr("role", "status").text_live(move || match talk.history() {
            0 => "".into(),
            n => ui.count(Key::History, n as u64),
        }))
        .swap_by(
            move || if log.pinned.get() { 0 } else { 1 + u32::from(talk.unread() > 0) },
            move |kind| {
                let pill = (kind > 0).then(|| pill(ui, talk, kind == 2))?;
                Some(pill.on("click", move |_| log.to_end()))
            },
        )
}

/// Where the list stands.
#[derive(Clone, Copy)]
struct Log {
    talk: Talk,
    visible: Reading<bool>,
    node: Node,
    /// So many entries are drawn.
    window: RwSignal<u64>,
    /// Whether it follows what comes.
    pinned: RwSignal<bool>,
}

impl Log {
    fn follow(self) {
        // After each change: stay at the end if the visitor was there, or has just written.
        let mut last_own = None;
        signals::effect(move || {
            let mut own = None;
            self.talk.timeline(&mut |timeline| own = newest_own(timeline));
            if own.is_some() && last_own != own {
                self.pinned.set(true);
            }
            last_own = own;
            if self.pinned.get_untracked() {
                self.settle();
            } else {
                self.look();
            }
        });
        signals::effect(move || {
            if self.visible.run(()) {
                self.settle();
            }
        });
        for event in ["focus", "visibilitychange"] {
            let listener = window_event_listener_untyped(event, move |_| self.look());
            on_cleanup(move || listener.remove());
        }
    }

    /// Tells the server what the visitor sees.
    fn look(self) {
        if let Some(log) = self.node.get()
            && untrack(|| self.visible.run(()))
            && document().has_focus().unwrap_or(false)
            && let Some(key) = last_seen(&log)
        {
            self.talk.seen(&key);
        }
    }

    /// Scrolls to the end once what has changed is laid out, then looks at what is seen there.
    fn settle(self) {
        signals::after_frame(move || {
            if let (Some(true), Some(log)) = (self.pinned.try_get_untracked(), self.node.get()) {
                log.set_scroll_top(log.scroll_height());
                self.look();
            }
        });
    }

    fn scrolled(self) {
        let Some(log) = self.node.get() else { return };
        let near = rest_below(&log) < NEAR;
        if self.pinned.get_untracked() != near {
            self.pinned.set(near);
        }
        let mut all = 0;
        untrack(|| self.talk.timeline(&mut |timeline| all = timeline.len() as u64));
        let drawn = self.window.get_untracked();
        if drawn < all && log.scroll_top() < NEAR {
            extend(&log, self.window);
        } else if near && drawn > WINDOW {
            self.window.set(WINDOW);
        }
        self.look();
    }

    fn to_end(self) {
        self.pinned.set(true);
        if let Some(log) = self.node.get() {
            log.set_scroll_top(log.scroll_height());
            // The pill that had the focus is about to go.
            let _ = log.focus();
        }
        self.look();
    }
}

/// Takes the rows in: a row that was there keeps its signal.
fn renew(contents: &mut Contents, rows: Vec<Row>) {
    let old = std::mem::take(contents);
    // Rows mostly stay in order: the search begins where the last row was found.
    let mut at = 0;
    for row in rows {
        let found = (at..old.len()).chain(0..at).find(|at| old[*at].0.key == row.key);
        let mut signal = None;
        if let Some(found) = found {
            at = found;
            signal = old[at].1;
            if let Some(signal) = signal.filter(|_| old[at].0.content != row.content) {
                signal.set(row.content.clone());
            }
        }
        contents.push((row, signal));
    }
}

/// The operator writes. Words for it are said elsewhere, once.
fn dots() -> El {
    let dots = div("typing__dots").child(el("i")).child(el("i")).child(el("i"));
    div("typing").part("typing").attr("aria-hidden", "true").child(dots)
}

/// `off` while history appears, so that a screen reader is told its number and not its every word.
fn quiet_for_history(talk: Talk) -> impl FnMut() -> Option<Cow<'static, str>> + Send + 'static {
    // Longer than a browser takes to tell a screen reader of what was inserted.
    const QUIET: u32 = 1_000;

    signals::effect(move || {
        if talk.history() > 0 {
            signals::spawn(async move {
                signals::pause(QUIET).await;
                talk.history_told();
            });
        }
    });
    move || Some(if talk.history() > 0 { "off".into() } else { "polite".into() })
}

fn pill(ui: Ui, talk: Talk, news: bool) -> El {
    let words = move || match talk.unread() {
        0 => ui.text(Key::Jump),
        n => ui.count(Key::NewMessages, n as u64),
    };
    el("button")
        .class(if news { "pill pill--new" } else { "pill" })
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

/// Draws more of the past, and keeps what the visitor looks at where it is.
fn extend(log: &HtmlElement, window: RwSignal<u64>) {
    let before = log.scroll_height() - log.scroll_top();
    window.set(window.get_untracked() + WINDOW);
    let log = log.clone();
    signals::after_frame(move || log.set_scroll_top(log.scroll_height() - before));
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
