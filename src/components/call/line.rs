//! The visitor's calls as one signal: the one on screen, an invitation, one that another page had.

use leptos::prelude::*;

use super::live::Call;
use super::part::{self, Part};
use crate::components::device_check::view::{Choices, KEPT};
use crate::components::forms::view::Given;
use crate::components::home::view::Channel;
use crate::components::ui::Ui;
use crate::core::model::{
    CallChannelSession, CallRequest, CallState, Device, DeviceKind, SessionId,
};
use crate::core::{Error, OpenSession, Preview, Widget};
use crate::signals;

/// The calls of one widget. Copies are handles to the same.
#[derive(Clone, Copy)]
pub struct Line(RwSignal<State>);

struct State {
    // What the screens do not show.
    ui: Ui,
    owner: Owner,
    widget: Option<Widget>,
    /// The owners of the present call and of the one before it, which a screen that is about to go may
    /// still read.
    owners: [Option<Owner>; 2],
    preview: Option<Preview>,
    /// What waits for the code of calls.
    waiting: Vec<Then>,
    known: Known,
}

/// What they show.
#[derive(Default)]
struct Known {
    part: Option<Part>,
    call: Option<Call>,
    /// Calls that are not this page's, at most one of each channel.
    others: Vec<Other>,
    devices: Vec<Device>,
    look: Look,
}

/// A call of the visitor's that this page does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other {
    /// Its channel.
    pub channel: Channel,
    /// What the server says of it.
    pub session: CallChannelSession,
}

/// The devices before a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// Not looked at.
    #[default]
    Off,
    /// The browser asks the visitor.
    Asking,
    /// They are there; why one of them is not.
    On(Option<Error>),
}

impl Line {
    /// The calls of a widget, under the present reactive owner. Nothing happens before
    /// [`watch`](Self::watch).
    #[must_use]
    pub fn new(ui: Ui) -> Self {
        Self(RwSignal::new(State {
            ui,
            owner: Owner::current().unwrap_or_default(),
            widget: None,
            owners: [None, None],
            preview: None,
            waiting: Vec::new(),
            known: Known::default(),
        }))
    }

    /// Follows a widget's calls.
    pub fn watch(self, widget: &Widget) {
        self.0.write_untracked().widget = Some(widget.clone());
        for channel in Channel::CALLS {
            let Ok(monitor) = widget.call_monitor(&channel.on_wire()) else { continue };
            signals::each_frame(monitor, move |sessions| {
                sessions.iter().for_each(|session| self.told(channel, session));
            });
        }
    }

    /// Has the code of calls fetched.
    pub fn want(self) {
        self.with_part(Box::new(|_| {}));
    }

    /// Does something once the code of calls is there, and they have their sound and picture; or cannot
    /// be fetched, which is tried anew each time.
    fn with_part(self, then: Then) {
        if untrack(|| self.part()).is_some() {
            return then(Ok(()));
        }
        let Some(widget) = self.widget() else { return };
        let mut state = self.0.write_untracked();
        state.waiting.push(then);
        if state.waiting.len() > 1 {
            return;
        }
        let attaching = state.ui.embedding().attach(&widget);
        drop(state);
        signals::spawn_detached(async move {
            let part = match attaching.await {
                Ok(()) => part::fetch().await,
                Err(error) => Err(error),
            };
            self.fetched(&widget, part);
        });
    }

    fn fetched(self, widget: &Widget, part: Result<Part, Error>) {
        let Some(owner) = self.0.try_read_untracked().map(|state| state.owner.clone()) else {
            return;
        };
        let outcome = part.as_ref().map(|_| ()).map_err(Clone::clone);
        match part {
            Ok(part) => {
                owner.with(|| untrack(|| self.follow_devices(widget)));
                self.change(&mut |known| known.part = Some(part));
            }
            Err(error) => self.report(&error),
        }
        let waiting = std::mem::take(&mut self.0.write_untracked().waiting);
        for then in waiting {
            then(outcome.clone());
        }
    }

    fn follow_devices(self, widget: &Widget) {
        signals::each_frame(widget.devices(), move |lists| {
            if let Some(devices) = lists.last() {
                self.change(&mut |known| known.devices.clone_from(devices));
            }
        });
        let choices = self.ui().recall(KEPT).map(|kept| Choices::read(&kept));
        for (kind, device) in choices.unwrap_or_default().all() {
            self.use_device(kind, &device);
        }
    }

    fn told(self, channel: Channel, session: &CallChannelSession) {
        let call = self.0.read_untracked().known.call;
        let ours = call.filter(|call| call.id().as_ref() == Some(&session.id));
        self.change(&mut |known| {
            known.others.retain(|other| other.channel != channel);
            if ours.is_none() && !session.is_over() {
                known.others.push(Other { channel, session: session.clone() });
            }
        });
        match ours {
            Some(call) => call.apply(session),
            // It rings, or can be returned to: that is shown.
            None if !session.is_over() => self.want(),
            None => {}
        }
    }

    /// Calls a service; within a conversation, its operator.
    pub fn begin(self, channel: Channel, service: &str, given: Given, with: Option<SessionId>) {
        let Some(widget) = self.widget() else { return };
        widget.identify(&channel.on_wire(), service);
        let request = CallRequest {
            channel: channel.on_wire(),
            service: service.to_owned(),
            customer: given.customer,
            fields: given.fields,
            with,
        };
        let call = self.take(widget.clone(), channel, service);
        self.make(call, None, Box::new(move || Box::pin(widget.create_call(request))));
    }

    /// Takes an operator's invitation.
    pub fn accept(self, other: &Other) {
        let Some(widget) = self.widget() else { return };
        let id = other.session.id.clone();
        let service = other.session.service.as_deref().unwrap_or_default();
        let call = self.take(widget.clone(), other.channel, service);
        let take = move || -> Making {
            let taking = widget.accept_call(&id);
            Box::pin(async move { taking.await.map(|_| id) })
        };
        self.make(call, Some(other.session.clone()), Box::new(take));
    }

    /// Refuses it.
    pub fn decline(self, other: &Other) {
        self.settle(other, Widget::decline_call);
    }

    /// Takes up a call that another page of the visitor has, or had.
    pub fn join(self, other: &Other) {
        let Some(widget) = self.widget() else { return };
        let service = other.session.service.clone().unwrap_or_default();
        let id = other.session.id.clone();
        let open = OpenSession { id: id.clone(), channel: other.channel.on_wire(), service };
        let call = self.take(widget.clone(), other.channel, &open.service);
        let join = move || -> Making {
            let joining = widget.join_call(&open);
            Box::pin(async move { joining.await.map(|()| id) })
        };
        self.make(call, Some(other.session.clone()), Box::new(join));
    }

    /// Ends it.
    pub fn hang_up(self, other: &Other) {
        self.settle(other, Widget::close_call);
    }

    fn settle<F>(self, other: &Other, act: impl FnOnce(&Widget, &SessionId) -> F)
    where
        F: Future<Output = Result<bool, Error>> + 'static,
    {
        let Some(widget) = self.widget() else { return };
        let acting = act(&widget, &other.session.id);
        self.change(&mut |known| known.others.retain(|it| it != other));
        signals::spawn_detached(async move {
            if let Err(error) = acting.await {
                self.report(&error);
            }
        });
    }

    fn take(self, widget: Widget, channel: Channel, service: &str) -> Call {
        let owner = self.0.read_untracked().owner.child();
        let ui = self.ui();
        let call = owner.with(|| Call::new(ui, widget, channel, service));
        self.change(&mut |known| known.call = Some(call));
        let mut held = self.0.write_untracked();
        let [present, before] = &mut held.owners;
        let gone = std::mem::replace(before, present.replace(owner));
        drop(held);
        if let Some(gone) = gone {
            gone.cleanup();
        }
        call
    }

    /// Waits until the call is there, or is not to be had.
    fn make(self, call: Call, session: Option<CallChannelSession>, make: Make) {
        self.with_part(Box::new(move |there| match there {
            Ok(()) => self.made(call, session, make()),
            Err(error) => call.fail(&error),
        }));
    }

    fn made(self, call: Call, session: Option<CallChannelSession>, making: Making) {
        let owner = self.0.read_untracked().owners[0].clone();
        let widget = self.widget();
        signals::spawn_detached(async move {
            let made = making.await;
            let wanted = call.is_given_up() == Some(false);
            match (made, owner) {
                (Ok(id), Some(owner)) if wanted => {
                    owner.with(|| untrack(|| call.made(&id)));
                    self.is_ours(call, &id, session);
                }
                (Ok(id), _) => {
                    if let Some(widget) = widget {
                        let _ = widget.close_call(&id).await;
                    }
                }
                (Err(error), _) => {
                    call.fail(&error);
                    self.report(&error);
                }
            }
            // The call has the devices now, or there is none.
            self.look_away();
        });
    }

    /// The server may have spoken of the call before its id was known here.
    fn is_ours(self, call: Call, id: &SessionId, session: Option<CallChannelSession>) {
        let mut told = session;
        self.change(&mut |known| {
            if let Some(at) = known.others.iter().position(|other| other.session.id == *id) {
                told = Some(known.others.remove(at).session);
            }
        });
        if let Some(session) = told {
            call.apply(&session);
        }
    }

    /// Leaves a call that is over, so that another can begin.
    pub fn clear(self) {
        self.change(&mut |known| known.call = None);
    }

    /// Takes the devices, for the visitor to look at before a call.
    pub fn look(self, video: bool) {
        self.change(&mut |known| known.look = Look::Asking);
        self.with_part(Box::new(move |there| match there {
            Ok(()) => self.take_devices(video),
            Err(error) => self.change(&mut |known| known.look = Look::On(Some(error.clone()))),
        }));
    }

    fn take_devices(self, video: bool) {
        let Some(widget) = self.widget() else { return };
        let (preview, asking) = widget.preview(video);
        self.0.write_untracked().preview = Some(preview);
        signals::spawn_detached(async move {
            let error = asking.await.err();
            // Now they have names.
            drop(widget.devices());
            self.change(&mut |known| {
                if known.look == Look::Asking {
                    known.look = Look::On(error.clone());
                }
            });
        });
    }

    /// Gives them back, unless a call that is being made takes them.
    pub fn look_away(self) {
        let call = self.0.try_read_untracked().and_then(|state| state.known.call);
        if call.is_some_and(Call::is_being_made) {
            return;
        }
        let Some(mut state) = self.0.try_write() else { return };
        state.preview = None;
        state.known.look = Look::Off;
    }

    /// How the devices look, reactively.
    #[must_use]
    pub fn looks(self) -> Look {
        self.0.read().known.look.clone()
    }

    /// The devices of a kind, reactively.
    #[must_use]
    pub fn devices(self, kind: DeviceKind) -> Vec<Device> {
        let state = self.0.read();
        state.known.devices.iter().filter(|device| device.kind == kind).cloned().collect()
    }

    /// Uses a device, now and in the calls to come.
    pub fn choose(self, kind: DeviceKind, device: &str) {
        let kept = self.ui().recall(KEPT).unwrap_or_default();
        let choices = Choices::read(&kept).with(kind, device);
        self.ui().keep(KEPT, Some(&choices.text()));
        self.use_device(kind, device);
    }

    fn use_device(self, kind: DeviceKind, device: &str) {
        let Some(widget) = self.widget() else { return };
        let choosing = widget.choose_device(kind, device);
        signals::spawn_detached(async move {
            if let Err(error) = choosing.await {
                self.report(&error);
            }
        });
    }

    /// The widget that the calls are of, once it runs.
    #[must_use]
    pub fn widget(self) -> Option<Widget> {
        self.0.try_read_untracked()?.widget.clone()
    }

    /// Tells the page, if it is still there.
    fn report(self, error: &Error) {
        if let Some(ui) = self.0.try_read_untracked().map(|state| state.ui) {
            ui.report(error);
        }
    }

    fn ui(self) -> Ui {
        self.0.read_untracked().ui
    }

    /// Changes what the screens show, and tells them. Compiled once for all changes.
    fn change(self, change: &mut dyn FnMut(&mut Known)) {
        if let Some(mut state) = self.0.try_write() {
            change(&mut state.known);
        }
    }

    /// The code of calls, once it is there, reactively.
    pub(super) fn part(self) -> Option<Part> {
        self.0.read().known.part
    }

    /// The call on screen, reactively.
    #[must_use]
    pub fn call(self) -> Option<Call> {
        self.0.read().known.call
    }

    /// A call of this page that is still running, reactively.
    #[must_use]
    pub fn running(self) -> Option<Call> {
        self.call().filter(|call| !call.is_over())
    }

    /// An operator who calls, reactively.
    #[must_use]
    pub fn invitation(self) -> Option<Other> {
        self.other(true)
    }

    /// A call that another page of the visitor has, or had before it was reloaded, reactively.
    #[must_use]
    pub fn elsewhere(self) -> Option<Other> {
        self.other(false)
    }

    fn other(self, rings: bool) -> Option<Other> {
        if self.running().is_some() {
            return None;
        }
        let state = self.0.read();
        let is_it = |other: &&Other| (other.session.state == Some(CallState::NewInbound)) == rings;
        state.known.others.iter().find(is_it).cloned()
    }
}

/// What is done once the code of calls is there, or cannot be had.
type Then = Box<dyn FnOnce(Result<(), Error>) + Send + Sync>;

/// Makes a call.
type Make = Box<dyn FnOnce() -> Making + Send + Sync>;

/// A call that is being made.
type Making = std::pin::Pin<Box<dyn Future<Output = Result<SessionId, Error>>>>;
