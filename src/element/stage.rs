//! What the interface may do to the page in which the element stands.

use std::cell::RefCell;
use std::rc::Rc;

use futures::StreamExt;
use futures::future::LocalBoxFuture;
use js_sys::Uint8Array;
use leptos::task::spawn_local;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{CustomEvent, CustomEventInit, File, HtmlElement};

use super::media::{self, Media};
use crate::components::ui::{Announcement, Embedding, Words};
use crate::core::model::{Attachment, SessionId};
use crate::core::{ChatSession, Error, UploadProgress, Widget, WidgetConf};
use crate::platform::browser::rtc::{BrowserRtc, Whose};
use crate::platform::browser::storage::Storage;
use crate::platform::browser::{Browser, Siblings, Turn, Uploads};

/// Sound and picture, once there is a call.
type Held = RefCell<Option<Box<dyn Media>>>;

/// The element in its page.
pub(super) struct Stage {
    host: SendWrapper<HtmlElement>,
    storage: std::sync::Mutex<Option<Storage>>,
    turn: SendWrapper<RefCell<Option<Turn>>>,
    media: SendWrapper<Rc<Held>>,
}

impl Stage {
    /// The stage around this element.
    pub(super) fn new(host: HtmlElement) -> Self {
        Self {
            host: SendWrapper::new(host),
            storage: std::sync::Mutex::new(None),
            turn: SendWrapper::new(RefCell::new(None)),
            media: SendWrapper::new(Rc::default()),
        }
    }

    /// The storage of the last configuration that was looked at.
    fn storage(&self) -> Option<Storage> {
        self.storage.lock().ok()?.clone()
    }

    fn remember(&self, conf: &WidgetConf) -> Storage {
        let storage = Storage::new(conf);
        if let Ok(mut held) = self.storage.lock() {
            *held = Some(storage.clone());
        }
        storage
    }
}

impl Embedding for Stage {
    fn connect(&self, conf: WidgetConf) -> Widget {
        let storage = self.remember(&conf);
        let (widget, driver) = Widget::new(conf, Browser::new(storage.clone()));
        spawn_local(async move {
            storage.settle().await;
            driver.run().await;
        });
        visit(&widget);
        *self.media.borrow_mut() = None;
        widget
    }

    fn attach(&self, widget: &Widget) -> LocalBoxFuture<'static, Result<(), Error>> {
        let (widget, place) = (widget.clone(), Rc::clone(&self.media));
        Box::pin(async move {
            // Of an earlier try.
            if place.borrow().is_none() {
                let media = media::attach(&widget).await?;
                *place.borrow_mut() = Some(media);
            }
            Ok(())
        })
    }

    fn resumable(&self, conf: &WidgetConf) -> bool {
        self.remember(conf).load("token").is_some()
    }

    fn siblings(&self, conf: &WidgetConf) -> Option<Words> {
        let storage = self.remember(conf);
        *self.turn.borrow_mut() = Turn::wait(&storage);
        Some(Siblings::new(&storage)?.boxed_local())
    }

    fn rings(&self) -> bool {
        self.turn.borrow().as_ref().is_none_or(Turn::is_ours)
    }

    fn has_media(&self) -> bool {
        BrowserRtc::is_supported()
    }

    fn picture(&self, video: &HtmlElement, of: Option<&SessionId>) {
        if let Some(media) = &*self.media.borrow() {
            match of {
                Some(call) => media.attach(video, call, Whose::Other),
                // There is one of the visitor, whatever the call.
                None => media.attach(video, &SessionId::from(""), Whose::Own),
            }
        }
    }

    fn level(&self) -> f64 {
        self.media.borrow().as_ref().map_or(0.0, |media| media.level())
    }

    fn chime(&self) {
        if let Some(media) = &*self.media.borrow() {
            media.chime();
        }
    }

    fn has_files(&self) -> bool {
        true
    }

    fn upload(
        &self,
        chat: ChatSession,
        file: File,
        progress: Box<dyn Fn(f64)>,
    ) -> LocalBoxFuture<'static, Result<Attachment, Error>> {
        Box::pin(upload(chat, file, progress))
    }

    fn announce(&self, announcement: &Announcement) -> bool {
        let host = &self.host;
        match announcement {
            Announcement::Open => dispatch(host, "tvox-open", &[]),
            Announcement::Close => dispatch(host, "tvox-close", &[]),
            Announcement::Message { session, own, text } => {
                let direction = if *own { "OUTBOUND" } else { "INBOUND" };
                let fields =
                    [("sessionId", &**session), ("direction", direction), ("message", text)];
                dispatch(host, "tvox-message", &fields)
            }
            Announcement::Error(error) => tell(host, error),
        }
    }

    fn recall(&self, name: &str) -> Option<String> {
        self.storage()?.load(name)
    }

    fn keep(&self, name: &str, value: Option<&str>) {
        let Some(storage) = self.storage() else { return };
        match value {
            Some(value) => storage.save(name, value),
            None => storage.remove(name),
        }
    }
}

async fn upload(
    chat: ChatSession,
    file: File,
    progress: Box<dyn Fn(f64)>,
) -> Result<Attachment, Error> {
    let bytes = JsFuture::from(file.array_buffer()).await;
    // It was deleted or moved since it was chosen.
    let bytes =
        bytes.map_err(|_| Error::WrongState { operation: "sendFile", state: "unreadable" })?;
    let bytes = Uint8Array::new(&bytes).to_vec();
    let upload = chat.send_file(&file.name(), &file.type_(), bytes, Uploads);
    let mut told = upload.progress();
    let telling = async move {
        while let Some(UploadProgress { sent, total }) = told.next().await {
            #[expect(clippy::cast_precision_loss, reason = "a part of a whole, to be shown")]
            progress(sent as f64 / total.max(1) as f64);
        }
    };
    futures::join!(upload, telling).0
}

/// Lets the operators see which page the visitor is on: once a page, and only now that the visitor
/// has acted.
fn visit(widget: &Widget) {
    let Some(window) = web_sys::window() else { return };
    let location = window.location();
    let title = window.document().map(|document| document.title());
    let (href, path) = (location.href().ok(), location.pathname().ok());
    let visit = widget.visit(href.as_deref(), path.as_deref(), title.as_deref());
    spawn_local(async move {
        // It waits for the connection, and a page that nobody hears of does no harm.
        let _ = visit.await;
    });
}

/// What an error says to a program, and to the developer's console where it is theirs to mend.
fn tell(host: &HtmlElement, error: &Error) -> bool {
    let message = error.to_string();
    let mut fields = vec![("code", error.code()), ("message", &*message)];
    if let Error::Config(mistake) = error {
        fields.push(("field", &mistake.field));
        fields.push(("expected", &mistake.expected));
        web_sys::console::error_2(&"tvox-widget:".into(), &JsValue::from_str(&message));
    }
    dispatch(host, "tvox-error", &fields)
}

/// False if a listener prevented the default.
fn dispatch(host: &HtmlElement, name: &str, fields: &[(&str, &str)]) -> bool {
    let detail = js_sys::Object::new();
    for (field, value) in fields {
        let _ = js_sys::Reflect::set(&detail, &(*field).into(), &JsValue::from_str(value));
    }
    let init = CustomEventInit::new();
    init.set_bubbles(true);
    init.set_composed(true);
    init.set_cancelable(true);
    init.set_detail(&detail);
    CustomEvent::new_with_event_init_dict(name, &init)
        .and_then(|event| host.dispatch_event(&event))
        .unwrap_or(true)
}
