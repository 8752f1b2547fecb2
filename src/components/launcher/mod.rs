//! The round button in the page's corner.

use std::borrow::Cow;

use leptos::prelude::*;

use super::dom::{El, Node, button, span};
use super::icons::Icon;
use super::ui::Ui;
use crate::i18n::Key;
use crate::signals::Reading;

/// Opens and closes the panel, and tells how many messages wait in it.
#[must_use]
pub fn launcher(
    ui: Ui,
    open: Reading<bool>,
    unread: Reading<usize>,
    node: Node,
    on_toggle: Callback<()>,
) -> El {
    let badge = move |count: u32| {
        let text = move || match count {
            0..=99 => ui.number(count.into()),
            _ => format!("{}+", ui.number(99)).into(),
        };
        let badge = span("badge").part("badge").attr("aria-hidden", "true");
        (count > 0).then(|| badge.text_live(text))
    };
    let count =
        move || if open.run(()) { 0 } else { u32::try_from(unread.run(())).unwrap_or(u32::MAX) };
    let label = move || {
        let label = ui.graphics(|graphics| graphics.label.clone())?;
        let view = span("launcher__label").part("launcher-label");
        Some(view.text(label))
    };
    button("launcher", "launcher")
        .attr_if("aria-controls", "panel", move || open.run(()))
        .attr("aria-haspopup", "dialog")
        .attr_live("aria-expanded", move || Some(open.run(()).to_string().into()))
        .attr_live("aria-label", move || Some(name(ui, open.run(()), unread.run(()))))
        .node(node)
        .does(on_toggle)
        .swap(label)
        .child(span("launcher__icons").child(Icon::CHATS.view()).child(Icon::DOWN.view()))
        .swap_by(count, badge)
}

/// What a screen reader calls it. It begins with the visible label (WCAG 2.2, 2.5.3).
fn name(ui: Ui, open: bool, unread: usize) -> Cow<'static, str> {
    if open {
        return ui.text(Key::LauncherClose);
    }
    let label = ui.graphics(|graphics| graphics.label.clone());
    let name = label.map_or_else(|| ui.text(Key::LauncherOpen), Cow::Owned);
    if unread == 0 {
        return name;
    }
    format!("{name}, {}", ui.count(Key::Unread, unread as u64)).into()
}
