//! The one kind of element that the whole interface is made of.
//!
//! A Leptos view like any other (it mounts, unmounts, stands in `view!`), but of a single type and one
//! word long, for two reasons:
//!
//! * `view!` writes subtrees without dynamic parts through `template.innerHTML`, which a page that
//!   requires Trusted Types refuses. Here there is `createElement`, `setAttribute` and text nodes.
//! * `view!` gives every element a type of its own, and each is compiled again. One type is a fifth
//!   of the size.
//!
//! What is dynamic is a closure; it runs in a [`RenderEffect`] that lives as long as the element. The
//! element is made at once and not planned first: what is written is what runs, under the reactive owner
//! of the moment. Each method is a shell around a function that is compiled once.

use std::any::Any;
use std::borrow::Cow;

use leptos::prelude::*;
use leptos::tachys::html::attribute::Attribute;
use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::renderer::Rndr;
use leptos::tachys::view::add_attr::AddAnyAttr;
use leptos::tachys::view::{Mountable, Position, PositionState, Render, RenderHtml};
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, HtmlElement};

use super::rows::{Drawn, Place, Row, follow};

type Text = Cow<'static, str>;

/// A reference to an element of whatever tag, under the present reactive owner.
#[derive(Clone, Copy)]
pub struct Node(StoredValue<Option<HtmlElement>, LocalStorage>);

impl Default for Node {
    fn default() -> Self {
        Self::new()
    }
}

impl Node {
    /// A reference that is still empty.
    #[must_use]
    pub fn new() -> Self {
        Self(StoredValue::new_local(None))
    }

    /// The element, from when it is made until the owner goes.
    #[must_use]
    pub fn get(self) -> Option<HtmlElement> {
        self.0.try_get_value().flatten()
    }
}

/// An HTML element with this tag.
#[must_use]
pub fn el(tag: &'static str) -> El {
    El::new(tag, None)
}

/// A `<div>` of this class.
#[must_use]
pub fn div(class: &'static str) -> El {
    el("div").class(class)
}

/// A `<span>` of this class.
#[must_use]
pub fn span(class: &'static str) -> El {
    el("span").class(class)
}

/// A `<button>` of this class, under this public name.
#[must_use]
pub fn button(class: &'static str, part: &'static str) -> El {
    el("button").class(class).part(part).attr("type", "button")
}

/// An SVG element with this tag.
#[must_use]
pub fn svg(tag: &'static str) -> El {
    El::new(tag, Some("http://www.w3.org/2000/svg"))
}

/// An element, one word long: see [`el`].
pub struct El(Box<SendWrapper<ElState>>);

/// What an element that is shown holds: dropping it ends its listeners and effects.
pub struct ElState {
    pub(super) element: Element,
    // Not read: dropping them is what they are for. Those of the children, which stay, among them.
    held: Vec<Box<dyn Any>>,
}

/// A closure that is asked again and again. `FnMut` would do, with a second function in every table.
trait Live<T> {
    fn now(&mut self) -> T;
}

impl<T, F: FnMut() -> T> Live<T> for F {
    fn now(&mut self) -> T {
        self()
    }
}

/// What is drawn for a key.
trait View {
    fn of(&mut self, key: u32) -> Option<El>;
}

impl<F: FnMut(u32) -> Option<El>> View for F {
    fn of(&mut self, key: u32) -> Option<El> {
        self(key)
    }
}

/// What is done about an event.
trait Handler {
    fn handle(&mut self, event: Event);
}

impl<F: FnMut(Event)> Handler for F {
    fn handle(&mut self, event: Event) {
        self(event);
    }
}

impl El {
    #[inline(never)]
    fn new(tag: &'static str, namespace: Option<&'static str>) -> Self {
        let element = Rndr::create_element(tag, namespace);
        // It belongs to the page's one thread, whatever Leptos asks of a view.
        Self(Box::new(SendWrapper::new(ElState { element, held: Vec::new() })))
    }

    #[inline(never)]
    fn state(&mut self) -> &mut ElState {
        &mut self.0
    }

    /// The element itself.
    fn element(&mut self) -> Element {
        self.state().element.clone()
    }

    fn hold(&mut self, thing: Box<dyn Any>) {
        self.state().held.push(thing);
    }

    /// Runs it now and whenever what it reads changes.
    #[inline(never)]
    fn follow(mut self, mut run: Box<dyn FnMut()>) -> Self {
        let effect = RenderEffect::new(move |_| run());
        self.hold(Box::new(effect));
        self
    }

    /// Sets an attribute once.
    #[must_use]
    pub fn attr(self, name: &'static str, value: impl AsRef<str>) -> Self {
        self.attr_str(name, value.as_ref())
    }

    #[inline(never)]
    fn attr_str(mut self, name: &'static str, value: &str) -> Self {
        let _ = self.state().element.set_attribute(name, value);
        self
    }

    /// Keeps an attribute equal to what the closure says; `None` removes it.
    #[must_use]
    pub fn attr_live(
        self,
        name: &'static str,
        value: impl FnMut() -> Option<Text> + 'static,
    ) -> Self {
        self.attr_by(name, Box::new(value))
    }

    #[inline(never)]
    fn attr_by(mut self, name: &'static str, mut value: Box<dyn Live<Option<Text>>>) -> Self {
        let element = self.element();
        let mut shown = None;
        self.follow(Box::new(move || {
            let value = value.now();
            if shown != value {
                let _ = match &value {
                    Some(value) => element.set_attribute(name, value),
                    None => element.remove_attribute(name),
                };
                shown = value;
            }
        }))
    }

    /// Gives an attribute this value while the closure says so.
    #[must_use]
    pub fn attr_if(
        self,
        name: &'static str,
        value: &'static str,
        mut on: impl FnMut() -> bool + 'static,
    ) -> Self {
        self.attr_live(name, move || on().then_some(value.into()))
    }

    /// The `class` attribute, for what never changes.
    #[must_use]
    pub fn class(self, names: &'static str) -> Self {
        self.attr("class", names)
    }

    /// Adds the class while the closure says so. Call it after [`class`](Self::class).
    #[must_use]
    pub fn class_if(self, name: &'static str, on: impl FnMut() -> bool + 'static) -> Self {
        self.class_by(name, Box::new(on))
    }

    #[inline(never)]
    fn class_by(mut self, name: &'static str, mut on: Box<dyn Live<bool>>) -> Self {
        let element = self.element();
        self.follow(Box::new(move || {
            let _ = element.class_list().toggle_with_force(name, on.now());
        }))
    }

    /// The public name under which a site styles the element: `::part(name)`.
    #[must_use]
    pub fn part(self, name: &'static str) -> Self {
        self.attr("part", name)
    }

    /// Keeps a string property (such as `value`) equal to what the closure says.
    #[must_use]
    pub fn prop_live(
        mut self,
        name: &'static str,
        mut value: impl FnMut() -> Text + 'static,
    ) -> Self {
        let element = self.element();
        self.follow(Box::new(move || {
            let _ = js_sys::Reflect::set(&element, &name.into(), &(&*value()).into());
        }))
    }

    /// Listens while the element exists.
    #[must_use]
    pub fn on(self, event: &'static str, handler: impl FnMut(Event) + 'static) -> Self {
        self.listen(event, Box::new(handler))
    }

    #[inline(never)]
    fn listen(mut self, event: &'static str, mut handler: Box<dyn Handler>) -> Self {
        let closure = Closure::<dyn FnMut(Event)>::new(move |event| handler.handle(event));
        let element = self.element();
        let _ = element.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref());
        self.hold(Box::new(Listening { element, event, closure }));
        self
    }

    /// Does this when it is clicked.
    #[must_use]
    pub fn does(self, action: Callback<()>) -> Self {
        self.on("click", move |_| action.run(()))
    }

    /// Text that stays.
    #[must_use]
    pub fn text(self, text: impl AsRef<str>) -> Self {
        self.text_str(text.as_ref())
    }

    #[inline(never)]
    fn text_str(mut self, text: &str) -> Self {
        let _ = self.state().element.append_with_str_1(text);
        self
    }

    /// Text that follows the closure.
    #[must_use]
    pub fn text_live(self, text: impl FnMut() -> Text + 'static) -> Self {
        self.text_by(Box::new(text))
    }

    #[inline(never)]
    fn text_by(mut self, mut text: Box<dyn Live<Text>>) -> Self {
        let node = document().create_text_node("");
        let _ = self.state().element.append_child(&node);
        let mut shown = Text::default();
        self.follow(Box::new(move || {
            let text = text.now();
            if shown != text {
                node.set_data(&text);
                shown = text;
            }
        }))
    }

    /// A child that stays.
    #[must_use]
    #[inline(never)]
    pub fn child(mut self, child: Self) -> Self {
        let mut child = child.build();
        let state = self.state();
        let _ = state.element.append_child(&child.element);
        state.held.append(&mut child.held);
        self
    }

    /// A child that is made anew each time what the closure reads changes; `None` shows nothing.
    #[must_use]
    pub fn swap(self, mut view: impl FnMut() -> Option<Self> + 'static) -> Self {
        self.draw(None, Box::new(move |_| view()))
    }

    /// A child that is made anew, from its key, when the key changes; what the view itself reads does
    /// not matter.
    #[must_use]
    pub fn swap_by(
        self,
        key: impl FnMut() -> u32 + 'static,
        view: impl FnMut(u32) -> Option<Self> + 'static,
    ) -> Self {
        self.draw(Some(Box::new(key)), Box::new(view))
    }

    /// A child that is there while the closure says so.
    #[must_use]
    pub fn show_if(
        self,
        mut on: impl FnMut() -> bool + 'static,
        mut view: impl FnMut() -> Self + 'static,
    ) -> Self {
        self.swap_by(move || on().into(), move |on| (on == 1).then(&mut view))
    }

    #[inline(never)]
    fn draw(mut self, mut key: Option<Box<dyn Live<u32>>>, mut view: Box<dyn View>) -> Self {
        let (place, drawn) = self.place();
        let mut shown = None;
        self.follow(Box::new(move || {
            let key = key.as_mut().map(|key| key.now());
            if key.is_some() && key == shown {
                return;
            }
            shown = key;
            let new = place.draw("", &mut |_| match key {
                Some(key) => untrack(|| view.of(key)),
                None => view.of(0),
            });
            if let Some(new) = &new {
                place.put(new, None);
            }
            drawn.0.replace(new.into_iter().collect()).into_iter().for_each(Row::end);
        }))
    }

    /// A list of children that keep their element as long as their key is listed.
    #[must_use]
    pub fn rows(
        self,
        keys: impl FnMut() -> Vec<String> + 'static,
        row: impl FnMut(&str) -> Self + 'static,
    ) -> Self {
        self.list(Box::new(keys), Box::new(row))
    }

    #[inline(never)]
    fn list(
        mut self,
        mut keys: Box<dyn Live<Vec<String>>>,
        mut row: Box<dyn FnMut(&str) -> Self>,
    ) -> Self {
        let (place, drawn) = self.place();
        self.follow(Box::new(move || {
            let keys = keys.now();
            let rows = drawn.0.take();
            drawn.0.set(untrack(|| follow(rows, &keys, &place, &mut |key| Some(row(key)))));
        }))
    }

    /// A place for what comes and goes, after the children that are there.
    fn place(&mut self) -> (Place, Drawn) {
        let marker: web_sys::Node = document().create_comment("").into();
        let element = self.element();
        let _ = element.append_child(&marker);
        let drawn = Drawn::default();
        self.hold(Box::new(drawn.clone()));
        (Place::new(element, marker), drawn)
    }

    /// Gives the element to a reference.
    #[must_use]
    pub fn node(mut self, reference: Node) -> Self {
        let element = self.element().unchecked_into();
        reference.0.set_value(Some(element));
        self
    }
}

struct Listening {
    element: Element,
    event: &'static str,
    closure: Closure<dyn FnMut(Event)>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self
            .element
            .remove_event_listener_with_callback(self.event, self.closure.as_ref().unchecked_ref());
    }
}

impl Render for El {
    type State = ElState;

    fn build(self) -> ElState {
        self.0.take()
    }

    // Two elements of one type have nothing else in common: never patch one into the other.
    fn rebuild(self, state: &mut ElState) {
        let mut new = self.build();
        state.insert_before_this(&mut new);
        state.unmount();
        *state = new;
    }
}

impl Mountable for ElState {
    fn unmount(&mut self) {
        self.element.remove();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&web_sys::Node>) {
        let _ = parent.insert_before(&self.element, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.element.insert_before_this(child)
    }

    fn elements(&self) -> Vec<Element> {
        vec![self.element.clone()]
    }
}

impl AddAnyAttr for El {
    type Output<New: Attribute> = Self;

    /// Spreads an attribute from outside, as Leptos does for a component's root.
    fn add_any_attr<New: Attribute>(mut self, attribute: New) -> Self {
        // The attribute belongs to the element for good, as its own do.
        std::mem::forget(attribute.into_cloneable_owned().build(&self.state().element));
        self
    }
}

/// In the browser only: there is no server rendering of the widget, so nothing is hydrated.
impl RenderHtml for El {
    type AsyncOutput = Self;
    type Owned = Self;
    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        _: &mut String,
        _: &mut Position,
        _: bool,
        _: bool,
        _: Vec<AnyAttribute>,
    ) {
    }

    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> ElState {
        self.build()
    }

    fn into_owned(self) -> Self {
        self
    }
}
