//! A Leptos application of one's own that embeds the widget's components.
//!
//! ```sh
//! cargo xtask demo --example leptos_app
//! ```
//!
//! The board of services is drawn from the core's streams, made signals; the widget itself is
//! [`Shell`], which asks the application for a connection and for storage through [`Embedding`].

#![cfg(target_arch = "wasm32")]

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use tvox_widget::components::STYLE;
use tvox_widget::components::shell::{Desk, Shell};
use tvox_widget::components::ui::{Announcement, Connect, Embedding, Settings, Ui};
use tvox_widget::core::connection::ConnectionEvent;
use tvox_widget::core::model::{ChannelType, ServiceStatusValue};
use tvox_widget::core::{Widget, WidgetConf};
use tvox_widget::i18n::{Lang, Texts};
use tvox_widget::platform::browser::{Browser, storage::Storage};
use tvox_widget::signals;
use wasm_bindgen::prelude::*;

/// The services of the demo server.
const SERVICES: [(&str, &str); 3] = [
    ("service0001", "Assistenza"),
    ("service0002", "Commerciale"),
    ("service0003", "Amministrazione"),
];

/// What the browser runs once the module is there.
#[wasm_bindgen(start)]
pub fn start() {
    mount_to_body(App);
}

#[component]
fn App() -> impl IntoView {
    let origin = window().location().origin().unwrap_or_default();
    let conf = SERVICES
        .iter()
        .fold(WidgetConf::builder(&origin), |builder, (code, name)| {
            builder.service(ChannelType::Chat, code, name)
        })
        .build();
    match conf {
        Ok(conf) => view! { <Board conf=conf.clone()/> <Help conf/> }.into_any(),
        Err(error) => view! { <p role="alert">{error.to_string()}</p> }.into_any(),
    }
}

/// Which service answers right now: a widget of its own, without a face.
#[component]
fn Board(conf: WidgetConf) -> impl IntoView {
    let widget = connect(conf);
    let client = widget.client().clone();
    let connected =
        signals::latest(ConnectionEvent { connected: false }, client.connection_event());
    let rows = SERVICES.map(|(code, name)| {
        let status = widget.service_status(code, &ChannelType::Chat).map(|statuses| {
            signals::fold(None, statuses, |state, new| *state = new.status)
        });
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td data-service=code>{move || status.as_ref().ok().and_then(|it| it.get()).as_ref().map(words)}</td>
            </tr>
        }
    });
    on_cleanup(move || widget.disconnect());
    view! {
        <h2>"Who is there"</h2>
        <p role="status">{move || if connected.get().connected { "Connected" } else { "Not connected" }}</p>
        <table>{rows.to_vec()}</table>
    }
}

fn words(status: &ServiceStatusValue) -> &'static str {
    match status {
        ServiceStatusValue::Active => "there is an operator",
        ServiceStatusValue::OutOfService => "nobody is logged in",
        ServiceStatusValue::Overtime => "closed",
        ServiceStatusValue::Failed | ServiceStatusValue::Unknown(_) => "unknown",
    }
}

/// The widget, with launcher and panel, as a part of this application.
#[component]
fn Help(conf: WidgetConf) -> impl IntoView {
    let storage = Storage::new(&conf);
    let settings =
        RwSignal::new(Settings::of(Ok(conf), Texts::built_in(Lang::En), Connect::Intent));
    let desk = Desk::new(Ui::new(settings, Arc::new(Application { storage })));
    adopt(STYLE);
    view! {
        <button on:click=move |_| desk.open(None)>"Ask a person"</button>
        <Shell desk/>
    }
}

// A `<style>` would need `style-src 'unsafe-inline'`; an adopted sheet needs nothing.
#[wasm_bindgen(inline_js = "export function adopt(text) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    document.adoptedStyleSheets.push(sheet);
}")]
extern "C" {
    fn adopt(style: &str);
}

/// What the widget asks of the application around it.
struct Application {
    storage: Storage,
}

impl Embedding for Application {
    fn connect(&self, conf: WidgetConf) -> Widget {
        connect(conf)
    }

    fn resumable(&self, _: &WidgetConf) -> bool {
        self.storage.load("token").is_some()
    }

    fn announce(&self, announcement: &Announcement) -> bool {
        if let Announcement::Error(error) = announcement {
            leptos::logging::warn!("the widget says: {error}");
        }
        true
    }

    fn recall(&self, name: &str) -> Option<String> {
        self.storage.load(name)
    }

    fn keep(&self, name: &str, value: Option<&str>) {
        match value {
            Some(value) => self.storage.save(name, value),
            None => self.storage.remove(name),
        }
    }
}

/// A widget whose driver runs in this page.
fn connect(conf: WidgetConf) -> Widget {
    let storage = Storage::new(&conf);
    let (widget, driver) = Widget::new(conf, Browser::new(storage));
    spawn_local(driver.run());
    widget
}
