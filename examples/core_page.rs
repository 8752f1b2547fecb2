//! A page of one's own that uses only the headless core: no Leptos, no interface of ours.
//!
//! ```sh
//! cargo xtask demo --example core_page
//! ```
//!
//! The page (`demo/rust/core_page.html`) has a list, a form and a line of text; this fills them.

#![cfg(target_arch = "wasm32")]

use futures::StreamExt;
use tvox_widget::core::model::{ChannelType, ChatChannelSession, StepType};
use tvox_widget::core::observe::Subscription;
use tvox_widget::core::session::chat::{Change, ChatSession, Conversation};
use tvox_widget::core::{Error, Widget, WidgetConf};
use tvox_widget::platform::browser::{Browser, storage::Storage};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Document, Element, Event};

/// The service that this page is about.
const SERVICE: &str = "service0001";

/// What the browser runs once the module is there.
#[wasm_bindgen(start)]
pub fn start() -> Result<(), JsValue> {
    let window = web_sys::window().ok_or("no window")?;
    let document = window.document().ok_or("no document")?;
    let origin = window.location().origin()?;
    let page = Page::new(document).ok_or("the page lacks an element")?;
    spawn_local(async move {
        if let Err(error) = visit(&page, &origin).await {
            page.state.set_text_content(Some(&error.to_string()));
        }
    });
    Ok(())
}

/// Connects, waits until an operator has time, and shows what is said.
async fn visit(page: &Page, origin: &str) -> Result<(), Error> {
    let conf =
        WidgetConf::builder(origin).service(ChannelType::Chat, SERVICE, "Assistenza").build()?;
    let (widget, driver) = Widget::new(conf.clone(), Browser::new(Storage::new(&conf)));
    // The core never spawns: whoever makes a widget runs its driver.
    spawn_local(driver.run());
    widget.ready().await?;

    let chat = widget.new_chat_session(SERVICE, Vec::new(), Some("A page in Rust"), None);
    let conversation = chat.conversation();
    let states = chat.session_monitor();
    chat.create().await?;
    page.on_submit(chat.clone());
    futures::join!(show(page, conversation), follow(page, states));
    Ok(())
}

/// Draws the conversation, again and again.
async fn show(page: &Page, mut changes: Subscription<Change>) {
    let mut conversation = Conversation::default();
    while let Some(change) = changes.next().await {
        conversation.apply(change);
        page.list.set_text_content(None);
        for entry in conversation.entries() {
            page.add_line(&entry.text);
        }
    }
}

/// Says where the session stands.
async fn follow(page: &Page, mut states: Subscription<ChatChannelSession>) {
    while let Some(session) = states.next().await {
        let text = match session.step_type() {
            Some(StepType::Queue) => "You are in the queue",
            Some(StepType::Connecting) => "An operator is about to answer",
            Some(StepType::Connected) => "Connected",
            Some(_) | None => "…",
        };
        page.state.set_text_content(Some(text));
    }
    page.state.set_text_content(Some("The conversation is over"));
}

/// The elements of the page.
struct Page {
    document: Document,
    state: Element,
    list: Element,
    form: Element,
    field: web_sys::HtmlInputElement,
}

impl Page {
    fn new(document: Document) -> Option<Self> {
        Some(Self {
            state: document.get_element_by_id("state")?,
            list: document.get_element_by_id("conversation")?,
            form: document.get_element_by_id("form")?,
            field: document.get_element_by_id("message")?.dyn_into().ok()?,
            document,
        })
    }

    fn add_line(&self, text: &str) {
        let Ok(line) = self.document.create_element("li") else { return };
        line.set_text_content(Some(text));
        // It fails only for a node that is its own ancestor.
        let _ = self.list.append_child(&line);
    }

    /// Sends what the visitor writes.
    fn on_submit(&self, chat: ChatSession) {
        let field = self.field.clone();
        let send = move |event: Event| {
            event.prevent_default();
            if chat.send(&field.value()).is_ok() {
                field.set_value("");
            }
        };
        // The form listens for as long as the page is there.
        let listener = Closure::<dyn FnMut(Event)>::new(send).into_js_value();
        let _ = self.form.add_event_listener_with_callback("submit", listener.unchecked_ref());
    }
}
