//! What a call may do beyond its place in the page: fill the screen, float over other windows.
//!
//! Browsers differ in what they have of it, so each is looked for before it is offered.

use js_sys::{Function, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Event;

use crate::components::dom::{El, Node};

/// Whether an element may fill the screen (Fullscreen API); a phone of Apple's has none.
pub(super) fn can_fill() -> bool {
    is_true(&document(), "fullscreenEnabled")
}

/// Fills the screen with an element, or leaves it again. To be called within a gesture.
pub(super) fn fill(whole: Node) {
    let Some(element) = whole.get() else { return };
    if fills(whole) {
        call(&document(), "exitFullscreen");
    } else {
        call(&element, "requestFullscreen");
    }
}

/// Whether an element fills the screen.
pub(super) fn fills(whole: Node) -> bool {
    whole.get().is_some_and(|element| element.matches(":fullscreen").unwrap_or(false))
}

/// Tells when that changes, as long as the view exists.
pub(super) fn watched(view: El, whole: Node, changed: impl FnMut(Event) + 'static) -> El {
    if let Some(element) = whole.get() {
        let listener = wasm_bindgen::closure::Closure::<dyn FnMut(Event)>::new(changed);
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

/// Whether a film may float over other windows (Picture-in-Picture API).
pub(super) fn can_float() -> bool {
    is_true(&document(), "pictureInPictureEnabled")
}

/// Lets a film float, or takes it back. To be called within a gesture.
pub(super) fn float(film: Node) {
    let Some(film) = film.get() else { return };
    if film.matches(":picture-in-picture").unwrap_or(false) {
        call(&document(), "exitPictureInPicture");
    } else {
        call(&film, "requestPictureInPicture");
    }
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
fn call(object: &JsValue, name: &str) {
    let Some(method) = get(object, name).and_then(|it| it.dyn_into::<Function>().ok()) else {
        return;
    };
    let Ok(promise) = method.call0(object) else { return };
    if let Ok(promise) = promise.dyn_into::<js_sys::Promise>() {
        // A promise that nobody looks at would be an error in the page's console.
        crate::signals::settle(promise);
    }
}
