//! A keyed list: rows come, go and move, and a row that stays keeps its element.
//!
//! That matters here more than speed: a screen reader speaks what is inserted into a live region, so
//! a message whose tick changes must not be inserted again.

use leptos::prelude::*;
use leptos::tachys::view::any_view::AnyViewState;
use leptos::tachys::view::{Mountable, Render};
use web_sys::{Element, Node};

/// The keys to show, in order, and how to make the row of a key.
pub(super) struct Rows {
    keys: Box<dyn FnMut() -> Vec<String> + Send>,
    row: Box<dyn Fn(&str) -> AnyView + Send>,
}

/// A row on screen.
pub(super) struct Row {
    key: String,
    view: AnyViewState,
    // What the row's view made reactive ends with the row, not with the list.
    owner: Owner,
}

impl Rows {
    pub(super) fn new(
        keys: impl FnMut() -> Vec<String> + Send + 'static,
        row: impl Fn(&str) -> AnyView + Send + 'static,
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
    let wanted: std::collections::BTreeSet<&str> = keys.iter().map(String::as_str).collect();
    shown.retain_mut(|row| {
        let stays = wanted.contains(row.key.as_str());
        if !stays {
            row.view.unmount();
            row.owner.cleanup();
        }
        stays
    });
    let mut old = std::collections::VecDeque::from(shown);
    let mut new = Vec::with_capacity(keys.len());
    for key in keys {
        let row = match old.iter().position(|row| row.key == *key) {
            Some(0) => old.pop_front(),
            Some(at) => old.remove(at).map(|mut row| {
                place(&mut row.view, &old, element, marker);
                row
            }),
            None => {
                let mut row = make(key);
                place(&mut row.view, &old, element, marker);
                Some(row)
            }
        };
        new.extend(row);
    }
    new
}

/// Puts a view before the first row that is still to come, or at the list's end.
fn place(
    view: &mut AnyViewState,
    next: &std::collections::VecDeque<Row>,
    element: &Element,
    marker: &Node,
) {
    let placed = next.front().is_some_and(|row| row.view.insert_before_this(view));
    if !placed {
        view.mount(element, Some(marker));
    }
}
