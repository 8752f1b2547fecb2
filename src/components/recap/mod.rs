//! The conversation to keep: by mail, or as a text file that no server sees.

pub mod view;

use std::borrow::Cow;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, HtmlElement, HtmlInputElement, Url};

use super::chat::talk::Talk;
use super::clock;
use super::contact::errands::ANSWERS;
use super::dom::{El, Node, button, div, el};
use super::forms::answers::Answers;
use super::forms::view::{MAIL, is_mail};
use super::icons::Icon;
use super::ui::Ui;
use crate::core::Error;
use crate::i18n::Key;
use crate::signals;
use view::{Words, refusal, transcript};

#[derive(Clone, Debug, PartialEq)]
enum Phase {
    Open,
    Invalid,
    Sending,
    Sent(String),
    Failed(Error),
}

/// The card that asks where to send it.
#[must_use]
pub fn recap(ui: Ui, talk: Talk, on_close: Callback<()>) -> El {
    let phase = RwSignal::new(Phase::Open);
    let input = Node::new();
    let known = untrack(|| known_address(ui));
    signals::effect(move || {
        if let Some(input) = input.get() {
            let _ = input.focus();
        }
    });
    let written = move || {
        let input = input.get().and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
        input.map(|it| it.value().trim().to_owned()).unwrap_or_default()
    };
    let submit = move |event: web_sys::Event| {
        event.prevent_default();
        let address = written();
        if phase.get_untracked() == Phase::Sending {
            return;
        }
        if !is_mail(&address) {
            phase.set(Phase::Invalid);
            if let Some(input) = input.get() {
                let _ = input.focus();
            }
            return;
        }
        phase.set(Phase::Sending);
        let sending = talk.recap(&address);
        signals::spawn_detached(async move {
            let outcome = match sending.await {
                Ok(_) => Phase::Sent(address),
                Err(error) => Phase::Failed(error),
            };
            // The card may have been closed meanwhile.
            let _ = phase.try_set(outcome);
        });
    };
    // An address is judged when it was written, not while.
    let left = move |_| {
        let address = written();
        if !address.is_empty() && !is_mail(&address) {
            phase.set(Phase::Invalid);
        }
    };
    let wrong = move || matches!(&*phase.read(), Phase::Invalid | Phase::Failed(_));
    let told = move || -> Cow<'static, str> {
        match &*phase.read() {
            Phase::Open | Phase::Sending => "".into(),
            Phase::Invalid => ui.text(Key::RecapInvalid),
            Phase::Sent(address) => ui.fill(Key::RecapSent, &[("mail", address)]),
            Phase::Failed(error) => ui.text(refusal(error)),
        }
    };
    let sent = move || matches!(&*phase.read(), Phase::Sent(_));
    let form = move || {
        el("form")
            .class("recap__form")
            .attr("novalidate", "")
            .on("submit", submit)
            .child(
                el("label")
                    .class("text-field__label")
                    .attr("for", "recap-address")
                    .says(ui, Key::RecapAddress),
            )
            .child(
                div("recap__line")
                    .child(
                        el("input")
                            .class("text-field")
                            .part("recap-address")
                            .attr("id", "recap-address")
                            .attr("type", "email")
                            .attr("autocomplete", "email")
                            .attr("dir", "ltr")
                            .attr("value", known.as_deref().unwrap_or_default())
                            .attr("aria-describedby", "recap-told")
                            .attr_if("aria-invalid", "true", wrong)
                            .node(input)
                            .on("input", move |_| {
                                if untrack(wrong) {
                                    phase.set(Phase::Open);
                                }
                            })
                            .on("blur", left),
                    )
                    .child(
                        button("button button--primary", "recap-send")
                            .attr("type", "submit")
                            .attr_if("aria-disabled", "true", move || {
                                *phase.read() == Phase::Sending
                            })
                            .says(ui, Key::RecapSubmit),
                    ),
            )
    };
    let escape = move |event: web_sys::Event| {
        let key = event.dyn_ref::<web_sys::KeyboardEvent>().map(web_sys::KeyboardEvent::key);
        if key.as_deref() == Some("Escape") {
            event.stop_propagation();
            on_close.run(());
        }
    };
    div("recap")
        .part("recap")
        .attr_if("data-sent", "", sent)
        .on("keydown", escape)
        .child(
            div("recap__head")
                .child(Icon::MAIL.view())
                .child(el("h3").class("recap__title").says(ui, Key::RecapTitle))
                .child(
                    super::home::icon_button(ui, Icon::CLOSE, "recap-close", Key::Close)
                        .does(on_close),
                ),
        )
        .show_if(move || !sent(), form)
        .child(
            el("p")
                .class("recap__told")
                .class_if("recap__told--wrong", wrong)
                .attr("id", "recap-told")
                .attr("role", "status")
                .text_live(told),
        )
}

/// The visitor's mail address, where a form or the site has said it: nobody is asked twice.
fn known_address(ui: Ui) -> Option<String> {
    let answers = ui.recall(ANSWERS).map(|kept| Answers::read(&kept)).unwrap_or_default();
    let answered = answers.get(MAIL).map(str::to_owned);
    let said = || {
        let settings = ui.settings();
        let customer = settings.conf.as_ref().ok()?.customer_info.as_ref()?;
        customer.customer_value.as_ref().map(|value| value.as_str().to_owned())
    };
    answered.or_else(said).filter(|address| is_mail(address))
}

/// Gives the visitor the conversation as a text file, made here.
pub fn download(ui: Ui, talk: Talk) {
    let mut text = String::new();
    untrack(|| {
        let (title, you, operator) =
            (ui.service_name(&talk.service()), ui.text(Key::You), talk.operator());
        let words = Words { title: &title, you: &you, operator: &operator };
        talk.timeline(&mut |timeline| {
            text = transcript(
                timeline.entries(),
                &words,
                clock::moment,
                |at| clock::date(ui, at),
                |at| clock::time_of_day(ui, at),
            );
        });
    });
    // The mark tells a Windows program that it is UTF-8.
    let parts = js_sys::Array::of1(&format!("\u{feff}{text}").into());
    let kind = BlobPropertyBag::new();
    kind.set_type("text/plain;charset=utf-8");
    let address = Blob::new_with_str_sequence_and_options(&parts, &kind)
        .and_then(|blob| Url::create_object_url_with_blob(&blob));
    let (Ok(address), Ok(link)) = (address, document().create_element("a")) else { return };
    let name = format!("{}-{}.txt", untrack(|| ui.text(Key::RecapFile)), clock::today());
    let link: HtmlAnchorElement = link.unchecked_into();
    link.set_href(&address);
    link.set_download(&name);
    HtmlElement::click(&link);
    signals::spawn_detached(async move {
        // The browser reads it in its own time.
        signals::pause(10_000).await;
        let _ = Url::revoke_object_url(&address);
    });
}
