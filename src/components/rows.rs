//! A keyed list: rows come, go and move, and a row that stays keeps its element.
//!
//! That matters here more than speed: a screen reader speaks what is inserted into a live region, so
//! a message whose tick changes must not be inserted again.

use leptos::prelude::*;
use leptos::tachys::view::{Mountable, Render};
use web_sys::{Element, Node};

use super::dom::{El, ElState};

/// The keys to show, in order, and how to make the row of a key.
pub(super) struct Rows {
    keys: Box<dyn FnMut() -> Vec<String> + Send>,
    row: Box<dyn Fn(&str) -> El + Send>,
}

/// A row on screen.
pub(super) struct Row {
    key: String,
    view: ElState,
    // What the row's view made reactive ends with the row, not with the list.
    owner: Owner,
}

impl Row {
    /// Takes it off the screen, and what it read with it.
    pub(super) fn end(mut self) {
        self.view.unmount();
        drop(self.view);
        self.owner.cleanup();
    }
}

impl Rows {
    pub(super) fn new(
        keys: impl FnMut() -> Vec<String> + Send + 'static,
        row: impl Fn(&str) -> El + Send + 'static,
    ) -> Self {
        Self { keys: Box::new(keys), row: Box::new(row) }
    }

    /// Appends the list to the element and keeps it true while the effect lives.
    pub(super) fn render(mut self, element: &Element) -> RenderEffect<Vec<Row>> {
        let marker: Node = document().create_comment("").into();
        let _ = element.append_child(&marker);
        let element = element.clone();
        let parent = Owner::current().unwrap_or_default();
        RenderEffect::new(move |shown: Option<Vec<Row>>| {
            let keys = (self.keys)();
            let shown = shown.unwrap_or_default();
            untrack(|| {
                follow(shown, &keys, &element, &marker, |key| {
                    let owner = parent.child();
                    let view = owner.with(|| (self.row)(key).build());
                    Row { key: key.to_owned(), view, owner }
                })
            })
        })
    }
}

/// Turns the rows shown into the rows wanted, touching only the elements that have to be touched.
fn follow(
    mut shown: Vec<Row>,
    keys: &[String],
    element: &Element,
    marker: &Node,
    make: impl Fn(&str) -> Row,
) -> Vec<Row> {
    // What comes mostly comes at the end.
    let same = shown.iter().zip(keys).take_while(|(row, key)| row.key == **key).count();
    let keys = &keys[same..];
    let mut old = Vec::new();
    for row in shown.split_off(same) {
        if keys.contains(&row.key) { old.push(row) } else { row.end() }
    }
    for key in keys {
        let row = match old.iter().position(|row| row.key == *key) {
            Some(0) => old.remove(0),
            Some(at) => placed(old.remove(at), old.first(), element, marker),
            None => placed(make(key), old.first(), element, marker),
        };
        shown.push(row);
    }
    shown
}

/// Puts a row before the first one that is still to come, or at the list's end.
fn placed(mut row: Row, next: Option<&Row>, element: &Element, marker: &Node) -> Row {
    if !next.is_some_and(|next| next.view.insert_before_this(&mut row.view)) {
        row.view.mount(element, Some(marker));
    }
    row
}
