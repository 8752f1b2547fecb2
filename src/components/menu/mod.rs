//! A button that opens a menu (WAI-ARIA Authoring Practices, "Menu Button").

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, KeyboardEvent};

use super::dom::{El, Node, button, div, el};
use super::home::icon_button;
use super::icons::Icon;
use super::ui::Ui;
use crate::i18n::Key;
use crate::signals;

/// Something that can be chosen.
#[derive(Clone, Copy)]
pub struct Item {
    /// Its public name.
    pub part: &'static str,
    /// Its picture.
    pub icon: Icon,
    /// What it says.
    pub name: Key,
    /// What it does.
    pub does: Callback<()>,
}

/// The button and its menu. `items` is asked each time the menu opens.
#[must_use]
pub fn menu(
    ui: Ui,
    part: &'static str,
    name: Key,
    items: impl Fn() -> Vec<Item> + Send + 'static,
) -> El {
    let (opener, list) = (Node::new(), Node::new());
    let open = RwSignal::new(false);
    let shut = move || {
        open.set(false);
        if let Some(opener) = opener.get() {
            let _ = opener.focus();
        }
    };
    let enter = move |last: bool| {
        open.set(true);
        signals::after_frame(move || {
            let Some(list) = list.get() else { return };
            let at = if last { list.children().length().saturating_sub(1) } else { 0 };
            focus(&list, at);
        });
    };
    // The menu stays while the focus is in it.
    let left = move |_| {
        signals::after_frame(move || {
            let inside = list.get().is_some_and(|list| list.matches(":focus-within") == Ok(true));
            if !inside {
                let _ = open.try_set(false);
            }
        });
    };
    let opening = move |event: Event| {
        match pressed(&event).as_deref() {
            Some("ArrowDown") => enter(false),
            Some("ArrowUp") => enter(true),
            _ => return,
        }
        event.prevent_default();
    };
    let walking = move |event: Event| {
        let (Some(key), Some(list)) = (pressed(&event), list.get()) else { return };
        let all = list.children().length().max(1);
        let here = (0..all).find(|at| {
            list.children().item(*at).is_some_and(|item| item.matches(":focus") == Ok(true))
        });
        let here = here.unwrap_or_default();
        match key.as_str() {
            "ArrowDown" => focus(&list, (here + 1) % all),
            "ArrowUp" => focus(&list, (here + all - 1) % all),
            "Home" => focus(&list, 0),
            "End" => focus(&list, all - 1),
            "Escape" => {
                // It closes the menu, not the panel.
                event.stop_propagation();
                shut();
            }
            // On to whatever comes after the button.
            "Tab" => return shut(),
            _ => return,
        }
        event.prevent_default();
    };
    let drawn = move || {
        let list = div("menu__list")
            .part("menu")
            .attr("role", "menu")
            .named("aria-label", ui, name)
            .node(list)
            .on("keydown", walking)
            .on("focusout", left)
            // Safari takes the focus from a menu whose button is pressed.
            .on("mousedown", |event| event.prevent_default());
        items().into_iter().fold(list, |list, item| {
            list.child(
                button("menu__item", item.part)
                    .attr("role", "menuitem")
                    .attr("tabindex", "-1")
                    .on("click", move |_| {
                        shut();
                        item.does.run(());
                    })
                    .child(item.icon.view())
                    .child(el("span").says(ui, item.name)),
            )
        })
    };
    div("menu")
        .child(
            icon_button(ui, Icon::MORE, part, name)
                .attr("aria-haspopup", "menu")
                .attr_live("aria-expanded", move || Some(open.get().to_string().into()))
                .node(opener)
                .on("click", move |_| if open.get_untracked() { shut() } else { enter(false) })
                .on("keydown", opening),
        )
        .show_if(move || open.get(), drawn)
}

fn pressed(event: &Event) -> Option<String> {
    Some(event.dyn_ref::<KeyboardEvent>()?.key())
}

fn focus(list: &HtmlElement, at: u32) {
    let item = list.children().item(at).and_then(|item| item.dyn_into::<HtmlElement>().ok());
    if let Some(item) = item {
        let _ = item.focus();
    }
}
