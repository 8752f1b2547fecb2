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
//! What is dynamic is a closure; it runs in a [`RenderEffect`] that lives as long as the element.

use std::borrow::Cow;

use leptos::html::Custom;
use leptos::prelude::*;
use leptos::tachys::html::attribute::Attribute;
use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::html::node_ref::NodeRefContainer;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::view::add_attr::AddAnyAttr;
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

/// An element that is still to be built: see [`el`].
pub struct El(Box<Plan>);

struct Plan {
    tag: &'static str,
    namespace: Option<&'static str>,
    attributes: Vec<(&'static str, Value)>,
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
    Listener(Listener),
}

enum Child {
    Text(Text),
    Live(Box<dyn FnMut() -> Text + Send>),
    Element(El),
    Swap(Swap),
    Rows(Rows),
}

/// A child that is replaced.
enum Swap {
    /// At each change of what it reads.
    Always(Box<dyn FnMut() -> Option<El> + Send>),
    /// When the key changes.
    By(Box<dyn FnMut() -> u32 + Send>, Box<dyn FnMut(u32) -> Option<El> + Send>),
    /// When it comes and goes.
    If(Box<dyn FnMut() -> bool + Send>, Box<dyn FnMut() -> El + Send>),
}

/// What a `Swap` shows. Its signals live under an owner of its own and go after the view that reads
/// them.
pub struct Shown {
    key: Option<u32>,
    view: Option<ElState>,
    owner: Owner,
}

impl El {
    fn new(tag: &'static str, namespace: Option<&'static str>) -> Self {
        Self(Box::new(Plan {
            tag,
            namespace,
            attributes: Vec::new(),
            children: Vec::new(),
            built: Vec::new(),
        }))
    }

    fn with(mut self, name: &'static str, value: Value) -> Self {
        self.0.attributes.push((name, value));
        self
    }

    fn holding(mut self, child: Child) -> Self {
        self.0.children.push(child);
        self
    }

    /// Sets an attribute once.
    #[must_use]
    pub fn attr(self, name: &'static str, value: impl Into<Text>) -> Self {
        self.with(name, Value::Fixed(value.into()))
    }

    /// Keeps an attribute equal to what the closure says; `None` removes it.
    #[must_use]
    pub fn attr_live(
        self,
        name: &'static str,
        value: impl FnMut() -> Option<Text> + Send + 'static,
    ) -> Self {
        self.with(name, Value::Live(Box::new(value)))
    }

    /// The `class` attribute, for what never changes.
    #[must_use]
    pub fn class(self, names: &'static str) -> Self {
        self.attr("class", names)
    }

    /// Adds the class while the closure says so. Call it after [`class`](Self::class).
    #[must_use]
    pub fn class_if(self, name: &'static str, on: impl FnMut() -> bool + Send + 'static) -> Self {
        self.with(name, Value::Toggle(Box::new(on)))
    }

    /// The public name under which a site styles the element: `::part(name)`.
    #[must_use]
    pub fn part(self, name: &'static str) -> Self {
        self.attr("part", name)
    }

    /// Keeps a string property (such as `value`) equal to what the closure says.
    #[must_use]
    pub fn prop_live(
        self,
        name: &'static str,
        value: impl FnMut() -> Text + Send + 'static,
    ) -> Self {
        self.with(name, Value::Property(Box::new(value)))
    }

    /// Listens while the element exists.
    #[must_use]
    pub fn on(self, event: &'static str, handler: impl FnMut(Event) + Send + 'static) -> Self {
        self.with(event, Value::Listener(Box::new(handler)))
    }

    /// Does this when it is clicked.
    #[must_use]
    pub fn does(self, action: Callback<()>) -> Self {
        self.on("click", move |_| action.run(()))
    }

    /// Text that stays.
    #[must_use]
    pub fn text(self, text: impl Into<Text>) -> Self {
        self.holding(Child::Text(text.into()))
    }

    /// Text that follows the closure.
    #[must_use]
    pub fn text_live(self, text: impl FnMut() -> Text + Send + 'static) -> Self {
        self.holding(Child::Live(Box::new(text)))
    }

    /// A child that stays.
    #[must_use]
    pub fn child(self, child: Self) -> Self {
        self.holding(Child::Element(child))
    }

    /// A child that is made anew each time what the closure reads changes; `None` shows nothing.
    #[must_use]
    pub fn swap(self, view: impl FnMut() -> Option<Self> + Send + 'static) -> Self {
        self.holding(Child::Swap(Swap::Always(Box::new(view))))
    }

    /// A child that is made anew, from its key, when the key changes; what the view itself reads does
    /// not matter.
    #[must_use]
    pub fn swap_by(
        self,
        key: impl FnMut() -> u32 + Send + 'static,
        view: impl FnMut(u32) -> Option<Self> + Send + 'static,
    ) -> Self {
        self.holding(Child::Swap(Swap::By(Box::new(key), Box::new(view))))
    }

    /// A child that is there while the closure says so.
    #[must_use]
    pub fn show_if(
        self,
        on: impl FnMut() -> bool + Send + 'static,
        view: impl FnMut() -> Self + Send + 'static,
    ) -> Self {
        self.holding(Child::Swap(Swap::If(Box::new(on), Box::new(view))))
    }

    /// A list of children that keep their element as long as their key is listed.
    #[must_use]
    pub fn rows(
        self,
        keys: impl FnMut() -> Vec<String> + Send + 'static,
        row: impl Fn(&str) -> Self + Send + 'static,
    ) -> Self {
        self.holding(Child::Rows(Rows::new(keys, row)))
    }

    /// Gives the element to a reference.
    #[must_use]
    pub fn node(mut self, reference: Node) -> Self {
        self.0.built.push(Box::new(move |element| reference.load(element)));
        self
    }
}

/// What a built [`El`] holds: dropping it ends its listeners and effects.
pub struct ElState {
    element: Element,
    // Held, not read: dropping them is what they are for.
    _listeners: Vec<Listening>,
    _effects: Vec<RenderEffect<()>>,
    _children: Vec<ElState>,
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
        let plan = *self.0;
        let element = leptos::tachys::renderer::Rndr::create_element(plan.tag, plan.namespace);
        let mut state = ElState {
            element: element.clone(),
            _listeners: Vec::new(),
            _effects: Vec::new(),
            _children: Vec::new(),
            swaps: Vec::new(),
            rows: Vec::new(),
        };
        for (name, value) in plan.attributes {
            attach(&element, name, value, &mut state);
        }
        for child in plan.children {
            append(&element, child, &mut state);
        }
        for built in plan.built {
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

fn attach(element: &Element, name: &'static str, value: Value, state: &mut ElState) {
    let target = element.clone();
    let effect = match value {
        Value::Fixed(value) => {
            let _ = element.set_attribute(name, &value);
            return;
        }
        Value::Listener(handler) => {
            state._listeners.push(listen(target, name, handler));
            return;
        }
        Value::Live(mut value) => {
            let mut shown = None;
            effect(move || {
                let value = value();
                if shown != value {
                    let _ = match &value {
                        Some(value) => target.set_attribute(name, value),
                        None => target.remove_attribute(name),
                    };
                    shown = value;
                }
            })
        }
        Value::Toggle(mut on) => effect(move || {
            let _ = target.class_list().toggle_with_force(name, on());
        }),
        Value::Property(mut value) => effect(move || {
            let value = value();
            let _ = js_sys::Reflect::set(&target, &name.into(), &(&*value).into());
        }),
    };
    state._effects.push(effect);
}

fn effect(mut run: impl FnMut() + 'static) -> RenderEffect<()> {
    RenderEffect::new(move |_| run())
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
            state._effects.push(effect(move || {
                let text = text();
                if shown != text {
                    node.set_data(&text);
                    shown = text;
                }
            }));
        }
        Child::Element(child) => {
            let child = child.build();
            let _ = element.append_child(&child.element);
            state._children.push(child);
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
        let key = match &mut swap {
            Swap::Always(_) => None,
            Swap::By(key, _) => Some(key()),
            Swap::If(on, _) => Some(on().into()),
        };
        let old = match old {
            Some(old) if key.is_some() && old.key == key => return old,
            old => old,
        };
        let owner = parent.child();
        let view = owner.with(|| {
            let view = match (&mut swap, key) {
                (Swap::Always(view), _) => view(),
                (Swap::By(_, view), key) => untrack(|| view(key.unwrap_or_default())),
                (Swap::If(_, view), Some(1)) => Some(untrack(view)),
                (Swap::If(..), _) => None,
            };
            let mut view = view?.build();
            view.mount(&element, Some(&marker));
            Some(view)
        });
        if let Some(Shown { view, owner, .. }) = old {
            if let Some(mut view) = view {
                view.unmount();
            }
            owner.cleanup();
        }
        Shown { key, view, owner }
    })
}

fn listen(element: Element, event: &'static str, handler: Listener) -> Listening {
    let closure = Closure::wrap(handler as Box<dyn FnMut(Event)>);
    let _ = element.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref());
    Listening { element, event, closure }
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
        self.0.built.push(Box::new(move |element| {
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
