//! What is asked before a contact, and what is offered instead of one.

use leptos::prelude::*;

use super::{Desk, State};
use crate::components::chat::progress::Stage;
use crate::components::contact::Contact;
use crate::components::dom::{El, button, el};
use crate::components::forms::paper::{Asked, Paper};
use crate::components::forms::view::kept_errand;
use crate::components::forms::ways::ways;
use crate::components::home::view::{Availability, Channel};
use crate::components::icons::Icon;
use crate::components::shell::view::Route;
use crate::i18n::Key;

/// Under which the open form's channel and service are kept for the visit (docs/element.md).
pub(super) const ERRAND: &str = "errand";

impl Desk {
    /// Takes the visitor to a service, by way of what it asks: at once where it asks nothing.
    pub(in crate::components::shell) fn ask(
        self,
        contact: Contact,
        channel: Channel,
        service: &str,
    ) {
        contact.start();
        if channel.is_live() && contact.form(channel, service) == Some(None) {
            return self.begin_asked(contact, channel, service);
        }
        self.fill_in(contact, channel, service);
    }

    /// Opens a service's form, the one that was begun if there is one.
    fn fill_in(self, contact: Contact, channel: Channel, service: &str) {
        let begun = self.now().paper.filter(|paper| {
            paper.is_open_for(channel, service) && paper.contact().number() == contact.number()
        });
        self.ui().keep(ERRAND, Some(&format!("{} {service}", channel.on_wire())));
        // First the screen: a form that asks nothing goes on from there.
        self.change(&mut |state| state.paper = begun);
        self.go(Route::of_form(channel));
        match begun {
            Some(paper) if matches!(untrack(|| paper.asked()), Asked::Failed(_)) => paper.ask(),
            Some(_) => {}
            None => contact.within(&mut || self.new_paper(contact, channel, service)),
        }
    }

    fn new_paper(self, contact: Contact, channel: Channel, service: &str) {
        let code = service.to_owned();
        let on_ready = Callback::new(move |()| self.filled_in(contact, channel, &code));
        let paper = untrack(|| Paper::new(self.ui(), contact, channel, service, on_ready));
        self.change(&mut |state| state.paper = Some(paper));
    }

    /// The form of an earlier page.
    pub(super) fn resume_errand(self, contact: Contact) {
        let kept = self.ui().recall(ERRAND).and_then(|kept| kept_errand(&kept));
        match kept.filter(|(channel, service)| contact.offers(*channel, service)) {
            Some((channel, service)) => self.ask(contact, channel, &service),
            None => self.go(Route::Home),
        }
    }

    /// A form is filled in: the contact begins, or the queue is left for a callback. Answers whether
    /// it was.
    fn filled_in(self, contact: Contact, channel: Channel, service: &str) -> bool {
        if !channel.is_live() {
            return self.leave_queue(contact, service);
        }
        let State { route, paper, .. } = self.now();
        // The server may say that it asks nothing when the visitor has gone elsewhere.
        if route == Route::Form && paper.is_some_and(|paper| paper.is_open_for(channel, service)) {
            self.begin_asked(contact, channel, service);
        }
        false
    }

    fn begin_asked(self, contact: Contact, channel: Channel, service: &str) {
        if channel.is_call() {
            self.dial(contact, channel, service.to_owned());
        } else {
            self.begin(contact, service, None);
        }
    }

    /// Who is called back by a service need not wait for it: its place in the queue is given up.
    fn leave_queue(self, contact: Contact, service: &str) -> bool {
        let waits = |stage: &Stage| match stage {
            Stage::Starting | Stage::Queue(_) => true,
            Stage::Talking | Stage::Handover | Stage::Ended | Stage::Failed(_) => false,
        };
        let chat = untrack(|| {
            let chat = contact.running()?;
            (waits(&chat.stage()) && chat.service() == service).then_some(chat)
        });
        let call = untrack(|| {
            let call = contact.line().running()?;
            (waits(&call.stage()) && call.service() == service).then_some(call)
        });
        if let Some(chat) = chat {
            chat.close();
            contact.clear();
        }
        if let Some(call) = call {
            call.hang_up();
            contact.line().clear();
        }
        chat.is_some() || call.is_some()
    }

    /// Leaves a form; what was written is kept. To what is running, where the visitor still waits.
    pub(in crate::components::shell) fn leave_form(self) {
        let contact = self.now().contact;
        let there = contact.map(|contact| untrack(|| super::running(contact))).unwrap_or_default();
        self.go(Route::Home.on_open(there));
    }

    /// The form on screen, reactively.
    pub(in crate::components::shell) fn paper(self) -> Option<Paper> {
        self.0.read().state.paper
    }

    /// What is offered where a contact of a service could not begin.
    pub(in crate::components::shell) fn ways(self, channel: Channel, service: &str) -> Option<El> {
        let offers = self.contact()?.instead(channel, Some(service));
        ways(self.ui(), offers, self.on_way())
    }

    /// What is offered while a service's queue takes its time: to be called back by it.
    pub(in crate::components::shell) fn call_back(self, service: &str) -> Option<El> {
        let contact = self.contact()?;
        let open = contact.offers(Channel::Callback, service)
            && contact.availability(Channel::Callback, Some(service)).may_start();
        let service = service.to_owned();
        let choose = move |_| self.choose(Channel::Callback, Some(service.clone()));
        let ui = self.ui();
        open.then(|| {
            button("button", "queue-callback")
                .on("click", choose)
                .child(Icon::CALL_BACK.view())
                .child(el("span").says(ui, Key::QueueCallback))
        })
    }

    /// The visitor takes an offer.
    pub(in crate::components::shell) fn on_way(self) -> Callback<(Channel, Option<String>)> {
        Callback::new(move |(channel, service)| {
            // What could not begin is not tried again in the background.
            self.give_up();
            self.choose(channel, service);
        })
    }

    fn give_up(self) {
        let Some(contact) = self.now().contact else { return };
        if untrack(|| contact.talk().is_some_and(|talk| matches!(talk.stage(), Stage::Failed(_)))) {
            contact.clear();
        }
        let line = contact.line();
        if untrack(|| line.call().is_some_and(|call| matches!(call.stage(), Stage::Failed(_)))) {
            line.clear();
        }
    }
}

impl Contact {
    /// The channels that may be offered instead of one, best first; each with the same service where
    /// it is offered and open there, otherwise with any. Reactively.
    #[must_use]
    pub fn instead(
        self,
        channel: Channel,
        service: Option<&str>,
    ) -> Vec<(Channel, Option<String>)> {
        let same = |other: Channel| service.filter(|code| self.offers(other, code));
        let offered = self.channels();
        let state = |other: Channel| match same(other) {
            Some(code) => self.availability(other, Some(code)),
            // Another service at once is no answer to who wants this one; later, any will pass it on.
            None if service.is_some() && other.is_live() => Availability::Unavailable,
            None if offered.contains(&other) => self.availability(other, None),
            None => Availability::Unavailable,
        };
        let found = channel.instead(&state).into_iter();
        found.map(|other| (other, same(other).map(str::to_owned))).collect()
    }

    /// Whether a service is offered on a channel.
    #[must_use]
    pub fn offers(self, channel: Channel, service: &str) -> bool {
        self.services(channel).iter().any(|(code, _)| code == service)
    }
}
