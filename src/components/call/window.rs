//! What a call may do beyond its place in the page: fill the screen, float over other windows.
//!
//! Browsers differ in what they have of it, so each is looked for before it is offered.

use js_sys::{Function, Promise, Reflect};
use leptos::prelude::*;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, HtmlElement};

use crate::components::dom::{El, Node};

/// Whether an element may fill the screen (Fullscreen API); a phone of Apple's has none.
pub(super) fn can_fill() -> bool {
    is_true(&document(), "fullscreenEnabled")
}

/// Fills the screen with an element, or leaves it again. To be called within a gesture.
pub(super) fn fill(whole: Node) {
    let Some(element) = whole.get() else { return };
    if fills(whole) {
        drop(call(&document(), "exitFullscreen"));
    } else {
        drop(call(&element, "requestFullscreen"));
    }
}

/// Whether an element fills the screen.
pub(super) fn fills(whole: Node) -> bool {
    whole.get().is_some_and(|element| element.matches(":fullscreen").unwrap_or(false))
}

/// Tells when that changes, as long as the view exists.
pub(super) fn watched(view: El, whole: Node, changed: impl FnMut(Event) + 'static) -> El {
    if let Some(element) = whole.get() {
        let listener = Closure::<dyn FnMut(Event)>::new(changed);
        let function = listener.as_ref().unchecked_ref();
        let _ = element.add_event_listener_with_callback("fullscreenchange", function);
        let held = send_wrapper::SendWrapper::new((element, listener));
        on_cleanup(move || {
            let (element, listener) = &*held;
            let function = listener.as_ref().unchecked_ref();
            let _ = element.remove_event_listener_with_callback("fullscreenchange", function);
        });
    }
    view
}

/// Whether a film may float over other windows (Document Picture-in-Picture or Picture-in-Picture).
pub(super) fn can_float() -> bool {
    floats().is_some() || is_true(&document(), "pictureInPictureEnabled")
}

/// Lets a film float, or takes it back. To be called within a gesture.
///
/// A window of its own outlives the screen that it was opened from, so that the visitor browses on;
/// where the browser has none it is the element itself that floats. `show` gives a film its picture.
pub(super) fn float(film: Node, show: impl Fn(&HtmlElement) + 'static) {
    let Some(floats) = floats() else { return float_element(film) };
    if let Some(open) = get(&floats, "window").filter(|open| !open.is_null()) {
        drop(call(&open, "close"));
        return;
    }
    let Some(opened) = call(&floats, "requestWindow") else { return };
    let fill = Closure::once_into_js(move |window: JsValue| fill_window(&window, show));
    if let Some(then) = get(&opened, "then").and_then(|it| it.dyn_into::<Function>().ok())
        && let Ok(filled) = then.call1(&opened, &fill)
    {
        crate::signals::settle(filled.unchecked_into());
    }
}

fn fill_window(window: &JsValue, show: impl Fn(&HtmlElement)) {
    let own = get(window, "document").map(JsCast::unchecked_into::<web_sys::Document>);
    let Some(own) = own else { return };
    let (Some(body), Ok(film)) = (own.body(), own.create_element("video")) else { return };
    let film: HtmlElement = film.unchecked_into();
    // Style sheets do not go from one document to another.
    for (element, styles) in [
        (&body, &[("margin", "0"), ("background", "#000")][..]),
        (&film, &[("width", "100vw"), ("height", "100vh"), ("object-fit", "contain")][..]),
    ] {
        for (name, value) in styles {
            let _ = element.style().set_property(name, value);
        }
    }
    let _ = body.append_child(&film);
    show(&film);
    // The call is over: there is nothing to be seen any more.
    let window = window.clone();
    let close = Closure::once_into_js(move || drop(call(&window, "close")));
    let _ = film.add_event_listener_with_callback("emptied", close.unchecked_ref());
}

fn float_element(film: Node) {
    let Some(film) = film.get() else { return };
    if film.matches(":picture-in-picture").unwrap_or(false) {
        drop(call(&document(), "exitPictureInPicture"));
    } else {
        drop(call(&film, "requestPictureInPicture"));
    }
}

/// Windows that float, where the browser has them.
fn floats() -> Option<JsValue> {
    get(&window(), "documentPictureInPicture")
}

/// Whether a screen can be shown (Screen Capture API); a phone cannot.
pub(super) fn can_share() -> bool {
    let devices = get(&window().navigator(), "mediaDevices");
    devices.is_some_and(|devices| get(&devices, "getDisplayMedia").is_some())
}

fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &name.into()).ok().filter(|value| !value.is_undefined())
}

fn is_true(object: &JsValue, name: &str) -> bool {
    get(object, name).is_some_and(|value| value == JsValue::TRUE)
}

/// What it refuses stays as it is: there is nothing that a person could do about it.
fn call(object: &JsValue, name: &str) -> Option<Promise> {
    let method = get(object, name)?.dyn_into::<Function>().ok()?;
    let promise: Promise = method.call0(object).ok()?.dyn_into().ok()?;
    // A promise that nobody looks at would be an error in the page's console.
    crate::signals::settle(promise.clone());
    Some(promise)
}
