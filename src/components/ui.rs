//! What every component of one widget shares: its words, its looks, and who embeds it.

use std::borrow::Cow;
use std::sync::Arc;

use futures::future::LocalBoxFuture;
use futures::stream::LocalBoxStream;
use leptos::prelude::*;

use web_sys::{File, HtmlElement};

use super::dom::El;
use crate::core::config::{Graphics, Mode};
use crate::core::model::{Attachment, SessionId};
use crate::core::{ChatSession, Error, Widget, WidgetConf};
use crate::i18n::{Key, Lang, Texts};

/// When the widget may speak to the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Connect {
    /// Once the visitor opens the panel, or comes back to a contact that is running.
    #[default]
    Intent,
    /// At once.
    Eager,
}

/// What the embedding application wants shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Where to reach whom, without its graphics; or why the configuration cannot be used.
    pub conf: Result<Arc<WidgetConf>, Error>,
    /// How it looks.
    pub graphics: Graphics,
    /// What it says, in one language.
    pub texts: Texts,
    /// When to connect.
    pub connect: Connect,
}

impl Settings {
    /// The settings that a configuration stands for. Of its own texts those are left out that cannot
    /// be used ([`Texts::with`] says which).
    #[must_use]
    pub fn of(mut conf: Result<WidgetConf, Error>, texts: Texts, connect: Connect) -> Self {
        let graphics = conf.as_mut().ok().and_then(|conf| conf.graphics.take()).unwrap_or_default();
        let (texts, _) = texts.with(&graphics.texts);
        Self { conf: conf.map(Arc::new), graphics, texts, connect }
    }
}

/// Something the page around the widget is told of.
#[derive(Clone, Debug, PartialEq)]
pub enum Announcement {
    /// The panel is about to open.
    Open,
    /// The panel is about to close.
    Close,
    /// A message came or went.
    Message {
        /// The session's id.
        session: String,
        /// Whether it is the visitor's own.
        own: bool,
        /// Its text.
        text: String,
    },
    /// Something failed.
    Error(Error),
}

/// Names and values that other pages tell.
pub type Words = LocalBoxStream<'static, (String, Option<String>)>;

/// What the interface asks of whoever embeds it: the custom element, an application, a test.
pub trait Embedding: Send + Sync + 'static {
    /// Makes the widget and runs its driver until the widget is disconnected.
    fn connect(&self, conf: WidgetConf) -> Widget;
    /// Gives the widget's calls their sound and picture, before the first of them is made.
    fn attach(&self, _widget: &Widget) -> LocalBoxFuture<'static, Result<(), Error>> {
        Box::pin(std::future::ready(Ok(())))
    }
    /// Whether a contact of an earlier page is still running.
    fn resumable(&self, conf: &WidgetConf) -> bool;
    /// What other pages of this visitor say: a name under which something is kept, and its new value
    /// or nothing.
    fn siblings(&self, _conf: &WidgetConf) -> Option<Words> {
        None
    }
    /// Whether this is the page, of all that the visitor has open, that calls for attention.
    fn rings(&self) -> bool {
        true
    }
    /// Whether calls have their sound and picture here: where they have not, none are offered.
    fn has_media(&self) -> bool {
        false
    }
    /// Shows a picture in a `<video>`, now and whenever it is another one, while the element exists:
    /// that of a call's other side, or of the visitor where `of` is nothing. Without its sound, which
    /// is played apart from any picture.
    fn picture(&self, _video: &HtmlElement, _of: Option<&SessionId>) {}
    /// How loud the visitor's microphone is, 0 to 1.
    fn level(&self) -> f64 {
        0.0
    }
    /// Lets a short sound be heard, from the speaker that calls use.
    fn chime(&self) {}
    /// Whether files can be sent from here.
    fn has_files(&self) -> bool {
        false
    }
    /// Sends a file into a conversation and says how far it has come, 0 to 1. Dropping the future gives
    /// it up.
    fn upload(
        &self,
        _chat: ChatSession,
        _file: File,
        _progress: Box<dyn Fn(f64)>,
    ) -> LocalBoxFuture<'static, Result<Attachment, Error>> {
        let error = Error::WrongState { operation: "sendFile", state: "without files" };
        Box::pin(std::future::ready(Err(error)))
    }
    /// Tells the page; false if it objects to what is about to happen.
    fn announce(&self, announcement: &Announcement) -> bool;
    /// What was kept under this name for this visit.
    fn recall(&self, name: &str) -> Option<String>;
    /// Keeps a value for this visit; `None` removes it. Called only after the visitor acted.
    fn keep(&self, name: &str, value: Option<&str>);
}

/// The shared things. Copies are handles to the same, one word long as every closure holds one.
#[derive(Clone, Copy)]
pub struct Ui(StoredValue<Shared>);

struct Shared {
    settings: RwSignal<Settings>,
    embedding: Arc<dyn Embedding>,
    numbers: u32,
    expanded: RwSignal<bool>,
}

impl Ui {
    /// Shares these settings, under the present reactive owner.
    #[must_use]
    pub fn new(settings: RwSignal<Settings>, embedding: Arc<dyn Embedding>) -> Self {
        let expanded = RwSignal::new(false);
        Self(StoredValue::new(Shared { settings, embedding, numbers: 0, expanded }))
    }

    /// The settings, reactively.
    #[must_use]
    pub fn settings(self) -> impl std::ops::Deref<Target = Settings> {
        let settings = self.0.read_value().settings;
        settings.read()
    }

    /// One thing of the graphics, reactively.
    pub fn graphics<T>(self, read: impl FnOnce(&Graphics) -> T) -> T {
        read(&self.settings().graphics)
    }

    /// Whether it floats over the page, reactively; otherwise it stands in it, always open.
    #[must_use]
    pub fn is_floating(self) -> bool {
        self.graphics(|graphics| graphics.mode != Mode::Inline)
    }

    /// Whether the visitor wants a large panel: to be read and set.
    #[must_use]
    pub fn expanded(self) -> RwSignal<bool> {
        self.0.read_value().expanded
    }

    /// A text, reactively.
    #[must_use]
    pub fn text(self, key: Key) -> Cow<'static, str> {
        self.settings().texts.get(key)
    }

    /// A text with its places filled, reactively.
    #[must_use]
    pub fn fill(self, key: Key, values: &[(&str, &str)]) -> Cow<'static, str> {
        Cow::Owned(self.settings().texts.fill(key, values))
    }

    /// A text that counts, reactively.
    #[must_use]
    pub fn count(self, key: Key, n: u64) -> Cow<'static, str> {
        Cow::Owned(self.settings().texts.count(key, n))
    }

    /// A text that counts and has other places too, reactively.
    #[must_use]
    pub fn count_fill(self, key: Key, n: u64, values: &[(&str, &str)]) -> Cow<'static, str> {
        Cow::Owned(self.settings().texts.count_fill(key, n, values))
    }

    /// A whole number as the language writes it, reactively.
    #[must_use]
    pub fn number(self, n: u64) -> Cow<'static, str> {
        Cow::Owned(self.settings().texts.number(n))
    }

    /// The language, reactively.
    #[must_use]
    pub fn lang(self) -> Lang {
        self.settings().texts.lang()
    }

    /// The language with its region, for what the browser writes (dates, lists), reactively.
    #[must_use]
    pub fn locale(self) -> String {
        self.settings().texts.locale().to_owned()
    }

    /// Who embeds it.
    #[must_use]
    pub fn embedding(self) -> Arc<dyn Embedding> {
        self.0.read_value().embedding.clone()
    }

    /// Tells the page; false if it objects.
    pub fn announce(self, announcement: &Announcement) -> bool {
        self.embedding().announce(announcement)
    }

    /// What was kept under this name for this visit.
    #[must_use]
    pub fn recall(self, name: &str) -> Option<String> {
        self.embedding().recall(name)
    }

    /// Keeps a value for this visit; `None` removes it.
    pub fn keep(self, name: &str, value: Option<&str>) {
        self.embedding().keep(name, value);
    }

    /// A number that has not been given before: it tells one thing from the next of its kind.
    #[must_use]
    pub fn next_number(self) -> u32 {
        let mut shared = self.0.write_value();
        shared.numbers += 1;
        shared.numbers
    }

    /// Tells the page of an error, and the console of what is for a developer.
    pub fn report(self, error: &Error) {
        self.announce(&Announcement::Error(error.clone()));
    }

    /// The service's name as the site calls it.
    #[must_use]
    pub fn service_name(self, code: &str) -> String {
        let settings = self.settings();
        let conf = settings.conf.as_ref().ok();
        let known = conf.and_then(|conf| {
            let services = conf.services_configuration.iter().flat_map(|entry| &entry.services);
            services.into_iter().find(|service| service.code == code)
        });
        known.map_or_else(|| code.to_owned(), |service| service.description.clone())
    }
}

/// What many elements say.
impl El {
    /// A text of the interface, in the language of the moment.
    #[must_use]
    pub fn says(self, ui: Ui, key: Key) -> Self {
        self.text_live(move || ui.text(key))
    }

    /// The same in an attribute, such as `aria-label`.
    #[must_use]
    pub fn named(self, attribute: &'static str, ui: Ui, key: Key) -> Self {
        self.attr_live(attribute, move || Some(ui.text(key)))
    }
}

/// The words for an error that a visitor can do something about.
#[must_use]
pub fn failure(error: &Error) -> Key {
    match error.reason() {
        "OUT_OF_SERVICE" => Key::ErrorOutOfService,
        "OVERTIME" => Key::ErrorOvertime,
        "SERVICE_NOT_FOUND" | "CHANNEL_DISABLED" | "NO_LICENSE" | "UNMONITORED" => {
            Key::ErrorUnavailable
        }
        "RATE_LIMITED" | "QUEUE_FULL" | "OVERLOADED" => Key::ErrorBusy,
        "MESSAGE_TOO_LONG" | "FRAME_TOO_BIG" => Key::ErrorTooLong,
        "SESSION_CLOSED" | "SESSION_NOT_FOUND" => Key::ErrorClosed,
        "NOT_CONNECTED" | "CONNECTION_LOST" | "TIMED_OUT" => Key::ErrorNetwork,
        "ORIGIN" | "SITE_DISABLED" | "BANNED" | "VERSION" => Key::ErrorRefused,
        _ => Key::ErrorGeneric,
    }
}
