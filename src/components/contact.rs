//! One widget as signals: the connection, the services' states, the conversation.
//!
//! Made once per configuration. It does nothing before [`Contact::start`].

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos::task::spawn_local_scoped_with_cancellation;

use super::chat::talk::Talk;
use super::home::view::Availability;
use super::ui::{Announcement, Ui};
use crate::core::model::{ChannelType, OpenSession, ServiceStatus};
use crate::core::{ChatSession, ConnectionState, Widget, WidgetConf};
use crate::signals;

type Statuses = BTreeMap<String, ReadSignal<Option<ServiceStatus>>>;

/// The state of one widget. Copies are handles to the same.
#[derive(Clone, Copy)]
pub struct Contact {
    ui: Ui,
    conf: StoredValue<WidgetConf>,
    owner: StoredValue<Owner>,
    widget: StoredValue<Option<Widget>>,
    /// `None` before the start.
    connection: RwSignal<Option<ReadSignal<Option<ConnectionState>>>>,
    had_connection: RwSignal<bool>,
    statuses: RwSignal<Statuses>,
    talk: RwSignal<Option<Talk>>,
    lost: RwSignal<bool>,
    /// The owners of the present conversation and of the one before it, which a screen that is about
    /// to go may still read.
    talks: StoredValue<[Option<Owner>; 2]>,
}

impl Contact {
    /// A contact with this configuration, under the present reactive owner; its end disconnects.
    #[must_use]
    pub fn new(ui: Ui, conf: WidgetConf) -> Self {
        let contact = Self {
            ui,
            conf: StoredValue::new(conf),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
            widget: StoredValue::new(None),
            connection: RwSignal::new(None),
            had_connection: RwSignal::new(false),
            statuses: RwSignal::new(Statuses::new()),
            talk: RwSignal::new(None),
            lost: RwSignal::new(false),
            talks: StoredValue::new([None, None]),
        };
        on_cleanup({
            let widget = contact.widget;
            move || {
                if let Some(Some(widget)) = widget.try_get_value() {
                    widget.disconnect();
                }
            }
        });
        contact
    }

    /// Connects, if that has not been done.
    pub fn start(self) -> Widget {
        if let Some(widget) = self.widget.get_value() {
            return widget;
        }
        let widget = self.ui.embedding().connect(self.conf.get_value());
        self.widget.set_value(Some(widget.clone()));
        self.owner.get_value().with(|| untrack(|| self.watch(&widget)));
        widget
    }

    fn watch(self, widget: &Widget) {
        let states = widget.client().connection_state();
        let state = signals::fold(None, states, move |state, new: ConnectionState| {
            if new.connected() {
                self.had_connection.set(true);
            }
            *state = Some(new);
        });
        self.connection.set(Some(state));
        let chat = ChannelType::Chat;
        let codes: Vec<String> = self
            .conf
            .with_value(|conf| conf.services(&chat).map(|service| service.code.clone()).collect());
        let watched = codes.into_iter().filter_map(|code| {
            let updates = widget.service_status(&code, &chat).ok()?;
            Some((code, signals::fold(None, updates, |status, new| *status = Some(new))))
        });
        self.statuses.set(watched.collect());
        signals::each_frame(widget.sessions(), move |lists: Vec<Vec<OpenSession>>| {
            if let Some(open) = lists.last() {
                self.resume(open);
            }
        });
        signals::each_frame(widget.discontinuity(), move |_| self.lost.set(true));
    }

    /// Takes up a chat that was already running, unless there is one on screen.
    fn resume(self, open: &[OpenSession]) {
        let running = self.talk.with_untracked(|talk| talk.is_some_and(|talk| !talk.is_over()));
        let chat = open.iter().find(|session| session.channel == ChannelType::Chat);
        if let (false, Some(open), Some(widget)) = (running, chat, self.widget.get_value()) {
            self.take(&widget.attach_chat(open), &open.service);
        }
    }

    /// Asks for an operator of this service.
    pub fn begin_chat(self, service: &str) {
        let widget = self.start();
        widget.identify(&ChannelType::Chat, service);
        let chat = widget.new_chat_session(service, Vec::new(), None, None);
        let talk = self.take(&chat, service);
        self.owner.get_value().with(|| {
            spawn_local_scoped_with_cancellation(async move {
                if let Err(error) = chat.create().await {
                    talk.fail(&error);
                    self.ui.report(&error);
                }
            });
        });
    }

    fn take(self, chat: &ChatSession, service: &str) -> Talk {
        self.lost.set(false);
        let owner = self.owner.get_value().child();
        let talk = owner.with(|| untrack(|| Talk::new(self.ui, chat, service)));
        self.talk.set(Some(talk));
        let gone = self.talks.try_update_value(|[present, before]| {
            std::mem::replace(before, present.replace(owner))
        });
        if let Some(Some(gone)) = gone {
            gone.cleanup();
        }
        talk
    }

    /// Leaves the conversation that is over, so that another can begin.
    pub fn clear(self) {
        self.talk.set(None);
        self.lost.set(false);
    }

    /// The conversation on screen, reactively.
    #[must_use]
    pub fn talk(self) -> Option<Talk> {
        self.talk.get()
    }

    /// A conversation that is still running, reactively.
    #[must_use]
    pub fn running(self) -> Option<Talk> {
        self.talk.get().filter(|talk| !talk.is_over())
    }

    /// The connection's state, reactively; `None` before the start.
    #[must_use]
    pub fn connection(self) -> Option<ConnectionState> {
        self.connection.get()?.get()
    }

    /// Whether there has been a connection, reactively.
    #[must_use]
    pub fn had_connection(self) -> bool {
        self.had_connection.get()
    }

    /// Whether the server has forgotten the conversation on screen, reactively.
    #[must_use]
    pub fn is_lost(self) -> bool {
        self.lost.get()
    }

    /// Whether somebody would answer, reactively.
    #[must_use]
    pub fn availability(self, service: &str) -> Availability {
        let status = self.statuses.with(|statuses| statuses.get(service).copied());
        status.map_or(Availability::Checking, |status| {
            status.with(|status| Availability::of(status.as_ref()))
        })
    }

    /// The services offered on the chat channel: code and name.
    #[must_use]
    pub fn services(self) -> Vec<(String, String)> {
        self.conf.with_value(|conf| {
            let services = conf.services(&ChannelType::Chat);
            services.map(|service| (service.code.clone(), service.description.clone())).collect()
        })
    }

    /// Wipes what is kept about the visitor and says goodbye.
    pub fn forget(self) {
        if let Some(widget) = self.widget.get_value() {
            widget.forget();
        }
        self.widget.set_value(None);
        self.connection.set(None);
        self.had_connection.set(false);
        self.statuses.set(Statuses::new());
        self.clear();
    }

    /// Tells the page.
    pub fn announce(self, announcement: &Announcement) -> bool {
        self.ui.embedding().announce(announcement)
    }
}
