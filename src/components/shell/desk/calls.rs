//! The visitor's calls: by way of the devices, with the conversation beside them.

use leptos::prelude::*;

use super::{Desk, State};
use crate::components::chat::talk::Talk;
use crate::components::contact::Contact;
use crate::components::device_check::view::KEPT as DEVICES;
use crate::components::home::view::Channel;
use crate::components::shell::view::Route;
use crate::core::model::SessionId;

impl Desk {
    /// Calls a service; a visitor who has never called looks at the devices first.
    pub(super) fn dial(self, contact: Contact, channel: Channel, service: String) {
        if self.ui().recall(DEVICES).is_some() {
            contact.start();
            let with = conversation(contact);
            let given = contact.given(channel, &service);
            contact.line().begin(channel, &service, given, with);
            self.change(&mut |state| state.beside = false);
            self.go(Route::Call);
        } else {
            self.check(channel, Some(service));
        }
    }

    /// Looks at devices and line, and calls the service then, where there is one.
    pub(in crate::components::shell) fn check(self, channel: Channel, service: Option<String>) {
        if let Some(contact) = self.now().contact {
            contact.start();
        }
        self.0.write_untracked().wanted = service;
        self.change(&mut |state| state.channel = channel);
        self.go(Route::Check);
    }

    /// The service that is to be called once the devices have been looked at.
    pub(in crate::components::shell) fn wanted(self) -> Option<String> {
        self.0.read_untracked().wanted.clone()
    }

    /// They have been: they are not looked at again without being asked for.
    pub(in crate::components::shell) fn call_wanted(self) {
        if self.ui().recall(DEVICES).is_none() {
            self.ui().keep(DEVICES, Some(""));
        }
        let State { contact, channel, .. } = self.now();
        let wanted = self.0.write_untracked().wanted.take();
        match (contact, wanted) {
            (Some(contact), Some(service)) => self.dial(contact, channel, service),
            (Some(_) | None, _) => self.go(Route::Home),
        }
    }

    /// Calls the service of the last call again.
    pub(in crate::components::shell) fn call_again(self) {
        let Some(contact) = self.now().contact else { return };
        if let Some(call) = untrack(|| contact.line().call()) {
            self.dial(contact, call.channel(), call.service());
        }
    }

    /// Leaves the call on screen: for good if it is over, by ending it if it is not.
    pub(in crate::components::shell) fn leave_call(self) {
        let Some(contact) = self.now().contact else { return };
        if let Some(call) = untrack(|| contact.line().running()) {
            call.hang_up();
        }
        self.go(Route::Home);
        contact.line().clear();
    }

    /// Shows the conversation beside the call, beginning one with the same operator, or hides it.
    pub(in crate::components::shell) fn toggle_chat(self) {
        let Some(contact) = self.now().contact else { return };
        let call = untrack(|| contact.line().running());
        let beside = !self.now().beside;
        if let (true, None, Some(call)) = (beside, untrack(|| contact.running()), call) {
            self.begin(contact, &call.service(), call.id());
        }
        self.change(&mut |state| state.beside = beside);
    }

    /// Whether the conversation is shown beside the call, reactively.
    pub(in crate::components::shell) fn is_beside(self) -> bool {
        self.0.read().state.beside && self.contact().and_then(Contact::talk).is_some()
    }
}

/// The conversation that is running: its operator is rung first.
fn conversation(contact: Contact) -> Option<SessionId> {
    untrack(|| contact.running()).and_then(Talk::session)
}
