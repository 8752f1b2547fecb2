//! The widget's own state, and what can be asked of it from outside.

mod calls;
mod errands;

use std::sync::Arc;

use futures::StreamExt;
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use web_sys::HtmlElement;

use super::focus;
use super::view::{Route, There};
use crate::components::chat::talk::Talk;
use crate::components::contact::Contact;
use crate::components::contact::errands::ANSWERS;
use crate::components::device_check::view::KEPT as DEVICES;
use crate::components::dom::Node;
use crate::components::forms::paper::Paper;
use crate::components::home::EXPANDED;
use crate::components::home::view::Channel;
use crate::components::service_selector::must_choose;
use crate::components::ui::{Announcement, Connect, Ui};
use crate::core::config::{Launcher, Mode};
use crate::core::model::{ChannelType, SessionId};
use crate::core::{Error, WidgetConf};
use crate::signals;
use errands::ERRAND;

const PANEL: &str = "panel";
/// Everything that the interface keeps for a visit (docs/element.md).
const KEPT: [&str; 9] =
    [PANEL, EXPANDED, "draft", "read", "pushed", "files", DEVICES, ANSWERS, ERRAND];

/// One widget. Copies are handles to the same.
#[derive(Clone, Copy)]
pub struct Desk(RwSignal<Everything>);

struct Everything {
    // What the screens do not show.
    ui: Ui,
    root: Node,
    launcher: Node,
    panel: Node,
    /// What had the focus when the panel was opened.
    opener: Option<SendWrapper<HtmlElement>>,
    owner: Owner,
    contact_owner: Option<Owner>,
    /// The service of the last conversation, for another try.
    service: Option<String>,
    /// The service that is to be called once the devices have been looked at.
    wanted: Option<String>,
    state: State,
}

/// What they show.
#[derive(Clone, Copy, Default)]
struct State {
    open: bool,
    opened: bool,
    route: Route,
    /// The channel whose services, or whose devices, are on screen.
    channel: Channel,
    /// Whether the conversation is shown beside the call.
    beside: bool,
    contact: Option<Contact>,
    /// The form that was opened last.
    paper: Option<Paper>,
}

impl Desk {
    /// A widget with these shared things, under the present reactive owner.
    #[must_use]
    pub fn new(ui: Ui) -> Self {
        let owner = Owner::current().unwrap_or_default();
        let desk = Self(RwSignal::new(Everything {
            ui,
            state: State::default(),
            root: Node::new(),
            launcher: Node::new(),
            panel: Node::new(),
            opener: None,
            owner,
            contact_owner: None,
            service: None,
            wanted: None,
        }));
        let mut before = None;
        signals::effect(move || {
            // What the core needs; a change of looks alone does not disturb a conversation.
            let conf = Some(ui.settings().conf.clone());
            if before != conf {
                before.clone_from(&conf);
                untrack(|| conf.into_iter().for_each(|conf| desk.configure(conf)));
            }
        });
        desk
    }

    fn configure(self, conf: Result<Arc<WidgetConf>, Error>) {
        let old = self.0.write_untracked().contact_owner.take();
        self.change(&mut |state| {
            state.contact = None;
            state.paper = None;
        });
        if let Some(old) = old {
            // Not before the screens that read it have gone.
            signals::after_frame(move || old.cleanup());
        }
        match conf {
            Ok(conf) => self.take_up(conf),
            Err(error) => self.ui().report(&error),
        }
    }

    fn take_up(self, conf: Arc<WidgetConf>) {
        let ui = self.ui();
        let resumable = ui.embedding().resumable(&conf);
        let owner = self.0.read_untracked().owner.child();
        let words = ui.embedding().siblings(&conf);
        let contact = owner.with(|| Contact::new(ui, conf));
        if let Some(mut words) = words {
            let listen = async move {
                while let Some((name, value)) = words.next().await {
                    self.hear(contact, &name, value.as_deref());
                }
            };
            owner.with(|| signals::spawn(listen));
        }
        self.0.write_untracked().contact_owner = Some(owner);
        ui.expanded().set(resumable && ui.recall(EXPANDED).is_some());
        let route = ui.recall(PANEL).filter(|_| resumable);
        self.change(&mut |state| {
            state.contact = Some(contact);
            if let Some(route) = &route {
                state.route = Route::kept(route);
                state.opened = true;
                state.open = true;
            }
        });
        let eager = ui.settings().connect == Connect::Eager;
        if eager || resumable || self.now().open {
            contact.start();
        }
        if resumable && self.now().route.is_form() {
            self.resume_errand(contact);
        }
    }

    /// Another page of the visitor has begun a contact or a conversation, read on, or forgotten all.
    fn hear(self, contact: Contact, name: &str, value: Option<&str>) {
        match (name, value) {
            ("token", Some(token)) => contact.join(token),
            ("token", None) => self.forget(),
            (_, Some(value)) => contact.hear(name, value),
            _ => {}
        }
    }

    /// Opens the panel: at a channel and service, or where the visitor was. The page may object.
    pub fn open(self, target: Option<(ChannelType, Option<String>)>) {
        let State { open, contact, route, .. } = self.now();
        if !open {
            if !self.ui().announce(&Announcement::Open) {
                return;
            }
            let running = contact.map(|contact| untrack(|| running(contact))).unwrap_or_default();
            let opener = self.root().get().and_then(|root| focus::holder(&root));
            self.0.write_untracked().opener = opener.map(SendWrapper::new);
            self.change(&mut |state| {
                state.opened = true;
                state.open = true;
            });
            self.go(route.on_open(running));
            self.enter();
        }
        if let Some(contact) = contact {
            contact.start();
        }
        if let Some((channel, service)) = target
            && let Some(channel) = Channel::of(&channel)
        {
            self.choose(channel, service);
        }
    }

    /// Closes it. A conversation goes on. The page may object.
    pub fn close(self) {
        if untrack(|| !self.is_floating()) || !self.now().open {
            return;
        }
        if !self.ui().announce(&Announcement::Close) {
            return;
        }
        self.change(&mut |state| state.open = false);
        self.ui().keep(PANEL, None);
        let opener = self.0.write_untracked().opener.take().map(SendWrapper::take);
        let opener = opener.filter(|opener| opener.is_connected());
        if let Some(opener) = opener.or_else(|| self.launcher().get()) {
            let _ = opener.focus();
        }
    }

    /// Opens or closes.
    pub fn toggle(self) {
        if self.now().open { self.close() } else { self.open(None) }
    }

    /// Says goodbye to the server and wipes what was kept.
    pub fn forget(self) {
        if let Some(contact) = self.now().contact {
            contact.forget();
        }
        for name in KEPT {
            self.ui().keep(name, None);
        }
        self.ui().expanded().set(false);
        self.change(&mut |state| {
            state.route = Route::Home;
            state.open = false;
            state.paper = None;
        });
    }

    /// The visitor wants to reach this service, the only one, or one to choose; what is running in the
    /// channel comes first.
    pub(super) fn choose(self, channel: Channel, service: Option<String>) {
        let Some(contact) = self.now().contact else { return };
        let there = untrack(|| running(contact));
        if channel == Channel::Chat && there.conversation {
            return self.go(Route::Chat);
        }
        if channel.is_call() && there.call {
            return self.go(Route::Call);
        }
        let services = contact.services(channel);
        let only = || {
            let single = services.first().filter(|_| !must_choose(&services));
            single.map(|(code, _)| code.clone())
        };
        match service.or_else(only) {
            Some(code) => self.ask(contact, channel, &code),
            None => {
                self.change(&mut |state| state.channel = channel);
                self.go(Route::Services);
            }
        }
    }

    /// Another try with the service of the last conversation.
    pub(super) fn again(self) {
        let service = self.0.read_untracked().service.clone();
        if let (Some(contact), Some(service)) = (self.now().contact, service) {
            self.begin(contact, &service, None);
        }
    }

    /// Leaves the conversation on screen: for good if it is over, by ending it if it is not.
    pub(super) fn leave(self) {
        if let Some(contact) = self.now().contact {
            if let Some(talk) = untrack(|| contact.running()) {
                talk.close();
            }
            self.go(Route::Home);
            contact.clear();
        }
    }

    fn begin(self, contact: Contact, service: &str, with: Option<SessionId>) {
        let beside = with.is_some();
        self.0.write_untracked().service = Some(service.to_owned());
        contact.begin_chat(service, with);
        if !beside {
            self.go(Route::Chat);
        }
    }

    /// The channel whose services, or whose devices, are on screen.
    pub(super) fn channel(self) -> Channel {
        self.now().channel
    }

    /// Shows a screen, now and after a reload.
    pub(super) fn go(self, route: Route) {
        self.change(&mut |state| state.route = route);
        if self.now().open {
            self.ui().keep(PANEL, Some(route.word()));
        }
    }

    /// The visitor does something in a panel that stands in the page: that is intent.
    pub(super) fn touched(self) {
        if let Some(contact) = self.now().contact {
            contact.start();
        }
    }

    /// Puts the focus where the visitor goes on, once the panel is drawn.
    fn enter(self) {
        signals::after_frame(move || {
            if let Some(panel) = self.open_panel() {
                focus::enter(&panel);
            }
        });
    }

    /// To be called when a part of the panel is about to be replaced: if the focus goes down with it,
    /// it comes back where the visitor goes on, and not to the page's beginning.
    pub(super) fn mind_focus(self) {
        if !self.open_panel().is_some_and(|panel| focus::is_within(&panel)) {
            return;
        }
        signals::after_frame(move || {
            if let Some(panel) = self.open_panel().filter(|panel| !focus::is_within(panel)) {
                focus::enter(&panel);
            }
        });
    }

    /// The panel, while it is open; `None` also when the widget has gone.
    fn open_panel(self) -> Option<HtmlElement> {
        let panel = self.0.try_read_untracked()?.panel.get()?;
        untrack(|| self.is_open()).then_some(panel)
    }

    /// The shared things.
    pub(super) fn ui(self) -> Ui {
        self.0.read_untracked().ui
    }

    /// Around everything.
    pub(super) fn root(self) -> Node {
        self.0.read_untracked().root
    }

    /// The button that opens it.
    pub(super) fn launcher(self) -> Node {
        self.0.read_untracked().launcher
    }

    /// The panel.
    pub(super) fn panel(self) -> Node {
        self.0.read_untracked().panel
    }

    /// Changes what the screens show, and tells them. Compiled once for all changes.
    fn change(self, change: &mut dyn FnMut(&mut State)) {
        change(&mut self.0.write().state);
    }

    fn now(self) -> State {
        self.0.read_untracked().state
    }

    /// Whether it floats over the page, reactively; otherwise it stands in it, always open.
    pub(super) fn is_floating(self) -> bool {
        self.ui().is_floating()
    }

    /// Whether a button in the page's corner opens it, reactively.
    pub(super) fn has_launcher(self) -> bool {
        self.ui().graphics(|graphics| {
            graphics.mode == Mode::Floating && graphics.launcher == Launcher::Button
        })
    }

    /// Whether the visitor sees the panel, reactively.
    #[must_use]
    pub fn is_open(self) -> bool {
        self.0.read().state.open || !self.is_floating()
    }

    /// Whether the panel has ever been needed, reactively.
    pub(super) fn was_opened(self) -> bool {
        self.0.read().state.opened || !self.is_floating()
    }

    /// What is known of the server, reactively; `None` where the configuration is of no use.
    pub(super) fn contact(self) -> Option<Contact> {
        self.0.read().state.contact
    }

    /// The screen to show, reactively.
    pub(super) fn screen(self) -> Route {
        let contact = self.contact();
        let call = contact.and_then(|contact| contact.line().call());
        let there = There {
            conversation: contact.and_then(Contact::talk).is_some(),
            call: call.is_some(),
            form: self.paper().is_some(),
        };
        self.0.read().state.route.shown(there)
    }

    /// How many messages wait, reactively.
    #[must_use]
    pub fn unread(self) -> usize {
        self.contact().and_then(Contact::talk).map_or(0, Talk::unread)
    }
}

/// What is running, reactively.
fn running(contact: Contact) -> There {
    There {
        conversation: contact.running().is_some(),
        call: contact.line().running().is_some(),
        form: false,
    }
}
