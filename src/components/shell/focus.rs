//! Where the keyboard is.

use wasm_bindgen::JsCast;
use web_sys::{FocusOptions, HtmlElement};

use super::page;

/// Whether something inside has the focus.
pub(super) fn is_within(panel: &HtmlElement) -> bool {
    panel.matches(":focus-within").unwrap_or(false)
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
