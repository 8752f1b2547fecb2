//! What a contact knows of forms: what is asked, what was answered.

use std::future::Future;

use leptos::prelude::*;

use super::Contact;
use crate::components::forms::answers::Answers;
use crate::components::forms::view::{Given, MAIL, MESSAGE, given, is_mail, questions};
use crate::components::home::view::Channel;
use crate::core::config::ServiceForm;
use crate::core::model::{CustomerInfo, Form};
use crate::signals;

/// Under which the answers are kept for the visit (docs/element.md).
pub const ANSWERS: &str = "answers";
const DRAFT: &str = "draft";

impl Contact {
    /// What the service asks: the configuration's word, or the server's as far as it was heard.
    #[must_use]
    pub fn form(self, channel: Channel, service: &str) -> Option<Option<Form>> {
        let held = self.0.read_untracked();
        match held.conf.form(service, &channel.on_wire()) {
            ServiceForm::Nothing => Some(None),
            ServiceForm::Asked(form) => Some(something(Some(form.clone()))),
            ServiceForm::Server => {
                let mut heard = held.forms.iter();
                let heard = heard.find(|(at, code, _)| (*at, &**code) == (channel, service));
                heard.map(|(.., form)| form.clone())
            }
        }
    }

    /// The server has said what a service asks.
    pub(in crate::components) fn heard(self, channel: Channel, service: &str, form: Option<Form>) {
        self.0.write_untracked().forms.push((channel, service.to_owned(), something(form)));
    }

    /// What the visitor has answered, or what the page knows already.
    #[must_use]
    pub fn answer(self, key: &str) -> String {
        let held = self.0.read_untracked();
        if let Some(answer) = held.answers.get(key) {
            return answer.to_owned();
        }
        if key == MESSAGE {
            // Begun as a message of a conversation that could not be.
            return held.ui.recall(DRAFT).unwrap_or_default();
        }
        let customer = held.conf.customer_info.as_ref();
        let known = customer.and_then(|it| it.texts().find(|(name, _)| *name == key));
        let known = known.map(|(_, text)| text.to_owned());
        // It may be any way to reach the visitor; only one of them is asked for.
        known.filter(|text| key != MAIL || is_mail(text)).unwrap_or_default()
    }

    /// The visitor writes.
    pub(in crate::components) fn write_answer(self, key: &str, value: &str) {
        self.0.write_untracked().answers.set(key, value);
        self.keep_answers();
    }

    /// What was sent is not asked for again, nor sent again.
    pub(in crate::components) fn drop_answers(self, keys: &[&str]) {
        let mut held = self.0.write_untracked();
        keys.iter().for_each(|key| held.answers.clear(key));
        drop(held);
        self.keep_answers();
    }

    fn keep_answers(self) {
        let held = self.0.read_untracked();
        let text = held.answers.write();
        held.ui.keep(ANSWERS, (!text.is_empty()).then_some(&text));
    }

    pub(super) fn forget_answers(self) {
        self.0.write_untracked().answers = Answers::default();
    }

    /// Who the visitor is, as far as the page knows.
    #[must_use]
    pub fn customer(self) -> Option<CustomerInfo> {
        self.0.read_untracked().conf.customer_info.clone()
    }

    /// What goes to the server with a contact.
    #[must_use]
    pub fn given(self, channel: Channel, service: &str) -> Given {
        let Some(Some(form)) = self.form(channel, service) else { return Given::default() };
        let questions = questions(channel, Some(&form));
        let known = self.customer();
        given(&questions, &|key| self.answer(key), known.as_ref())
    }

    /// Makes something under this contact's reactive owner.
    pub(in crate::components) fn within(self, make: &mut dyn FnMut()) {
        let owner = self.0.read_untracked().owner.clone();
        owner.with(make);
    }

    /// Runs a task that ends with this contact, not with the screen that began it.
    pub(in crate::components) fn spawn(self, task: impl Future<Output = ()> + 'static) {
        let mut task = Some(task);
        self.within(&mut || task.take().into_iter().for_each(signals::spawn));
    }
}

/// A form without a question is none.
fn something(form: Option<Form>) -> Option<Form> {
    form.filter(|form| !form.fields.is_empty() || form.consent.is_some())
}
