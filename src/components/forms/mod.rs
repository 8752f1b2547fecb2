//! What is asked before a contact, and the contacts that are nothing but a form: mail and callback.

pub mod answers;
pub mod paper;
mod receipt;
pub mod slots;
pub mod view;
pub mod ways;

use std::borrow::Cow;

use leptos::prelude::*;
use web_sys::Event;

use super::address::{Destination, destination};
use super::dom::{El, button, div, el, span};
use super::home::view::Channel;
use super::home::{close_button, icon_button};
use super::icons::Icon;
use super::ui::{Ui, failure};
use crate::core::model::FormFieldKind;
use crate::i18n::Key;
use paper::{Asked, Paper};
use view::{Label, Mistake, PHONE, Question, marks_optional};

/// Other ways to reach somebody, drawn where this one does not lead on.
pub type Ways = Callback<(), Option<El>>;

/// What the form asks of the panel around it.
#[derive(Clone, Copy)]
pub struct FormActions {
    /// Back to where it came from; what was written is kept.
    pub back: Callback<()>,
    /// To the home screen.
    pub home: Callback<()>,
    /// Close the panel.
    pub close: Callback<()>,
    /// A part of the screen is about to be replaced, perhaps with the focus in it.
    pub mind_focus: Callback<()>,
    /// Where the service cannot be reached.
    pub ways: Ways,
}

/// The form.
#[must_use]
pub fn form_screen(ui: Ui, paper: Paper, actions: FormActions) -> El {
    let face = move || match (paper.done(), paper.asked()) {
        (Some(_), _) => 3,
        (None, Asked::Known) => 2,
        (None, Asked::Failed(_)) => 1,
        (None, Asked::Waiting) => 0,
    };
    let body = move |face| {
        actions.mind_focus.run(());
        Some(match face {
            0 => skeleton(ui),
            1 => problem(ui, paper, actions),
            2 => sheet(ui, paper),
            _ => receipt::receipt(ui, paper, actions.home),
        })
    };
    div("screen form")
        .part("form")
        .attr("data-channel", paper.channel().on_wire().as_str())
        .child(head(ui, paper, actions))
        .swap_by(face, body)
}

fn head(ui: Ui, paper: Paper, actions: FormActions) -> El {
    let (name, _) = paper.channel().keys();
    let service = paper.service();
    div("bar")
        .part("header")
        .child(icon_button(ui, Icon::BACK, "header-back", Key::Back).does(actions.back))
        .child(
            div("bar__name").child(
                div("bar__texts")
                    .child(el("h2").class("bar__title").part("header-title").says(ui, name))
                    .child(
                        el("p")
                            .class("bar__state")
                            .part("header-state")
                            .text_live(move || ui.service_name(&service).into()),
                    ),
            ),
        )
        .child(close_button(ui, actions.close))
}

/// Shown only if it takes a moment: the style sheet holds it back.
fn skeleton(ui: Ui) -> El {
    let line = || div("skeleton__field").child(div("skeleton__name")).child(div("skeleton__box"));
    div("form__body skeleton")
        .part("form-waiting")
        .child(
            el("p")
                .class("sr")
                .attr("role", "status")
                .attr("tabindex", "-1")
                .attr("data-focus", "")
                .says(ui, Key::Starting),
        )
        .child(line())
        .child(line())
        .child(line())
}

fn problem(ui: Ui, paper: Paper, actions: FormActions) -> El {
    let words = move || match paper.asked() {
        Asked::Failed(error) => ui.text(failure(&error)),
        Asked::Waiting | Asked::Known => "".into(),
    };
    div("notice")
        .part("error")
        .child(div("notice__mark").child(Icon::ALERT.view()))
        .child(
            el("h2")
                .class("notice__title")
                .attr("tabindex", "-1")
                .attr("data-focus", "")
                .says(ui, Key::ErrorTitle),
        )
        .child(el("p").class("notice__text").attr("role", "alert").text_live(words))
        .child(
            div("notice__actions")
                .child(button("button", "discard").does(actions.back).says(ui, Key::Back))
                .child(
                    button("button button--primary", "retry")
                        .on("click", move |_| paper.ask())
                        .says(ui, Key::Retry),
                ),
        )
        .swap(move || actions.ways.run(()))
}

fn sheet(ui: Ui, paper: Paper) -> El {
    let questions = paper.questions();
    let optional = marks_optional(&questions);
    let mut body = div("form__body");
    if !matches!(paper.channel(), Channel::Mail | Channel::Callback) {
        body = body.child(el("p").class("form__intro").says(ui, Key::FormIntro));
    }
    for (at, question) in questions.into_iter().enumerate() {
        let is_phone = question.key == PHONE;
        let mark = (question.required != optional).then_some(if optional {
            Key::FormOptional
        } else {
            Key::FormRequired
        });
        body = body.child(if question.kind == FormFieldKind::Checkbox {
            tick(ui, paper, &question, at)
        } else {
            field(ui, paper, &question, at, mark)
        });
        if is_phone && paper.channel() == Channel::Callback {
            body = body.child(slots::when(ui, paper));
        }
    }
    el("form")
        .class("form__sheet")
        .attr("novalidate", "")
        .node(paper.sheet())
        .on("submit", move |event| {
            event.prevent_default();
            paper.submit();
        })
        .child(body)
        .child(foot(ui, paper))
}

fn field(ui: Ui, paper: Paper, question: &Question, at: usize, mark: Option<Key>) -> El {
    let (id, error) = (format!("field-{at}"), format!("field-{at}-error"));
    let name = el("label").class("field__name").attr("for", &id);
    let name = labelled(ui, name, &question.label);
    let name = match mark {
        Some(mark) => name.text(" ").child(span("field__mark").says(ui, mark)),
        None => name,
    };
    let input = control(ui, paper, question).attr("id", &id).attr("aria-describedby", &error);
    let input = if at == 0 { input.attr("data-focus", "") } else { input };
    div("field").child(name).child(input).child(error_line(ui, paper, &question.key, &error))
}

fn control(ui: Ui, paper: Paper, question: &Question) -> El {
    // The kinds of HTML have the names of the keyboards that phones show for them.
    let line = |kind| el("input").class("field__input").attr("type", kind).attr("inputmode", kind);
    let input = match &question.kind {
        FormFieldKind::Select => {
            let choose = el("option").attr("value", "").says(ui, Key::FormChoose);
            question.options.iter().fold(
                el("select").class("field__input field__input--select").child(choose),
                |select, option| {
                    select.child(el("option").attr("value", &option.value).text(&option.label))
                },
            )
        }
        FormFieldKind::Textarea => {
            el("textarea").class("field__input field__input--area").attr("rows", "4")
        }
        FormFieldKind::Email => line("email"),
        FormFieldKind::Tel => line("tel"),
        FormFieldKind::Text | FormFieldKind::Checkbox | FormFieldKind::Unknown(_) => line("text"),
    };
    let input = if question.autocomplete.is_empty() {
        input
    } else {
        input.attr("autocomplete", &question.autocomplete)
    };
    answered(paper, input.part("form-field"), question, "value")
        .attr("dir", if question.kind == FormFieldKind::Tel { "ltr" } else { "auto" })
}

/// What every control has: its name, its answer, and what is wrong with it.
fn answered(paper: Paper, input: El, question: &Question, property: &'static str) -> El {
    let key = question.key.clone();
    let start = paper.contact().answer(&question.key);
    // A box is ticked by any text but the empty one.
    let start = if property == "checked" && start != "true" { String::new() } else { start };
    let input = input
        .attr("data-key", &question.key)
        .attr_if("aria-invalid", "true", move || paper.wrong(&key).is_some())
        .prop_live(property, move || start.clone().into());
    let input = if question.required { input.attr("required", "") } else { input };
    let (written, left) = (question.clone(), question.clone());
    input
        .on("input", move |event| paper.write(&written, &value_of(&event)))
        .on("blur", move |_| paper.leave(&left))
}

fn labelled(ui: Ui, view: El, label: &Label) -> El {
    match label {
        Label::Text(key) => view.says(ui, *key),
        Label::Own(text) => view.child(span("field__own").attr("dir", "auto").text(text)),
    }
}

/// A box to tick, with what is to be agreed to beside it.
fn tick(ui: Ui, paper: Paper, question: &Question, at: usize) -> El {
    let (id, error) = (format!("field-{at}"), format!("field-{at}-error"));
    let input = el("input").class("tick__box").attr("type", "checkbox").part("form-field");
    let input = answered(paper, input, question, "checked")
        .attr("id", &id)
        .attr("aria-describedby", &error);
    let input = if at == 0 { input.attr("data-focus", "") } else { input };
    let text = labelled(ui, span("tick__text"), &question.label);
    let view =
        div("field").child(el("label").class("tick").attr("for", &id).child(input).child(text));
    let view = match question.link.as_deref().and_then(safe) {
        Some(href) => view.child(
            el("a")
                .class("tick__link")
                .part("form-link")
                .attr("href", href)
                .attr("target", "_blank")
                .attr("rel", "noopener noreferrer")
                .says(ui, Key::FormPrivacy)
                .child(
                    span("sr")
                        .text_live(move || format!(" ({})", ui.text(Key::OpensNewTab)).into()),
                ),
        ),
        None => view,
    };
    view.child(error_line(ui, paper, &question.key, &error))
}

/// Where the link leads, if it may be followed.
fn safe(link: &str) -> Option<String> {
    let origin = window().location().origin().ok()?;
    Some(match destination(link, &origin)? {
        Destination::Here(href) => href,
        Destination::Elsewhere(address) => address.href,
    })
}

/// The words for what is wrong with an answer. The element is always there, so that the control can
/// name it.
fn error_line(ui: Ui, paper: Paper, key: &str, id: &str) -> El {
    let (shown, key) = (key.to_owned(), key.to_owned());
    let words = move || match paper.wrong(&shown) {
        Some(Mistake::Long(excess)) => ui.count(Key::Excess, excess as u64),
        Some(mistake) => ui.text(mistake.key()),
        None => "".into(),
    };
    el("p")
        .class("field__error")
        .part("form-error")
        .attr("id", id)
        .attr("data-key", key)
        .text_live(words)
}

fn foot(ui: Ui, paper: Paper) -> El {
    let summary = move || match paper.summary() {
        0 => "".into(),
        wrong => ui.count(Key::FormSummary, wrong as u64),
    };
    let problem = move || paper.problem().map_or("".into(), |error| ui.text(failure(&error)));
    let complaint = move || -> Cow<'static, str> {
        let summary = summary();
        if summary.is_empty() { problem() } else { summary }
    };
    let online = move || {
        let (connection, _) = paper.contact().connection();
        connection.is_some_and(|it| it.connected())
    };
    let state = move || match (paper.is_busy(), online()) {
        (false, _) => "".into(),
        (true, true) => ui.text(Key::Sending),
        (true, false) => ui.text(Key::FormOffline),
    };
    let submit = match paper.channel() {
        Channel::Chat => Key::FormStart,
        Channel::Video | Channel::PhoneCall => Key::FormContinue,
        Channel::Mail => Key::MailSend,
        Channel::Callback => Key::CallbackSend,
    };
    div("form__foot")
        .child(
            el("p")
                .class("form__complaint")
                .part("form-problem")
                .attr("role", "alert")
                .text_live(complaint),
        )
        .child(
            el("p").class("form__state").part("form-state").attr("role", "status").text_live(state),
        )
        .child(
            el("button")
                .class("button button--primary form__submit")
                .part("form-submit")
                .attr("type", "submit")
                .attr_if("aria-disabled", "true", move || paper.is_busy())
                .show_if(move || paper.is_busy(), || span("spinner"))
                .child(el("span").says(ui, submit)),
        )
}

/// What a control holds: of a box, whether it is ticked.
fn value_of(event: &Event) -> String {
    let Some(target) = event.target() else { return String::new() };
    let property = |name: &str| js_sys::Reflect::get(&target, &name.into()).ok();
    let is_box = property("type").and_then(|it| it.as_string()).as_deref() == Some("checkbox");
    if is_box {
        return property("checked").and_then(|it| it.as_bool()).unwrap_or_default().to_string();
    }
    property("value").and_then(|it| it.as_string()).unwrap_or_default()
}
