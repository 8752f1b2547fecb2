//! The list of messages: what is drawn, where it is scrolled, what is spoken, what counts as seen.
//!
//! Of a long conversation only a strip is drawn. To a screen reader the list is a log that speaks what
//! is new; what is drawn because somebody scrolled there is not new and says nothing. Whoever reads on
//! backwards past the first message drawn comes to a button that draws more: the places of messages
//! among all (`aria-posinset`) would be read out with every one, and still lead nowhere.

use std::borrow::Cow;

use leptos::leptos_dom::helpers::window_event_listener_untyped;
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, HtmlElement, ResizeObserver};

use super::message;
use super::place::{Contents, Place, pad};
use super::strip::{Strip, View};
use super::talk::Talk;
use super::timeline::{Row, Timeline};
use crate::components::clock;
use crate::components::dom::{El, Node, button, div, el};
use crate::components::icons::Icon;
use crate::components::ui::Ui;
use crate::i18n::Key;
use crate::signals::{self, Reading};

/// Nearer to the end than this, in pixels, the list follows what comes.
const NEAR: f64 = 48.0;

/// The messages, with `tail` below them: what is not in the conversation yet.
#[must_use]
pub fn log(ui: Ui, talk: Talk, visible: Reading<bool>, tail: El) -> El {
    let log = Log {
        ui,
        talk,
        visible,
        node: Node::new(),
        list: Node::new(),
        earlier: Node::new(),
        place: StoredValue::new(Place::default()),
        turn: RwSignal::new(0),
        pinned: RwSignal::new(true),
        said: RwSignal::new(String::new()),
    };
    log.follow();
    div("chat__body")
        .child(
            button("log__earlier", "earlier")
                .attr("hidden", "")
                .node(log.earlier)
                .on("click", move |_| log.back())
                .says(ui, Key::EarlierMessages),
        )
        .child(
            div("log")
                .part("log")
                .attr("role", "log")
                .attr("tabindex", "0")
                .named("aria-label", ui, Key::Conversation)
                .attr_live("aria-live", quiet_for_history(talk))
                .node(log.node)
                .on("scroll", move |_| log.scrolled())
                .child(
                    div("log__list")
                        .node(log.list)
                        .rows(move || log.keys(), move |key| log.draw(key)),
                )
                .child(tail)
                .show_if(move || talk.operator_types(), dots),
        )
        .child(div("sr").attr("role", "status").text_live(move || match talk.history() {
            0 => log.said.get().into(),
            n => ui.count(Key::History, n as u64),
        }))
        .swap_by(
            move || if log.pinned.get() { 0 } else { 1 + u32::from(talk.unread() > 0) },
            move |kind| {
                let pill = (kind > 0).then(|| pill(ui, talk, kind == 2))?;
                Some(pill.on("click", move |_| log.onwards()))
            },
        )
}

/// Where the list stands. Copies are handles to the same.
#[derive(Clone, Copy)]
struct Log {
    ui: Ui,
    talk: Talk,
    visible: Reading<bool>,
    node: Node,
    list: Node,
    earlier: Node,
    place: StoredValue<Place>,
    /// Told when another strip is to be drawn.
    turn: RwSignal<u32>,
    /// Whether it follows what comes.
    pinned: RwSignal<bool>,
    /// What was written while the visitor reads further up.
    said: RwSignal<String>,
}

impl Log {
    /// What is to be drawn now.
    fn keys(self) -> Vec<String> {
        self.turn.track();
        let mut keys = Vec::new();
        self.talk.timeline(&mut |timeline| {
            let place = &mut *self.place.write_value();
            place.aim(timeline, self.pinned.get_untracked());
            let rows = timeline.rows(place.strip.drawn.clone(), clock::moment);
            keys = rows.iter().map(|row| row.key.clone()).collect();
            renew(&mut place.contents, rows);
            place.known = place.newest;
            let newest = timeline.newest_news().and_then(|entry| entry.seq);
            place.newest = newest.unwrap_or_default();
            // Before anybody asks where something stands: a list that is too short for a moment is
            // scrolled by the browser.
            if let Some(list) = self.list.get() {
                pad(&list, &place.strip);
            }
        });
        keys
    }

    fn draw(self, key: &str) -> El {
        let mut found = None;
        {
            let place = &mut *self.place.write_value();
            let known = place.known;
            if let Some((row, signal)) = place.contents.iter_mut().rfind(|it| it.0.key == key) {
                let content = RwSignal::new(row.content.clone());
                *signal = Some(content);
                found = Some((row.clone(), content, known));
            }
        }
        // The keys come from the contents; an empty row is the harmless other answer.
        let Some((row, content, known)) = found else { return el("div") };
        let mut news = false;
        self.talk.timeline(&mut |timeline| {
            let seq = timeline.entries().get(row.index).and_then(|entry| entry.seq);
            news = seq.is_some_and(|seq| seq > known);
        });
        message::row(self.ui, self.talk, &row, content, news)
    }

    fn follow(self) {
        // After each change: to the end if the visitor was there, or has just written.
        let (mut last_own, mut last_news) = (None, None);
        signals::effect(move || {
            let (mut own, mut news) = (None, None);
            self.talk.timeline(&mut |timeline| {
                own = newest_own(timeline);
                news = timeline.newest_news().map(|it| (it.seq, it.text.to_string()));
            });
            if own.is_some() && last_own != own {
                self.pinned.set(true);
            }
            if news.is_some() && last_news.is_some() && last_news != news {
                self.say(news.as_ref().map(|(_, text)| &**text).unwrap_or_default());
            }
            (last_own, last_news) = (own, news);
            self.settle();
        });
        signals::effect(move || {
            if self.visible.run(()) {
                self.settle();
            }
        });
        for event in ["focus", "visibilitychange"] {
            let listener = window_event_listener_untyped(event, move |_| self.settle());
            on_cleanup(move || listener.remove());
        }
        // A keyboard on the screen, a card above the composer, a longer draft.
        let resized = Closure::<dyn FnMut()>::new(move || self.settle());
        if let Ok(observer) = ResizeObserver::new(resized.as_ref().unchecked_ref()) {
            let held = SendWrapper::new((observer.clone(), resized));
            on_cleanup(move || held.0.disconnect());
            signals::effect(move || {
                if let Some(log) = self.node.get() {
                    observer.observe(&log);
                }
            });
        }
    }

    /// News that are not drawn, because the visitor reads elsewhere, are said all the same.
    fn say(self, text: &str) {
        let pinned = self.pinned.get_untracked();
        let name = if pinned { Cow::default() } else { untrack(|| self.talk.operator()) };
        self.said.set(if pinned { String::new() } else { format!("{name}: {text}") });
    }

    /// Tells the server what the visitor sees.
    fn look(self) {
        if let (Some(log), Some(list)) = (self.node.get(), self.list.get())
            && untrack(|| self.visible.run(()))
            && document().has_focus().unwrap_or(false)
            && let Some(key) = last_seen(&log, &list)
        {
            self.talk.seen(&key);
        }
    }

    /// Puts everything in its place once what has changed is drawn, before it is painted.
    fn settle(self) {
        signals::after_frame(move || {
            if let (Some(pinned), Some(log), Some(list)) =
                (self.pinned.try_get_untracked(), self.node.get(), self.list.get())
            {
                self.arrange(pinned, &log, &list);
                self.look();
            }
        });
    }

    fn arrange(self, pinned: bool, log: &HtmlElement, list: &HtmlElement) {
        let redraw = {
            let place = &mut *self.place.write_value();
            place.height = f64::from(log.client_height());
            pad(list, &place.strip);
            self.talk.measured(&place.measure(list));
            place.hold(pinned, log, list);
            place.remember(log, list);
            let earlier = place.strip.drawn.start > 0;
            if let Some(button) = self.earlier.get() {
                let _ = button.toggle_attribute_with_force("hidden", !earlier);
            }
            !pinned && self.renew(place, log, list)
        };
        if redraw {
            self.redraw();
        } else if !pinned && self.is_at_end(log) {
            // Who jumped here is told of no scrolling once the end is drawn.
            self.pinned.set(true);
        }
    }

    fn is_at_end(self, log: &Element) -> bool {
        let mut all = 0;
        untrack(|| self.talk.timeline(&mut |timeline| all = timeline.len()));
        self.place.read_value().strip.is_end(all) && rest_below(log) < NEAR
    }

    /// Chooses what is to be drawn where the visitor has come to; false while what is drawn will do.
    fn renew(self, place: &mut Place, log: &HtmlElement, list: &HtmlElement) -> bool {
        let top = f64::from(log.scroll_top() - list.offset_top());
        let view = View { top, height: place.height };
        let mut next = None;
        untrack(|| {
            self.talk.timeline(&mut |timeline| {
                next = place.strip.follow(timeline.heights(), view);
            });
        });
        let changed = next.as_ref().is_some_and(|next| next.drawn != place.strip.drawn);
        if let (true, Some(next)) = (changed, next) {
            place.strip = next;
        }
        changed
    }

    fn redraw(self) {
        self.turn.update(|turn| *turn = turn.wrapping_add(1));
        self.settle();
    }

    fn scrolled(self) {
        let (Some(log), Some(list)) = (self.node.get(), self.list.get()) else { return };
        let at_end = self.is_at_end(&log);
        let (redraw, near) = {
            let place = &mut *self.place.write_value();
            place.height = f64::from(log.client_height());
            // News may have come since the list was put to its end: who has not scrolled up follows.
            let follows = self.pinned.get_untracked() && log.scroll_top() >= place.stood - 1;
            let near = follows || at_end;
            place.remember(&log, &list);
            (!near && self.renew(place, &log, &list), near)
        };
        if self.pinned.get_untracked() != near {
            self.pinned.set(near);
        }
        if redraw {
            self.redraw();
        }
        self.look();
    }

    /// A view further up, for whoever does not scroll.
    fn back(self) {
        if let Some(log) = self.node.get() {
            log.set_scroll_top(log.scroll_top() - log.client_height());
        }
    }

    /// To the first message that was not seen, where there is one further down, else to the end.
    fn onwards(self) {
        let mut goal = None;
        untrack(|| {
            let read = self.talk.read();
            self.talk.timeline(&mut |timeline| {
                goal = timeline.first_unread(read).and_then(|index| {
                    let place = &mut *self.place.write_value();
                    let far = timeline.heights()[index..].iter().sum::<f64>() > place.height;
                    far.then(|| {
                        place.strip = Strip::around(timeline.heights(), index, place.height);
                        place.goal = timeline.entries().get(index).map(|it| it.key.to_string());
                    })
                });
            });
        });
        if goal.is_none() {
            self.pinned.set(true);
        }
        // The pill that had the focus is about to go.
        if let Some(log) = self.node.get() {
            let _ = log.focus();
        }
        self.redraw();
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

fn rest_below(log: &Element) -> f64 {
    f64::from(log.scroll_height() - log.scroll_top() - log.client_height())
}

/// The key of the last message towards the visitor of which at least half stands in view.
fn last_seen(log: &Element, list: &Element) -> Option<String> {
    let bottom = log.get_bounding_client_rect().bottom();
    let rows = list.children();
    let seen = (0..rows.length()).rev().filter_map(|at| rows.item(at)).find(|row| {
        let place = row.get_bounding_client_rect();
        let inbound = row.get_attribute("data-direction").is_some_and(|way| way == "inbound");
        inbound && place.height() > 0.0 && place.top() + place.height() / 2.0 <= bottom
    })?;
    seen.unchecked_ref::<Element>().get_attribute("data-key")
}
