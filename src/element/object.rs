//! The Rust half of one `<tvox-widget>`.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use leptos::mount::{UnmountHandle, mount_to};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

use super::attributes::{OBSERVED, Sources};
use super::stage::Stage;
use crate::components::STYLE;
use crate::components::dom::ElState;
use crate::components::shell::{Desk, shell};
use crate::components::ui::{Settings, Ui};
use crate::core::Map;
use crate::core::model::ChannelType;
use crate::i18n::Texts;

/// The style sheet for the shadow root, to be adopted.
#[wasm_bindgen(js_name = css)]
#[must_use]
pub fn css() -> String {
    STYLE.to_owned()
}

/// One element: made when it is connected, freed when it has gone.
#[wasm_bindgen]
pub struct TvoxElement {
    host: HtmlElement,
    // A page's listener may call back into the element: nothing stays borrowed across a dispatch.
    sources: RefCell<Sources>,
    settings: RwSignal<Settings>,
    desk: Desk,
    owner: Owner,
    mounted: Option<UnmountHandle<ElState>>,
}

#[wasm_bindgen]
impl TvoxElement {
    /// Draws the widget for `host` into `mount`, a `<div>` in its shadow root: in the language `lang`
    /// (BCP 47), of which `texts` is the file. `json` is the configuration, and `unloadable` why there
    /// is none.
    ///
    /// # Errors
    /// The texts are not those of this version.
    #[wasm_bindgen(constructor)]
    pub fn new(
        host: HtmlElement,
        mount: HtmlElement,
        lang: &str,
        texts: &str,
        json: Option<String>,
        unloadable: Option<String>,
    ) -> Result<Self, JsValue> {
        #[cfg(feature = "panic-hook")]
        console_error_panic_hook::set_once();

        let attributes = attributes(&host);
        let texts = Texts::read(lang, texts)?;
        let sources = Sources { attributes, json, unloadable, texts };
        let first = read(&sources);
        let page = host.clone();
        let returned = Rc::new(Cell::new(None));
        let made = Rc::clone(&returned);
        let mounted = mount_to(mount, move || {
            let stage = Arc::new(Stage::new(page));
            let settings = RwSignal::new(first);
            let desk = Desk::new(Ui::new(settings, stage));
            returned.set(Owner::current().map(|owner| (settings, desk, owner)));
            shell(desk)
        });
        #[expect(
            clippy::expect_used,
            reason = "`mount_to` calls what it is given before it returns"
        )]
        let (settings, desk, owner) = made.take().expect("the widget was drawn");
        let sources = RefCell::new(sources);
        Ok(Self { host, sources, settings, desk, owner, mounted: Some(mounted) })
    }

    /// Another language, and its file.
    ///
    /// # Errors
    /// The texts are not those of this version; those before stay.
    pub fn speak(&self, lang: &str, texts: &str) -> Result<(), JsValue> {
        self.sources.borrow_mut().texts = Texts::read(lang, texts)?;
        self.settle();
        Ok(())
    }

    /// An observed attribute has come, changed or gone.
    pub fn attribute(&self) {
        self.sources.borrow_mut().attributes = attributes(&self.host);
        self.settle();
    }

    /// Another configuration, or why there is none.
    pub fn configure(&self, json: Option<String>, unloadable: Option<String>) {
        {
            let mut sources = self.sources.borrow_mut();
            sources.json = json;
            sources.unloadable = unloadable;
        }
        self.settle();
    }

    /// Opens the panel: where the visitor was, or at a channel and service.
    pub fn open(&self, channel: Option<String>, service: Option<String>) {
        let target = channel.map(|channel| (ChannelType::from(channel.as_str()), service));
        self.desk.open(target);
    }

    /// Closes the panel.
    pub fn close(&self) {
        self.desk.close();
    }

    /// Says goodbye to the server and wipes what was kept about the visitor.
    pub fn forget(&self) {
        self.desk.forget();
    }

    fn settle(&self) {
        let settings = read(&self.sources.borrow());
        let changed = *self.settings.read_untracked() != settings;
        if changed {
            self.settings.set(settings);
        }
    }
}

/// The view goes first, then the signals it reads; with them the connection.
impl Drop for TvoxElement {
    fn drop(&mut self) {
        drop(self.mounted.take());
        self.owner.cleanup();
    }
}

fn read(sources: &Sources) -> Settings {
    let (settings, warnings) = sources.settings();
    for warning in warnings {
        web_sys::console::warn_2(&"tvox-widget:".into(), &warning.into());
    }
    settings
}

/// The observed attributes that are there.
fn attributes(host: &HtmlElement) -> Map<String, String> {
    let mut there = Map::new();
    for name in OBSERVED {
        if let Some(value) = host.get_attribute(name) {
            there.insert((*name).to_owned(), value);
        }
    }
    there
}
