//! Looking at a page, and waiting for what it comes to show.

use tvox_widget::signals::frame;
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement, Node, NodeList};

/// Longer than anything here takes, in milliseconds.
const LIMIT: f64 = 5_000.0;

pub(crate) fn document() -> Document {
    web_sys::window().unwrap().document().unwrap()
}

/// A `<div>` at the end of the page.
pub(crate) fn place() -> HtmlElement {
    let place: HtmlElement = document().create_element("div").unwrap().unchecked_into();
    document().body().unwrap().append_child(&place).unwrap();
    place
}

/// Waits until the fact holds; panics, and says what was waited for, when it does not in time.
pub(crate) async fn until(fact: &str, mut holds: impl FnMut() -> bool) {
    let limit = js_sys::Date::now() + LIMIT;
    while !holds() {
        assert!(js_sys::Date::now() < limit, "not in time: {fact}");
        frame().await;
    }
}

/// What a person finds below `root`.
pub(crate) struct Look(pub(crate) Node);

impl Look {
    pub(crate) fn all(&self, selector: &str) -> Vec<HtmlElement> {
        let found: NodeList = match self.0.dyn_ref::<Element>() {
            Some(element) => element.query_selector_all(selector),
            None => self.0.unchecked_ref::<web_sys::ShadowRoot>().query_selector_all(selector),
        }
        .unwrap();
        (0..found.length()).map(|at| found.item(at).unwrap().unchecked_into()).collect()
    }

    pub(crate) fn part(&self, name: &str) -> Option<HtmlElement> {
        self.all(&format!("[part~='{name}']")).into_iter().next()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.part(name).is_some()
    }

    pub(crate) fn the(&self, name: &str) -> HtmlElement {
        self.part(name).unwrap_or_else(|| panic!("there is no {name}"))
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.part(name).and_then(|part| part.text_content()).unwrap_or_default()
    }

    pub(crate) fn is(&self, name: &str, attribute: &str, value: &str) -> bool {
        self.part(name).and_then(|part| part.get_attribute(attribute)).as_deref() == Some(value)
    }

    pub(crate) fn click(&self, name: &str) {
        self.the(name).click();
    }

    /// Presses a key with the focus on a part.
    pub(crate) fn press(&self, name: &str, key: &str, composing: bool) {
        let init = web_sys::KeyboardEventInit::new();
        init.set_key(key);
        init.set_is_composing(composing);
        init.set_bubbles(true);
        init.set_cancelable(true);
        let event = web_sys::KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init);
        self.the(name).dispatch_event(&event.unwrap()).unwrap();
    }

    /// Writes into a question of a form, or chooses, and goes on to the next one.
    pub(crate) fn fill(&self, key: &str, text: &str) {
        let input = self.question(key);
        js_sys::Reflect::set(&input, &"value".into(), &text.into()).unwrap();
        tell(&input, "input");
        tell(&input, "blur");
    }

    /// The control of a question.
    pub(crate) fn question(&self, key: &str) -> HtmlElement {
        let found = self.all(&format!("[part~=form-field][data-key='{key}']"));
        found.into_iter().next().unwrap_or_else(|| panic!("{key} is not asked"))
    }

    /// Types into the composer.
    pub(crate) fn write(&self, text: &str) {
        let input: web_sys::HtmlTextAreaElement = self.the("composer-input").unchecked_into();
        input.set_value(text);
        let init = web_sys::EventInit::new();
        init.set_bubbles(true);
        let event = web_sys::Event::new_with_event_init_dict("input", &init).unwrap();
        input.dispatch_event(&event).unwrap();
    }
}

/// Something happens to an element.
pub(crate) fn tell(element: &HtmlElement, event: &str) {
    let init = web_sys::EventInit::new();
    init.set_bubbles(true);
    let event = web_sys::Event::new_with_event_init_dict(event, &init).unwrap();
    element.dispatch_event(&event).unwrap();
}
