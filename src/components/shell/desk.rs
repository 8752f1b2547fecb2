//! The widget's own state, and what can be asked of it from outside.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local_scoped_with_cancellation;

use super::focus;
use super::view::Route;
use crate::components::contact::Contact;
use crate::components::service_selector::must_choose;
use crate::components::ui::{Announcement, Connect, Ui};
use crate::core::config::{Graphics, Mode};
use crate::core::model::ChannelType;
use crate::core::{Error, WidgetConf};
use crate::signals;

const PANEL: &str = "panel";
const DRAFT: &str = "draft";

/// One widget. Copies are handles to the same.
#[derive(Clone, Copy)]
pub struct Desk {
    ui: Ui,
    owner: StoredValue<Owner>,
    open: RwSignal<bool>,
    opened: RwSignal<bool>,
    route: RwSignal<Route>,
    contact: RwSignal<Option<Contact>>,
    contact_owner: StoredValue<Option<Owner>>,
    /// The service of the last conversation, for another try.
    service: StoredValue<Option<String>>,
    pub(super) launcher: NodeRef<html::Button>,
    pub(super) panel: NodeRef<html::Section>,
}

impl Desk {
    /// A widget with these shared things, under the present reactive owner.
    #[must_use]
    pub fn new(ui: Ui) -> Self {
        let desk = Self {
            ui,
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
            open: RwSignal::new(false),
            opened: RwSignal::new(false),
            route: RwSignal::new(Route::Home),
            contact: RwSignal::new(None),
            contact_owner: StoredValue::new(None),
            service: StoredValue::new(None),
            launcher: NodeRef::new(),
            panel: NodeRef::new(),
        };
        // What the core needs; a change of looks alone does not disturb a conversation.
        let conf = Memo::new(move |_| {
            let conf = ui.settings().with(|settings| settings.conf.clone());
            conf.map(|conf| WidgetConf { graphics: None, ..conf })
        });
        Effect::new(move |_| {
            let conf = conf.get();
            untrack(|| desk.configure(conf));
        });
        desk
    }

    fn configure(self, conf: Result<WidgetConf, Error>) {
        let old = self.contact_owner.try_update_value(Option::take).flatten();
        self.contact.set(None);
        if let Some(old) = old {
            // Not before the screens that read it have gone.
            spawn_local_scoped_with_cancellation(async move {
                signals::frame().await;
                old.cleanup();
            });
        }
        match conf {
            Ok(conf) => self.take_up(conf),
            Err(error) => self.ui.report(&error),
        }
    }

    fn take_up(self, conf: WidgetConf) {
        let owner = self.owner.get_value().child();
        let ui = self.ui;
        // The server's own words follow the language that the contact began in.
        let lang = ui.settings().with(|settings| settings.lang.code().to_owned());
        let graphics = Graphics { lang: Some(lang), ..Graphics::default() };
        let conf = WidgetConf { graphics: Some(graphics), ..conf };
        let resumable = ui.embedding().resumable(&conf);
        let contact = owner.with(|| Contact::new(ui, conf));
        self.contact_owner.set_value(Some(owner));
        self.contact.set(Some(contact));
        let eager = ui.settings().with(|settings| settings.connect == Connect::Eager);
        if eager || resumable {
            let _ = contact.start();
        }
        if resumable {
            if let Some(route) = ui.embedding().recall(PANEL) {
                self.route.set(if route == "chat" { Route::Chat } else { Route::Home });
                self.opened.set(true);
                self.open.set(true);
            }
        } else if self.open.get_untracked() {
            let _ = contact.start();
        }
    }

    /// Opens the panel: at a channel and service, or where the visitor was. The page may object.
    pub fn open(self, target: Option<(ChannelType, Option<String>)>) {
        let contact = self.contact.get_untracked();
        if !self.open.get_untracked() {
            if !self.ui.embedding().announce(&Announcement::Open) {
                return;
            }
            let running = contact.and_then(|contact| untrack(|| contact.running())).is_some();
            self.opened.set(true);
            self.open.set(true);
            self.go(self.route.get_untracked().on_open(running));
            self.enter();
        }
        if let Some(contact) = contact {
            let _ = contact.start();
        }
        if let Some((ChannelType::Chat, service)) = target {
            self.choose(service);
        }
    }

    /// Closes it. A conversation goes on. The page may object.
    pub fn close(self) {
        let closable = untrack(|| self.ui.graphics(|graphics| graphics.mode == Mode::Floating));
        if !closable || !self.open.get_untracked() {
            return;
        }
        if !self.ui.embedding().announce(&Announcement::Close) {
            return;
        }
        self.open.set(false);
        self.ui.embedding().keep(PANEL, None);
        if let Some(launcher) = self.launcher.get_untracked() {
            let _ = launcher.focus();
        }
    }

    /// Opens or closes.
    pub fn toggle(self) {
        if self.open.get_untracked() { self.close() } else { self.open(None) }
    }

    /// Says goodbye to the server and wipes what was kept.
    pub fn forget(self) {
        if let Some(contact) = self.contact.get_untracked() {
            contact.forget();
        }
        for name in [PANEL, DRAFT, "read", "pushed"] {
            self.ui.embedding().keep(name, None);
        }
        self.route.set(Route::Home);
        self.open.set(false);
    }

    /// The visitor wants to chat: with this service, with the only one, or with one to choose.
    pub(super) fn choose(self, service: Option<String>) {
        let Some(contact) = self.contact.get_untracked() else { return };
        if untrack(|| contact.running()).is_some() {
            self.go(Route::Chat);
            return;
        }
        let services = contact.services();
        let only = || {
            let single = services.first().filter(|_| !must_choose(&services));
            single.map(|(code, _)| code.clone())
        };
        match service.or_else(only) {
            Some(code) => self.begin(contact, &code),
            None => self.go(Route::Services),
        }
    }

    /// Another try with the service of the last conversation.
    pub(super) fn again(self) {
        if let (Some(contact), Some(service)) =
            (self.contact.get_untracked(), self.service.get_value())
        {
            self.begin(contact, &service);
        }
    }

    /// Leaves the conversation on screen: for good if it is over, by ending it if it is not.
    pub(super) fn leave(self) {
        if let Some(contact) = self.contact.get_untracked() {
            if let Some(talk) = untrack(|| contact.running()) {
                talk.close();
            }
            self.go(Route::Home);
            contact.clear();
        }
    }

    fn begin(self, contact: Contact, service: &str) {
        self.service.set_value(Some(service.to_owned()));
        contact.begin_chat(service);
        self.go(Route::Chat);
    }

    /// Shows a screen, now and after a reload.
    pub(super) fn go(self, route: Route) {
        self.route.set(route);
        if self.open.get_untracked() {
            self.ui.embedding().keep(PANEL, Some(route.word()));
        }
    }

    /// The visitor does something in a panel that stands in the page: that is intent.
    pub(super) fn touched(self) {
        if let Some(contact) = self.contact.get_untracked() {
            let _ = contact.start();
        }
    }

    /// Puts the focus where the visitor goes on, once the panel is drawn.
    fn enter(self) {
        spawn_local_scoped_with_cancellation(async move {
            signals::frame().await;
            if let Some(panel) = self.panel.try_get_untracked().flatten() {
                focus::enter(&panel);
            }
        });
    }

    /// To be called when a part of the panel is about to be replaced: if the focus goes down with it,
    /// it comes back where the visitor goes on, and not to the page's beginning.
    pub(super) fn mind_focus(self) {
        let panel = self.panel.try_get_untracked().flatten();
        if !panel.is_some_and(|panel| focus::is_within(&panel)) {
            return;
        }
        spawn_local_scoped_with_cancellation(async move {
            signals::frame().await;
            if let Some(panel) = self.panel.try_get_untracked().flatten()
                && !focus::is_within(&panel)
            {
                focus::enter(&panel);
            }
        });
    }

    /// The shared things.
    pub(super) const fn ui(self) -> Ui {
        self.ui
    }

    /// Whether the visitor sees the panel, reactively.
    #[must_use]
    pub fn is_open(self) -> bool {
        self.open.get() || self.ui.graphics(|graphics| graphics.mode != Mode::Floating)
    }

    /// Whether the panel has ever been needed, reactively.
    pub(super) fn was_opened(self) -> bool {
        self.opened.get() || self.ui.graphics(|graphics| graphics.mode != Mode::Floating)
    }

    /// What is known of the server, reactively; `None` where the configuration is of no use.
    pub(super) fn contact(self) -> Option<Contact> {
        self.contact.get()
    }

    /// The screen to show, reactively.
    pub(super) fn screen(self) -> Route {
        let conversation = self.contact.get().and_then(Contact::talk).is_some();
        self.route.get().shown(conversation)
    }

    /// How many messages wait, reactively.
    #[must_use]
    pub fn unread(self) -> usize {
        self.contact.get().and_then(Contact::talk).map_or(0, |talk| talk.unread())
    }
}
