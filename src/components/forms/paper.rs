//! One form that is being filled in, as a signal: what is asked, what is wrong, what became of it.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::slots::{Slots, first_of, offers};
use super::view::{MAIL, MESSAGE, Mistake, PHONE, Question, SUBJECT, WHEN, given, questions};
use crate::components::contact::Contact;
use crate::components::dom::Node;
use crate::components::home::view::Channel;
use crate::components::ui::Ui;
use crate::core::model::{CallbackRequest, Form, MailRequest};
use crate::core::{Error, Widget};
use crate::signals;

/// Days of which times are offered.
const DAYS: u32 = 14;
const DRAFT: &str = "draft";

/// One form. Copies are handles to the same.
#[derive(Clone, Copy)]
pub struct Paper(RwSignal<State>);

struct State {
    // What does not change.
    ui: Ui,
    contact: Contact,
    channel: Channel,
    service: String,
    number: u32,
    sheet: Node,
    on_ready: Callback<(), bool>,
    // What does.
    asked: Asked,
    questions: Vec<Question>,
    wrong: Vec<(String, Mistake)>,
    summary: usize,
    busy: bool,
    problem: Option<Error>,
    slots: Slots,
    done: Option<Done>,
}

/// Whether it is known what is to be asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Asked {
    /// Not yet.
    Waiting,
    /// It could not be found out.
    Failed(Error),
    /// Yes.
    Known,
}

/// What was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// A mail.
    Mail {
        /// The ticket's number.
        id: String,
        /// The address that the answer goes to.
        to: String,
    },
    /// A wish to be called.
    Callback {
        /// Its number.
        id: String,
        /// The phone number as the server reads it.
        phone: String,
        /// When, RFC 3339; `None`: as soon as possible.
        when: Option<String>,
        /// Whether a queue was left for it.
        left: bool,
    },
}

impl Paper {
    /// A form for a service, under the present reactive owner, which is to be the contact's.
    /// `on_ready` goes on where the contact begins, and answers whether a queue was left then.
    #[must_use]
    pub fn new(
        ui: Ui,
        contact: Contact,
        channel: Channel,
        service: &str,
        on_ready: Callback<(), bool>,
    ) -> Self {
        let paper = Self(RwSignal::new(State {
            ui,
            contact,
            channel,
            service: service.to_owned(),
            number: ui.next_number(),
            sheet: Node::new(),
            on_ready,
            asked: Asked::Waiting,
            questions: Vec::new(),
            wrong: Vec::new(),
            summary: 0,
            busy: false,
            problem: None,
            slots: Slots::Waiting,
            done: None,
        }));
        paper.ask();
        if channel == Channel::Callback {
            paper.ask_for_times();
        }
        paper
    }

    /// Finds out what is to be asked.
    pub fn ask(self) {
        let (contact, channel, service) = self.errand();
        if let Some(form) = contact.form(channel, &service) {
            return self.lay_out(form.as_ref());
        }
        let Some(widget) = self.widget() else { return };
        self.change(&mut |state| state.asked = Asked::Waiting);
        let asking = widget.forms(&channel.on_wire(), &service);
        contact.spawn(async move {
            match asking.await {
                Ok(form) => {
                    contact.heard(channel, &service, form.clone());
                    self.lay_out(form.as_ref());
                }
                // A server that knows no forms has none.
                Err(error) if error.reason() == "METHOD_NOT_FOUND" => self.lay_out(None),
                Err(error) => self.change(&mut |state| state.asked = Asked::Failed(error.clone())),
            }
        });
    }

    fn lay_out(self, form: Option<&Form>) {
        let asked = questions(self.channel(), form);
        let empty = asked.is_empty();
        self.change(&mut |state| {
            state.questions.clone_from(&asked);
            state.asked = Asked::Known;
        });
        if empty {
            self.go_on();
        }
    }

    fn ask_for_times(self) {
        let (contact, _, service) = self.errand();
        let Some(widget) = self.widget() else { return };
        let asking = widget.callback_slots(&service, DAYS);
        contact.spawn(async move {
            let slots = Slots::of(asking.await);
            let when = contact.answer(WHEN);
            let gone = !when.is_empty() && slots.is_known() && !offers(&slots, &when);
            if gone {
                contact.drop_answers(&[WHEN]);
            }
            self.change(&mut |state| {
                state.slots = slots.clone();
                if gone {
                    state.mark(WHEN, Some(Mistake::Taken));
                }
            });
        });
    }

    /// Looks for times again.
    pub fn retry_times(self) {
        self.change(&mut |state| state.slots = Slots::Waiting);
        self.ask_for_times();
    }

    /// The visitor writes. A mistake goes as soon as it is mended.
    pub fn write(self, question: &Question, answer: &str) {
        self.contact().write_answer(&question.key, answer);
        let key = question.key.as_str();
        if self.0.read_untracked().wrong(key).is_some() {
            let mistake = question.mistake(answer);
            self.change(&mut |state| state.mark(key, mistake));
        }
    }

    /// The visitor has gone on to the next question: this one is judged, unless it was passed over.
    pub fn leave(self, question: &Question) {
        let answer = self.contact().answer(&question.key);
        if !answer.is_empty() {
            let mistake = question.mistake(&answer);
            self.change(&mut |state| state.mark(&question.key, mistake));
        }
    }

    /// The visitor chooses a day, or none: its first time is chosen with it.
    pub fn choose_day(self, day: &str) {
        let when = first_of(&self.0.read_untracked().slots, day);
        self.choose_time(when.as_deref().unwrap_or_default());
    }

    /// The visitor chooses a time.
    pub fn choose_time(self, when: &str) {
        self.contact().write_answer(WHEN, when);
        self.change(&mut |state| state.mark(WHEN, None));
    }

    /// The time that is chosen, reactively; empty: as soon as possible.
    #[must_use]
    pub fn when(self) -> String {
        self.0.read().contact.answer(WHEN)
    }

    /// Judges everything, and goes on if nothing is wrong.
    pub fn submit(self) {
        let held = self.0.read_untracked();
        if held.busy || held.asked != Asked::Known {
            return;
        }
        let contact = held.contact;
        let judged = held.questions.iter().filter_map(|question| {
            let mistake = question.mistake(&contact.answer(&question.key))?;
            Some((question.key.clone(), mistake))
        });
        let wrong: Vec<(String, Mistake)> = judged.collect();
        drop(held);
        self.change(&mut |state| {
            state.summary = wrong.len();
            state.wrong.clone_from(&wrong);
            state.problem = None;
        });
        if wrong.is_empty() { self.go_on() } else { self.show_mistake() }
    }

    fn go_on(self) {
        match self.channel() {
            Channel::Chat | Channel::Video | Channel::PhoneCall => {
                let ready = self.0.read_untracked().on_ready;
                ready.run(());
            }
            Channel::Mail => self.send_mail(),
            Channel::Callback => self.request_callback(),
        }
    }

    fn send_mail(self) {
        let Some(widget) = self.widget() else { return };
        let (contact, _, service) = self.errand();
        let answer = |key: &str| contact.answer(key).trim().to_owned();
        let to = answer(MAIL);
        let given = self.given();
        let sending = widget.send_mail(MailRequest {
            service,
            from: to.as_str().into(),
            subject: answer(SUBJECT).into(),
            message: answer(MESSAGE).into(),
            customer: given.customer,
            fields: given.fields,
        });
        self.change(&mut |state| state.busy = true);
        contact.spawn(async move {
            match sending.await {
                Ok(id) => self.finish(&Done::Mail { id: id.to_string(), to }),
                Err(error) => self.fail(&error),
            }
        });
    }

    fn request_callback(self) {
        let Some(widget) = self.widget() else { return };
        let (contact, _, service) = self.errand();
        let answer = |key: &str| {
            let answer = contact.answer(key).trim().to_owned();
            (!answer.is_empty()).then_some(answer)
        };
        let when = answer(WHEN);
        let given = self.given();
        let asking = widget.request_callback(CallbackRequest {
            service,
            phone: answer(PHONE).unwrap_or_default().into(),
            when: when.clone(),
            message: answer(MESSAGE).map(Into::into),
            customer: given.customer,
            fields: given.fields,
        });
        let written = answer(PHONE).unwrap_or_default();
        self.change(&mut |state| state.busy = true);
        contact.spawn(async move {
            match asking.await {
                Ok(taken) => {
                    let ready = self.0.read_untracked().on_ready;
                    // Only now that the wish is kept: who is called back need not wait.
                    let left = ready.run(());
                    let phone = taken.phone.map_or(written, |phone| phone.as_str().to_owned());
                    self.finish(&Done::Callback { id: taken.id.to_string(), phone, when, left });
                }
                Err(error) => self.fail(&error),
            }
        });
    }

    fn finish(self, done: &Done) {
        let (ui, contact) = (self.ui(), self.contact());
        if ui.recall(DRAFT).is_some_and(|draft| draft == contact.answer(MESSAGE)) {
            ui.keep(DRAFT, None);
        }
        contact.drop_answers(&[SUBJECT, MESSAGE, WHEN]);
        self.change(&mut |state| {
            state.busy = false;
            state.done = Some(done.clone());
        });
    }

    /// What the server refuses is said where it can be mended.
    fn fail(self, error: &Error) {
        let message = error.refusal().map(|refused| refused.message.clone()).unwrap_or_default();
        let at = match (self.channel(), error.reason()) {
            (Channel::Callback, "INVALID_PHONE") => Some((PHONE, Mistake::Phone)),
            (Channel::Callback, "OVERTIME") => Some((WHEN, Mistake::Taken)),
            (Channel::Mail, "INVALID_PARAMS") if message.starts_with("from") => {
                Some((MAIL, Mistake::Mail))
            }
            _ => None,
        };
        self.change(&mut |state| {
            state.busy = false;
            match at {
                Some((key, mistake)) => {
                    state.summary = 1;
                    state.mark(key, Some(mistake));
                }
                None => state.problem = Some(error.clone()),
            }
        });
        match at {
            Some((key, _)) => {
                if key == WHEN {
                    self.contact().drop_answers(&[WHEN]);
                    self.retry_times();
                }
                self.show_mistake();
            }
            None => self.ui().report(error),
        }
    }

    /// Puts the focus on the first question that is wrong.
    fn show_mistake(self) {
        let sheet = self.0.read_untracked().sheet;
        signals::after_frame(move || {
            let first =
                sheet.get().and_then(|it| it.query_selector("[aria-invalid]").ok().flatten());
            if let Some(first) = first.and_then(|first| first.dyn_into::<HtmlElement>().ok()) {
                let _ = first.focus();
            }
        });
    }

    fn given(self) -> super::view::Given {
        let held = self.0.read_untracked();
        let known = held.contact.customer();
        given(&held.questions, &|key| held.contact.answer(key), known.as_ref())
    }

    /// The errand begins anew, with what is known of the visitor.
    pub fn begin_again(self) {
        self.change(&mut |state| {
            state.done = None;
            state.wrong.clear();
            state.summary = 0;
        });
    }

    /// Whether it is for this, and nothing was sent yet.
    #[must_use]
    pub fn is_open_for(self, channel: Channel, service: &str) -> bool {
        let held = self.0.read_untracked();
        held.channel == channel && held.service == service && held.done.is_none()
    }

    /// Tells it from another.
    #[must_use]
    pub fn number(self) -> u32 {
        self.0.read_untracked().number
    }

    /// Its channel.
    #[must_use]
    pub fn channel(self) -> Channel {
        self.0.read_untracked().channel
    }

    /// Its service's code.
    #[must_use]
    pub fn service(self) -> String {
        self.0.read_untracked().service.clone()
    }

    /// What it belongs to.
    #[must_use]
    pub fn contact(self) -> Contact {
        self.0.read_untracked().contact
    }

    /// The element in which it is filled in.
    pub(super) fn sheet(self) -> Node {
        self.0.read_untracked().sheet
    }

    /// Whether it is known what is to be asked, reactively.
    #[must_use]
    pub fn asked(self) -> Asked {
        self.0.read().asked.clone()
    }

    /// The questions.
    #[must_use]
    pub fn questions(self) -> Vec<Question> {
        self.0.read_untracked().questions.clone()
    }

    /// What is wrong about an answer, reactively.
    #[must_use]
    pub fn wrong(self, key: &str) -> Option<Mistake> {
        self.0.read().wrong(key)
    }

    /// How many mistakes the last try had, reactively; 0 once all of them are mended.
    #[must_use]
    pub fn summary(self) -> usize {
        let state = self.0.read();
        if state.wrong.is_empty() { 0 } else { state.summary }
    }

    /// Whether it is being sent, reactively.
    #[must_use]
    pub fn is_busy(self) -> bool {
        self.0.read().busy
    }

    /// Why it could not be sent, reactively.
    #[must_use]
    pub fn problem(self) -> Option<Error> {
        self.0.read().problem.clone()
    }

    /// The times in which the service calls, reactively.
    #[must_use]
    pub fn slots(self) -> Slots {
        self.0.read().slots.clone()
    }

    /// What was sent, reactively.
    #[must_use]
    pub fn done(self) -> Option<Done> {
        self.0.read().done.clone()
    }

    fn errand(self) -> (Contact, Channel, String) {
        let held = self.0.read_untracked();
        (held.contact, held.channel, held.service.clone())
    }

    fn ui(self) -> Ui {
        self.0.read_untracked().ui
    }

    /// What a person has written waits for a connection, and is sent once.
    fn widget(self) -> Option<Widget> {
        let contact = self.contact();
        contact.start();
        contact.widget().map(|widget| widget.patient())
    }

    /// Changes what the screen shows, and tells it. Compiled once for all changes.
    fn change(self, change: &mut dyn FnMut(&mut State)) {
        if let Some(mut state) = self.0.try_write() {
            change(&mut state);
        }
    }
}

impl State {
    fn wrong(&self, key: &str) -> Option<Mistake> {
        self.wrong.iter().find(|(known, _)| known == key).map(|(_, mistake)| *mistake)
    }

    fn mark(&mut self, key: &str, mistake: Option<Mistake>) {
        self.wrong.retain(|(known, _)| known != key);
        self.wrong.extend(mistake.map(|mistake| (key.to_owned(), mistake)));
    }
}
