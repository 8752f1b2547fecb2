//! Where the list of messages stands on the screen, and how it stays there.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::strip::Strip;
use super::timeline::{Content, Row, Timeline};

/// What the rows show, and the signals of those that are drawn.
pub(super) type Contents = Vec<(Row, Option<RwSignal<Content>>)>;

/// What is drawn, and what the visitor looks at.
#[derive(Default)]
pub(super) struct Place {
    pub(super) strip: Strip,
    pub(super) contents: Contents,
    /// How high the list is seen.
    pub(super) height: f64,
    /// Where the list was put when it followed what came.
    pub(super) stood: i32,
    /// The first message in view, and where in the list it stood.
    anchor: Option<(String, f64)>,
    /// A message that is to come to the view's top.
    pub(super) goal: Option<String>,
    /// The place in the server's log of the newest message towards the visitor: now, and when the rows
    /// were last drawn. What came between is news.
    pub(super) newest: u64,
    pub(super) known: u64,
}

impl Place {
    /// What to draw of a list that has changed: its end, or what was drawn before.
    pub(super) fn aim(&mut self, timeline: &Timeline, pinned: bool) {
        let heights = timeline.heights();
        if pinned {
            self.strip = Strip::end(heights, self.height);
            return;
        }
        let drawn = self.strip.drawn.clone();
        let is_first =
            |row: &Row| row.index == drawn.start && !matches!(row.content, Content::Day(_));
        let first = self.contents.iter().find(|(row, _)| is_first(row));
        let Some(first) = first.filter(|_| self.goal.is_none()).map(|(row, _)| row.key.clone())
        else {
            return;
        };
        // Others may have been put before it, or taken away.
        let there = timeline.entries().get(drawn.start).is_some_and(|it| it.key.as_str() == first);
        if there {
            self.strip.drawn.end = drawn.end.min(timeline.len());
            self.strip.below = heights[self.strip.drawn.end..].iter().sum();
        } else if let Some(at) = timeline.index(&first) {
            self.strip = Strip::of(heights, at..at + drawn.len());
        } else {
            self.strip = Strip::of(heights, drawn);
        }
    }

    /// How high the entries that are drawn stand: each with what is drawn above it.
    pub(super) fn measure(&self, list: &HtmlElement) -> Vec<(usize, f64)> {
        let children = list.children();
        let mut heights: Vec<(usize, f64)> = Vec::new();
        let mut top = list.offset_top() + whole(self.strip.above);
        for (at, (row, _)) in (0..children.length()).zip(&self.contents) {
            let Some(child) = children.item(at) else { break };
            let child: HtmlElement = child.unchecked_into();
            let bottom = child.offset_top() + child.offset_height();
            let height = f64::from(bottom - top);
            match heights.last_mut().filter(|(index, _)| *index == row.index) {
                Some((_, sum)) => *sum += height,
                None => heights.push((row.index, height)),
            }
            top = bottom;
        }
        // Nothing has a height while the panel is closed.
        heights.retain(|(_, height)| *height > 0.0);
        heights
    }

    /// Keeps what the visitor looks at where it was, whatever has been drawn above it.
    pub(super) fn hold(&mut self, pinned: bool, log: &HtmlElement, list: &HtmlElement) {
        if pinned {
            self.goal = None;
            log.set_scroll_top(log.scroll_height());
            self.stood = log.scroll_top();
            return;
        }
        if let Some(goal) = self.goal.take() {
            if let Some(row) = row(list, &goal) {
                log.set_scroll_top(row.offset_top() - 12);
            }
            return;
        }
        let Some((key, stood)) = &self.anchor else { return };
        let Some(row) = row(list, key) else { return };
        // Within the list: wherever the visitor has scrolled since, only what was drawn moves it.
        let moved = f64::from(row.offset_top()) - stood;
        if moved.abs() < 1.0 {
            return;
        }
        // Scrolling by script stops a finger's momentum: rather is the room above another.
        let above = self.strip.above - moved;
        if self.strip.drawn.start > 0 && above >= 0.0 {
            self.strip.above = above;
            pad(list, &self.strip);
        } else {
            log.set_scroll_top(log.scroll_top() + whole(moved));
        }
    }

    pub(super) fn remember(&mut self, log: &HtmlElement, list: &HtmlElement) {
        let (rows, top) = (list.children(), log.scroll_top());
        let first = (0..rows.length()).filter_map(|at| rows.item(at)).find_map(|row| {
            let row: HtmlElement = row.unchecked_into();
            let key = row.get_attribute("data-key")?;
            let stands = row.offset_top();
            (stands + row.offset_height() > top).then_some((key, f64::from(stands)))
        });
        self.anchor = first;
    }
}

/// Keeps room for what is not drawn.
pub(super) fn pad(list: &HtmlElement, strip: &Strip) {
    let style = list.style();
    for (side, room) in [("padding-block-start", strip.above), ("padding-block-end", strip.below)] {
        let _ = style.set_property(side, &format!("{}px", whole(room)));
    }
}

fn row(list: &HtmlElement, key: &str) -> Option<HtmlElement> {
    let rows = list.children();
    let mut rows = (0..rows.length()).filter_map(|at| rows.item(at));
    let row = rows.find(|row| row.get_attribute("data-key").is_some_and(|it| it == key))?;
    row.dyn_into().ok()
}

/// Whole pixels: what a browser says of where something stands is no finer.
fn whole(pixels: f64) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "a browser's page ends far below 2^31")]
    let whole = pixels.round() as i32;
    whole
}
