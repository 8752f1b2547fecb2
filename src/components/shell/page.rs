//! What the panel needs of the page around it while it fills a phone's screen, and the page's title.
//!
//! Everything that is changed is put back.

use leptos::leptos_dom::helpers::window_event_listener_untyped;
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlElement;

use super::desk::Desk;
use super::view::title;
use crate::components::dom::Node;
use crate::signals;

/// The same width at which the style sheet lets the panel fill the screen.
const PHONE: &str = "(max-width: 480px)";

/// Follows the panel: locks the page's scrolling, lets the back gesture close, keeps the composer above
/// the keyboard.
pub(super) fn follow(desk: Desk, root: Node) {
    let parent = Owner::current().unwrap_or_default();
    // Owns what has been done to the page, while it is done.
    let mut filled: Option<Owner> = None;
    signals::effect(move || {
        let fills = desk.is_open() && desk.is_floating();
        match filled.take() {
            Some(owner) if fills => filled = Some(owner),
            Some(owner) => owner.cleanup(),
            None if fills && matches(PHONE) => {
                let owner = parent.child();
                owner.with(|| fill(desk, root));
                filled = Some(owner);
            }
            None => {}
        }
    });
    retitle(desk);
}

fn fill(desk: Desk, root: Node) {
    lock_scrolling();
    close_on_back(desk);
    if let Some(root) = root.get() {
        keep_above_keyboard(&root);
    }
}

/// Whether a media query holds now.
pub(super) fn matches(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|query| query.matches())
}

fn lock_scrolling() {
    let page = document().document_element().and_then(|page| page.dyn_into::<HtmlElement>().ok());
    let Some(page) = page else { return };
    let before = page.style().get_property_value("overflow").unwrap_or_default();
    let _ = page.style().set_property("overflow", "hidden");
    let page = SendWrapper::new(page);
    on_cleanup(move || {
        let _ = page.style().set_property("overflow", &before);
    });
}

/// An entry of the session's history that stands for the open panel.
fn close_on_back(desk: Desk) {
    const STATE: &str = "tvox-widget";

    let Ok(history) = window().history() else { return };
    let _ = history.push_state_with_url(&STATE.into(), "", None);
    let listener = window_event_listener_untyped("popstate", move |_| desk.close());
    on_cleanup(move || {
        listener.remove();
        // Closed in another way: the entry has to go too.
        let ours = |history: &web_sys::History| {
            history.state().is_ok_and(|state| state == JsValue::from_str(STATE))
        };
        if let Ok(history) = window().history()
            && ours(&history)
        {
            let _ = history.back();
        }
    });
}

/// Tells the style sheet which part of the screen the on-screen keyboard leaves free.
fn keep_above_keyboard(root: &HtmlElement) {
    let Some(viewport) = window().visual_viewport() else { return };
    let style = root.style();
    let fit = {
        let (viewport, style) = (viewport.clone(), style.clone());
        move || {
            for (name, length) in [("--_vh", viewport.height()), ("--_vt", viewport.offset_top())] {
                #[expect(clippy::cast_possible_truncation, reason = "the pixels of a screen")]
                let _ = style.set_property(name, &format!("{}px", length.round() as i32));
            }
        }
    };
    fit();
    let listener = Closure::<dyn FnMut()>::new(fit);
    let function = listener.as_ref().unchecked_ref();
    for event in ["resize", "scroll"] {
        let _ = viewport.add_event_listener_with_callback(event, function);
    }
    let held = SendWrapper::new((viewport, style, listener));
    on_cleanup(move || {
        let (viewport, style, listener) = &*held;
        for event in ["resize", "scroll"] {
            let function = listener.as_ref().unchecked_ref();
            let _ = viewport.remove_event_listener_with_callback(event, function);
        }
        for name in ["--_vh", "--_vt"] {
            let _ = style.remove_property(name);
        }
    });
}

/// Counts waiting messages in the page's title while the page is not looked at; in one of the
/// visitor's tabs, not in all of them.
fn retitle(desk: Desk) {
    let hidden = RwSignal::new(document().hidden());
    let listener = window_event_listener_untyped("visibilitychange", move |_| {
        hidden.set(document().hidden());
    });
    on_cleanup(move || listener.remove());
    let mut ours: Option<(String, String)> = None;
    signals::effect(move || {
        if let Some((own, shown)) = ours.take()
            && document().title() == shown
        {
            document().set_title(&own);
        }
        // An operator who calls is news as well.
        let called = desk.contact().is_some_and(|contact| contact.line().invitation().is_some());
        let unread = desk.unread() + usize::from(called);
        if hidden.get() && unread > 0 && desk.ui().embedding().rings() {
            let own = document().title();
            let shown = title(&own, unread);
            document().set_title(&shown);
            ours = Some((own, shown));
        }
    });
}
