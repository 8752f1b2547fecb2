//! Where the keyboard is.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{FocusOptions, HtmlElement};

use super::page;

/// Whether something inside has the focus.
pub(super) fn is_within(panel: &HtmlElement) -> bool {
    panel.matches(":focus-within").unwrap_or(false)
}

/// What has the focus: something inside the widget, or of the page; `None` if nothing in particular.
pub(super) fn holder(root: &HtmlElement) -> Option<HtmlElement> {
    // A shadow root and a document answer to the same name (DOM, `DocumentOrShadowRoot`).
    let within = js_sys::Reflect::get(&root.get_root_node(), &"activeElement".into()).ok();
    let within = within.and_then(|within| within.dyn_into::<HtmlElement>().ok());
    let of_page = || document().active_element()?.dyn_into::<HtmlElement>().ok();
    within.or_else(of_page).filter(|holder| holder.tag_name() != "BODY")
}

/// Focuses what the screen names first (`data-focus`), or the panel itself.
///
/// A text field is left alone where a keyboard on the screen would cover what there is to read.
pub(super) fn enter(panel: &HtmlElement) {
    let first = panel.query_selector("[data-focus]").ok().flatten();
    let first = first.filter(|first| {
        !["TEXTAREA", "INPUT"].contains(&&*first.tag_name()) || !page::matches(TOUCH)
    });
    let target = first.and_then(|first| first.dyn_into::<HtmlElement>().ok());
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    let _ = target.as_ref().unwrap_or(panel).focus_with_options(&options);
}

const TOUCH: &str = "(pointer: coarse)";
