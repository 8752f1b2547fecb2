//! One widget as a signal: the connection, the services' states, the conversation.
//!
//! Made once per configuration. It does nothing before [`Contact::start`].

pub mod errands;

use std::sync::Arc;

use leptos::prelude::*;

use super::call::line::Line;
use super::chat::talk::Talk;
use super::forms::answers::Answers;
use super::forms::view::Given;
use super::home::view::{Availability, Channel};
use super::ui::Ui;
use crate::core::config::Graphics;
use crate::core::model::{ChannelType, ChatRequest, Form, OpenSession, ServiceStatus, SessionId};
use crate::core::{ChatSession, ConnectionState, Widget, WidgetConf};
use crate::signals;

/// The state of one widget. Copies are handles to the same.
#[derive(Clone, Copy)]
pub struct Contact(RwSignal<State>);

/// One signal: a change of any of it is rare, and small against a frame.
struct State {
    // What the screens do not show.
    ui: Ui,
    number: u32,
    conf: Arc<WidgetConf>,
    owner: Owner,
    widget: Option<Widget>,
    line: Line,
    /// The owners of the present conversation and of the one before it, which a screen that is about
    /// to go may still read.
    talks: [Option<Owner>; 2],
    /// What services ask, as far as the server was asked.
    forms: Vec<(Channel, String, Option<Form>)>,
    /// What the visitor has answered.
    answers: Answers,
    known: Known,
}

/// What they show.
#[derive(Default)]
struct Known {
    connection: Option<ConnectionState>,
    had_connection: bool,
    statuses: Vec<(Channel, String, ServiceStatus)>,
    talk: Option<Talk>,
    lost: bool,
}

impl Contact {
    /// A contact with this configuration, under the present reactive owner; its end disconnects.
    #[must_use]
    pub fn new(ui: Ui, conf: Arc<WidgetConf>) -> Self {
        let owner = Owner::current().unwrap_or_default();
        let state = RwSignal::new(State {
            ui,
            known: Known::default(),
            number: ui.next_number(),
            conf,
            owner,
            widget: None,
            line: Line::new(ui),
            talks: [None, None],
            forms: Vec::new(),
            answers: ui
                .recall(errands::ANSWERS)
                .map(|kept| Answers::read(&kept))
                .unwrap_or_default(),
        });
        on_cleanup(move || {
            let widget = state.try_write_untracked().and_then(|mut state| state.widget.take());
            if let Some(widget) = widget {
                widget.disconnect();
            }
        });
        Self(state)
    }

    fn ui(self) -> Ui {
        self.0.read_untracked().ui
    }

    /// Connects, if that has not been done.
    pub fn start(self) {
        let held = self.0.read_untracked();
        let (started, owner) = (held.widget.is_some(), held.owner.clone());
        let conf = held.conf.clone();
        drop(held);
        if !started {
            // The server speaks to the visitor in the language that the contact begins in.
            let lang = untrack(|| self.ui().lang()).code().to_owned();
            let graphics = Graphics { lang: Some(lang), ..Graphics::default() };
            let conf = WidgetConf { graphics: Some(graphics), ..WidgetConf::clone(&conf) };
            let widget = self.ui().embedding().connect(conf);
            self.0.write_untracked().widget = Some(widget.clone());
            owner.with(|| untrack(|| self.watch(&widget)));
        }
    }

    fn watch(self, widget: &Widget) {
        signals::each_frame(widget.client().connection_state(), move |states| {
            self.change(&mut |known| {
                known.had_connection |= states.iter().any(ConnectionState::connected);
                known.connection = states.last().cloned();
            });
        });
        for channel in self.channels() {
            self.watch_services(widget, channel);
        }
        if self.has_calls() {
            self.line().watch(widget);
        }
        self.resume(&widget.open_sessions());
        signals::each_frame(widget.sessions(), move |lists| {
            if let Some(open) = lists.last() {
                self.resume(open);
            }
        });
        signals::each_frame(widget.discontinuity(), move |_| {
            self.change(&mut |known| known.lost = true);
        });
    }

    fn watch_services(self, widget: &Widget, channel: Channel) {
        for (code, _) in self.services(channel) {
            // Every service offered may be watched: `Err` is for the others.
            let Ok(updates) = widget.service_status(&code, &channel.on_wire()) else { continue };
            signals::each_frame(updates, move |updates| {
                let Some(newest) = updates.last() else { return };
                self.change(&mut |known| {
                    known.statuses.retain(|(at, known, _)| (*at, known) != (channel, &code));
                    known.statuses.push((channel, code.clone(), newest.clone()));
                });
            });
        }
    }

    /// Another page has met the visitor.
    pub(super) fn join(self, token: &str) {
        self.start();
        if let Some(widget) = self.widget() {
            widget.resume(token);
        }
    }

    /// Another page has begun a conversation, or the visitor has read on there.
    pub(super) fn hear(self, name: &str, value: &str) {
        if name == "session"
            && let Some(widget) = self.widget()
        {
            widget.hear(value);
        } else if let Some(talk) = untrack(|| self.running()) {
            talk.read_elsewhere(value);
        }
    }

    /// Takes up a chat that was already running, unless there is one on screen.
    fn resume(self, open: &[OpenSession]) {
        let running = untrack(|| self.running()).is_some();
        let chat = open.iter().find(|session| session.channel == ChannelType::Chat);
        if let (false, Some(open), Some(widget)) = (running, chat, self.widget()) {
            self.take(&widget.attach_chat(open), &open.service);
        }
    }

    /// Asks for an operator of this service; within a call, for the one who is there.
    pub fn begin_chat(self, service: &str, with: Option<SessionId>) {
        self.start();
        let Some(widget) = self.widget() else { return };
        widget.identify(&ChannelType::Chat, service);
        // Whom the visitor talks to already is not told anew who asks.
        let given =
            if with.is_none() { self.given(Channel::Chat, service) } else { Given::default() };
        let Given { customer, fields } = given;
        let request = ChatRequest { service: service.to_owned(), customer, fields, with };
        let chat = widget.new_chat(request);
        let talk = self.take(&chat, service);
        let owner = self.0.read_untracked().owner.clone();
        owner.with(|| {
            signals::spawn(async move {
                if let Err(error) = chat.create().await {
                    talk.fail(&error);
                    self.ui().report(&error);
                }
            });
        });
    }

    fn take(self, chat: &ChatSession, service: &str) -> Talk {
        let owner = self.0.read_untracked().owner.child();
        let talk = owner.with(|| untrack(|| Talk::new(self.ui(), chat, service)));
        self.show(Some(talk));
        let mut held = self.0.write_untracked();
        let [present, before] = &mut held.talks;
        let gone = std::mem::replace(before, present.replace(owner));
        drop(held);
        if let Some(gone) = gone {
            gone.cleanup();
        }
        talk
    }

    /// Leaves the conversation that is over, so that another can begin.
    pub fn clear(self) {
        self.show(None);
    }

    fn show(self, talk: Option<Talk>) {
        self.change(&mut |known| {
            known.talk = talk;
            known.lost = false;
        });
    }

    /// Changes what the screens show, and tells them. Compiled once for all changes.
    fn change(self, change: &mut dyn FnMut(&mut Known)) {
        change(&mut self.0.write().known);
    }

    /// Tells this contact from the one of another configuration.
    #[must_use]
    pub fn number(self) -> u32 {
        self.0.read_untracked().number
    }

    /// The conversation on screen, reactively.
    #[must_use]
    pub fn talk(self) -> Option<Talk> {
        self.0.read().known.talk
    }

    /// A conversation that is still running, reactively.
    #[must_use]
    pub fn running(self) -> Option<Talk> {
        self.talk().filter(|talk| !talk.is_over())
    }

    /// The connection's state, and whether it has ever stood, reactively; `None` before the start.
    #[must_use]
    pub fn connection(self) -> (Option<ConnectionState>, bool) {
        let known = &self.0.read().known;
        (known.connection.clone(), known.had_connection)
    }

    /// Whether it has been started, reactively.
    #[must_use]
    pub fn is_started(self) -> bool {
        self.0.read().known.connection.is_some()
    }

    /// Whether the server has forgotten the conversation on screen, reactively.
    #[must_use]
    pub fn is_lost(self) -> bool {
        self.0.read().known.lost
    }

    /// Whether somebody would answer, at one service or at the best of all, reactively.
    #[must_use]
    pub fn availability(self, channel: Channel, service: Option<&str>) -> Availability {
        let state = self.0.read();
        if channel.is_call() && !self.has_calls() {
            return Availability::Unavailable;
        }
        let of = |code: &str| {
            let mut known = state.known.statuses.iter();
            let known = known.find(|(at, known, _)| (*at, &**known) == (channel, code));
            Availability::of(known.map(|(.., status)| status))
        };
        match service {
            Some(code) => of(code),
            None => Availability::best(self.services(channel).iter().map(|(code, _)| of(code))),
        }
    }

    /// The channels that have services; of those with sound, where it can be had at all.
    #[must_use]
    pub fn channels(self) -> Vec<Channel> {
        let media = self.ui().embedding().has_media();
        let has = |channel: &Channel| {
            (media || !channel.is_call()) && !self.services(*channel).is_empty()
        };
        let channels: Vec<_> = Channel::ALL.into_iter().filter(has).collect();
        // A page without a service is a developer's: the empty channel says so.
        if channels.is_empty() { vec![Channel::Chat] } else { channels }
    }

    /// Whether calls can be made: the page has sound, and its configuration wants them.
    fn has_calls(self) -> bool {
        let held = self.0.read_untracked();
        let wanted = held.conf.server.webrtc.as_ref().is_some_and(|webrtc| webrtc.enabled);
        wanted && held.ui.embedding().has_media()
    }

    /// The visitor's calls.
    #[must_use]
    pub fn line(self) -> Line {
        self.0.read_untracked().line
    }

    /// The services offered on a channel: code and name.
    #[must_use]
    pub fn services(self, channel: Channel) -> Vec<(String, String)> {
        let held = self.0.read_untracked();
        let channel = channel.on_wire();
        let services = held.conf.services(&channel);
        services.map(|service| (service.code.clone(), service.description.clone())).collect()
    }

    /// Wipes what is kept about the visitor and says goodbye.
    pub fn forget(self) {
        let widget = self.0.write_untracked().widget.take();
        if let Some(widget) = widget {
            widget.forget();
        }
        self.forget_answers();
        self.change(&mut |known| *known = Known::default());
    }

    pub(super) fn widget(self) -> Option<Widget> {
        self.0.read_untracked().widget.clone()
    }
}
