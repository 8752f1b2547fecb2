//! The one kind of element that the whole interface is made of.
//!
//! A Leptos view like any other (it mounts, unmounts, nests in `view!` and in [`AnyView`]), but of a
//! single type, for two reasons:
//!
//! * `view!` writes subtrees without dynamic parts through `template.innerHTML`, which a page that
//!   requires Trusted Types refuses. Here there is `createElement`, `setAttribute` and text nodes.
//! * `view!` gives every element a type of its own, and each is compiled again. One type is a fifth
//!   of the size.
//!
//! What is dynamic is a closure; it runs in a [`RenderEffect`] that lives as long as the element.

use std::borrow::Cow;

use leptos::html::Custom;
use leptos::prelude::*;
use leptos::tachys::html::attribute::Attribute;
use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::html::node_ref::NodeRefContainer;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::view::add_attr::AddAnyAttr;
use leptos::tachys::view::any_view::AnyViewState;
use leptos::tachys::view::{Mountable, Position, PositionState, Render, RenderHtml};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event};

use super::rows::{Row, Rows};

type Text = Cow<'static, str>;

/// A reference to an element of whatever tag: empty until it is built.
pub type Node = NodeRef<Custom<&'static str>>;

/// An HTML element with this tag.
#[must_use]
pub fn el(tag: &'static str) -> El {
    El::new(tag, None)
}

/// An SVG element with this tag.
#[must_use]
pub fn svg(tag: &'static str) -> El {
    El::new(tag, Some("http://www.w3.org/2000/svg"))
}

/// An element that is still to be built: see [`el`].
pub struct El {
    tag: &'static str,
    namespace: Option<&'static str>,
    attributes: Vec<(&'static str, Value)>,
    listeners: Vec<(&'static str, Listener)>,
    children: Vec<Child>,
    built: Vec<Built>,
}

type Listener = Box<dyn FnMut(Event) + Send>;
type Built = Box<dyn FnOnce(&Element) + Send>;

enum Value {
    Fixed(Text),
    Live(Box<dyn FnMut() -> Option<Text> + Send>),
    Toggle(Box<dyn FnMut() -> bool + Send>),
    Property(Box<dyn FnMut() -> Text + Send>),
}

enum Child {
    Text(Text),
    Live(Box<dyn FnMut() -> Text + Send>),
    View(AnyView),
    Swap(Swap),
    Rows(Rows),
}

/// A child that is replaced.
struct Swap {
    /// While this stays the same, so does the child; `None` replaces it at each change.
    key: Option<Box<dyn FnMut() -> u32 + Send>>,
    view: Box<dyn FnMut(u32) -> Option<AnyView> + Send>,
}

/// What a [`Swap`] shows. Its signals live under an owner of its own and go after the view that reads
/// them.
struct Shown {
    key: u32,
    view: Option<AnyViewState>,
    owner: Owner,
}

impl El {
    fn new(tag: &'static str, namespace: Option<&'static str>) -> Self {
        Self {
            tag,
            namespace,
            attributes: Vec::new(),
            listeners: Vec::new(),
            children: Vec::new(),
            built: Vec::new(),
        }
    }

    /// Sets an attribute once.
    #[must_use]
    pub fn attr(mut self, name: &'static str, value: impl Into<Text>) -> Self {
        self.attributes.push((name, Value::Fixed(value.into())));
        self
    }

    /// Keeps an attribute equal to what the closure says; `None` removes it.
    #[must_use]
    pub fn attr_live(
        mut self,
        name: &'static str,
        value: impl FnMut() -> Option<Text> + Send + 'static,
    ) -> Self {
        self.attributes.push((name, Value::Live(Box::new(value))));
        self
    }

    /// The `class` attribute, for what never changes.
    #[must_use]
    pub fn class(self, names: &'static str) -> Self {
        self.attr("class", names)
    }

    /// Adds the class while the closure says so. Call it after [`class`](Self::class).
    #[must_use]
    pub fn class_if(
        mut self,
        name: &'static str,
        on: impl FnMut() -> bool + Send + 'static,
    ) -> Self {
        self.attributes.push((name, Value::Toggle(Box::new(on))));
        self
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
        value: impl FnMut() -> Text + Send + 'static,
    ) -> Self {
        self.attributes.push((name, Value::Property(Box::new(value))));
        self
    }

    /// Listens while the element exists.
    #[must_use]
    pub fn on(mut self, event: &'static str, handler: impl FnMut(Event) + Send + 'static) -> Self {
        self.listeners.push((event, Box::new(handler)));
        self
    }

    /// Text that stays.
    #[must_use]
    pub fn text(mut self, text: impl Into<Text>) -> Self {
        self.children.push(Child::Text(text.into()));
        self
    }

    /// Text that follows the closure.
    #[must_use]
    pub fn text_live(mut self, text: impl FnMut() -> Text + Send + 'static) -> Self {
        self.children.push(Child::Live(Box::new(text)));
        self
    }

    /// A child that stays.
    #[must_use]
    pub fn child(mut self, view: impl IntoAny) -> Self {
        self.children.push(Child::View(view.into_any()));
        self
    }

    /// A child that is made anew each time what the closure reads changes; `None` shows nothing.
    #[must_use]
    pub fn swap(mut self, mut view: impl FnMut() -> Option<AnyView> + Send + 'static) -> Self {
        self.children.push(Child::Swap(Swap { key: None, view: Box::new(move |_| view()) }));
        self
    }

    /// A child that is made anew, from its key, when the key changes; what the view itself reads does
    /// not matter.
    #[must_use]
    pub fn swap_by(
        mut self,
        key: impl FnMut() -> u32 + Send + 'static,
        view: impl FnMut(u32) -> Option<AnyView> + Send + 'static,
    ) -> Self {
        let key: Box<dyn FnMut() -> u32 + Send> = Box::new(key);
        self.children.push(Child::Swap(Swap { key: Some(key), view: Box::new(view) }));
        self
    }

    /// A child that is there while the closure says so.
    #[must_use]
    pub fn show_if(
        self,
        mut on: impl FnMut() -> bool + Send + 'static,
        mut view: impl FnMut() -> AnyView + Send + 'static,
    ) -> Self {
        self.swap_by(move || u32::from(on()), move |on| (on == 1).then(&mut view))
    }

    /// A list of children that keep their element as long as their key is listed.
    #[must_use]
    pub fn rows(
        mut self,
        keys: impl FnMut() -> Vec<String> + Send + 'static,
        row: impl Fn(&str) -> AnyView + Send + 'static,
    ) -> Self {
        self.children.push(Child::Rows(Rows::new(keys, row)));
        self
    }

    /// Gives the element to a reference.
    #[must_use]
    pub fn node(mut self, reference: Node) -> Self {
        self.built.push(Box::new(move |element| reference.load(element)));
        self
    }
}

/// What a built [`El`] holds: dropping it ends its listeners and effects.
pub struct ElState {
    element: Element,
    // Held, not read: dropping them is what they are for.
    _listeners: Vec<Listening>,
    _effects: Vec<RenderEffect<()>>,
    _views: Vec<AnyViewState>,
    swaps: Vec<RenderEffect<Shown>>,
    rows: Vec<RenderEffect<Vec<Row>>>,
}

/// An effect's task holds the effect's value until it is polled again. In between, effects further in
/// that were already due would run, and read signals that have gone with their owner. So what is drawn
/// further in ends here and now.
impl Drop for ElState {
    fn drop(&mut self) {
        for shown in self.swaps.iter().filter_map(RenderEffect::take_value) {
            drop(shown.view);
            shown.owner.cleanup();
        }
        for row in self.rows.iter().filter_map(RenderEffect::take_value).flatten() {
            row.end();
        }
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
        let element = leptos::tachys::renderer::Rndr::create_element(self.tag, self.namespace);
        let mut state = ElState {
            element: element.clone(),
            _listeners: Vec::new(),
            _effects: Vec::new(),
            _views: Vec::new(),
            swaps: Vec::new(),
            rows: Vec::new(),
        };
        for (name, value) in self.attributes {
            state._effects.extend(attach(&element, name, value));
        }
        for child in self.children {
            append(&element, child, &mut state);
        }
        for (event, handler) in self.listeners {
            state._listeners.push(listen(&element, event, handler));
        }
        for built in self.built {
            built(&element);
        }
        state
    }

    // Two elements of one type have nothing else in common: never patch one into the other.
    fn rebuild(self, state: &mut ElState) {
        let mut new = self.build();
        state.insert_before_this(&mut new);
        state.unmount();
        *state = new;
    }
}

fn attach(element: &Element, name: &'static str, value: Value) -> Option<RenderEffect<()>> {
    let element = element.clone();
    match value {
        Value::Fixed(value) => {
            let _ = element.set_attribute(name, &value);
            None
        }
        Value::Live(mut value) => {
            let mut shown = None;
            Some(RenderEffect::new(move |_| {
                let value = value();
                if shown != value {
                    let _ = match &value {
                        Some(value) => element.set_attribute(name, value),
                        None => element.remove_attribute(name),
                    };
                    shown = value;
                }
            }))
        }
        Value::Toggle(mut on) => Some(RenderEffect::new(move |_| {
            let _ = element.class_list().toggle_with_force(name, on());
        })),
        Value::Property(mut value) => Some(RenderEffect::new(move |_| {
            let value = value();
            let _ = js_sys::Reflect::set(&element, &name.into(), &(&*value).into());
        })),
    }
}

fn append(element: &Element, child: Child, state: &mut ElState) {
    match child {
        Child::Text(text) => {
            let _ = element.append_with_str_1(&text);
        }
        Child::Live(mut text) => {
            let node = document().create_text_node("");
            let _ = element.append_child(&node);
            let mut shown = Text::default();
            state._effects.push(RenderEffect::new(move |_| {
                let text = text();
                if shown != text {
                    node.set_data(&text);
                    shown = text;
                }
            }));
        }
        Child::View(view) => {
            let mut view = view.build();
            view.mount(element, None);
            state._views.push(view);
        }
        Child::Swap(swap) => state.swaps.push(swapped(element, swap)),
        Child::Rows(rows) => state.rows.push(rows.render(element)),
    }
}

fn swapped(element: &Element, mut swap: Swap) -> RenderEffect<Shown> {
    let marker: web_sys::Node = document().create_comment("").into();
    let _ = element.append_child(&marker);
    let element = element.clone();
    let parent = Owner::current().unwrap_or_default();
    RenderEffect::new(move |old: Option<Shown>| {
        let key = swap.key.as_mut().map(|key| key());
        let old = match (old, key) {
            (Some(old), Some(key)) if old.key == key => return old,
            (old, _) => old,
        };
        let owner = parent.child();
        let mut make = || {
            owner.with(|| {
                (swap.view)(key.unwrap_or_default()).map(|view| {
                    let mut view = view.build();
                    view.mount(&element, Some(&marker));
                    view
                })
            })
        };
        let view = if key.is_some() { untrack(make) } else { make() };
        if let Some(Shown { view, owner, .. }) = old {
            if let Some(mut view) = view {
                view.unmount();
            }
            owner.cleanup();
        }
        Shown { key: key.unwrap_or_default(), view, owner }
    })
}

fn listen(element: &Element, event: &'static str, handler: Listener) -> Listening {
    let closure = Closure::wrap(handler as Box<dyn FnMut(Event)>);
    let _ = element.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref());
    Listening { element: element.clone(), event, closure }
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
        let attribute = attribute.into_cloneable_owned();
        self.built.push(Box::new(move |element| {
            // The attribute belongs to the element for good, as its own do.
            std::mem::forget(attribute.build(element));
        }));
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
