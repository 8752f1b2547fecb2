//! What comes and goes in an element: one view after another, or a keyed list.
//!
//! A row that stays keeps its element. That matters here more than speed: a screen reader speaks what is
//! inserted into a live region, so a message whose tick changes must not be inserted again.

use std::cell::Cell;
use std::rc::Rc;

use leptos::prelude::*;
use leptos::tachys::view::Render;
use web_sys::{Element, Node};

use super::dom::{El, ElState};

/// Turns the rows shown into the rows wanted, touching only the elements that have to be touched.
pub(super) fn follow(
    mut shown: Vec<Row>,
    keys: &[String],
    place: &Place,
    make: &mut dyn FnMut(&str) -> Option<El>,
) -> Vec<Row> {
    // What comes mostly comes at the end.
    let same = shown.iter().zip(keys).take_while(|(row, key)| row.key == **key).count();
    let keys = &keys[same..];
    let mut old = Vec::new();
    for row in shown.split_off(same) {
        if keys.contains(&row.key) { old.push(row) } else { row.end() }
    }
    for key in keys {
        let known = old.iter().position(|row| row.key == *key);
        let row = known.map_or_else(|| place.draw(key, make), |at| Some(old.remove(at)));
        let Some(row) = row else { continue };
        // The next one of those that were there stands where it should.
        if known != Some(0) {
            place.put(&row, old.first());
        }
        shown.push(row);
    }
    shown
}

/// Where in an element something comes and goes.
pub(super) struct Place {
    element: Element,
    marker: Node,
    owner: Owner,
}

impl Place {
    /// Before this marker, under the present reactive owner.
    pub(super) fn new(element: Element, marker: Node) -> Self {
        Self { element, marker, owner: Owner::current().unwrap_or_default() }
    }

    /// Draws something, to be put there. Its signals live under an owner of its own and go after the
    /// view that reads them.
    pub(super) fn draw(&self, key: &str, view: &mut dyn FnMut(&str) -> Option<El>) -> Option<Row> {
        let owner = self.owner.child();
        let view = owner.with(|| view(key))?.build();
        let row = Row { key: key.to_owned(), view, owner };
        self.put(&row, None);
        Some(row)
    }

    /// Puts a row before another one, or at the place's end.
    pub(super) fn put(&self, row: &Row, next: Option<&Row>) {
        let before = next.map_or(&self.marker, |next| &next.view.element);
        let _ = self.element.insert_before(&row.view.element, Some(before));
    }
}

/// Something that is drawn and may go.
pub(super) struct Row {
    key: String,
    view: ElState,
    // What the row's view made reactive ends with the row, not with the element around it.
    owner: Owner,
}

impl Row {
    /// Takes it off the screen, and what it read with it.
    pub(super) fn end(self) {
        self.view.element.remove();
        drop(self.view);
        self.owner.cleanup();
    }
}

/// What is drawn at a place: held by the element and by the effect that draws it.
///
/// An effect's task ends only when it is polled again. In between, effects further in that were already
/// due would run, and read signals that have gone with their owner. So what is drawn ends as soon as
/// one of the two lets go.
#[derive(Clone, Default)]
pub(super) struct Drawn(pub(super) Rc<Cell<Vec<Row>>>);

impl Drop for Drawn {
    fn drop(&mut self) {
        self.0.take().into_iter().for_each(Row::end);
    }
}
