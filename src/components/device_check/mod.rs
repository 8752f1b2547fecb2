//! Before a call: is the visitor seen and heard, does the line carry. Never in the way: the button that
//! calls is there from the beginning.

mod trial;
pub mod view;

use std::time::Duration;

use leptos::leptos_dom::helpers::set_interval_with_handle;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::call::line::{Line, Look};
use super::call::part::Check;
use super::call::view::trouble;
use super::dom::{El, Node, button, div, el, span};
use super::home::view::Channel;
use super::home::{close_button, icon_button};
use super::icons::Icon;
use super::ui::{Ui, failure};
use crate::core::model::{Device, DeviceKind};
use crate::core::{Error, MediaSource};
use crate::i18n::Key;
use view::{Browser, about_media, help};

/// The check.
#[must_use]
pub fn device_check(
    ui: Ui,
    line: Line,
    Check { video, call: on_call, done: on_done, close: on_close }: Check,
) -> El {
    line.look(video);
    on_cleanup(move || line.look_away());
    let last = match on_call {
        Some(call) => button("button button--primary check__call", "call-now")
            .attr("data-focus", "")
            .does(call)
            .child(if video { Icon::VIDEO.view() } else { Icon::PHONE.view() })
            .child(el("span").says(ui, Key::CallNow)),
        None => button("button button--primary check__call", "check-done")
            .attr("data-focus", "")
            .does(on_done)
            .says(ui, Key::Done),
    };
    let title = if on_call.is_some() { Key::CheckTitle } else { Key::CheckLink };
    let asking = move || line.looks() == Look::Asking;
    let body = div("check__body");
    let body = if video { body.child(preview(ui, line)) } else { body };
    div("screen check")
        .part("check")
        .child(
            div("bar")
                .part("header")
                .child(icon_button(ui, Icon::BACK, "header-back", Key::Back).does(on_done))
                .child(
                    div("bar__name")
                        .child(el("h2").class("bar__title").part("header-title").says(ui, title)),
                )
                .child(close_button(ui, on_close)),
        )
        .child(
            body.child(
                div("check__notes")
                    .attr("role", "status")
                    .show_if(asking, move || {
                        el("p")
                            .class("check__asking")
                            .part("check-asking")
                            .child(span("spinner"))
                            .child(el("span").says(ui, Key::CheckAsking))
                    })
                    .swap(move || problem(ui, line, video)),
            )
            .child(level(ui, line))
            .child(device_fields(ui, line, video))
            .child(speaker(ui))
            .child(trial::trial(ui, line, video)),
        )
        .child(div("check__foot").child(last))
}

/// The browser that this page is in.
#[must_use]
pub fn browser() -> Browser {
    Browser::of(&window().navigator().user_agent().unwrap_or_default())
}

/// What is wrong, and what can be done about it in this browser.
#[must_use]
pub fn complaint(error: &Error) -> (Key, Option<Key>) {
    match about_media(error) {
        Some(error) => (trouble(error), help(error, browser())),
        None => (Key::ErrorTitle, Some(failure(error))),
    }
}

fn preview(ui: Ui, line: Line) -> El {
    let dark = move || match line.looks() {
        Look::Off | Look::Asking => true,
        // Without a microphone nothing is known of the camera.
        Look::On(error) => error
            .as_ref()
            .and_then(about_media)
            .is_some_and(|error| error.source() == Some(MediaSource::Camera)),
    };
    div("check__stage")
        .part("preview")
        .show_if(
            move || !dark(),
            move || {
                super::call::film(ui, "check__picture mirrored", "own-picture", None, Node::new())
                    .named("aria-label", ui, Key::OwnPicture)
            },
        )
        .show_if(dark, || span("check__dark").child(Icon::VIDEO.view()))
}

fn problem(ui: Ui, line: Line, video: bool) -> Option<El> {
    let Look::On(Some(error)) = line.looks() else { return None };
    let (title, text) = complaint(&error);
    let of_camera = about_media(&error).is_some_and(|it| it.source() == Some(MediaSource::Camera));
    let more = of_camera.then_some(Key::WithoutCamera);
    let texts = text.into_iter().chain(more);
    let view =
        div("check__problem").part("check-problem").attr("data-reason", error.reason()).child(
            el("h3")
                .class("check__title")
                .child(Icon::ALERT.small())
                .child(el("span").says(ui, title)),
        );
    let view = texts.fold(view, |view, text| view.child(el("p").says(ui, text)));
    Some(view.child(
        button("text-button", "retry").on("click", move |_| line.look(video)).says(ui, Key::Retry),
    ))
}

/// How loud the visitor is.
fn level(ui: Ui, line: Line) -> El {
    const EVERY: Duration = Duration::from_millis(100);

    let level = RwSignal::new(0_u32);
    let embedding = ui.embedding();
    if let Ok(interval) =
        set_interval_with_handle(move || level.set(steps(embedding.level())), EVERY)
    {
        on_cleanup(move || interval.clear());
    }
    let on = move || matches!(line.looks(), Look::On(_));
    let meter = move || {
        el("span")
            .class("meter")
            .part("level")
            .attr("role", "meter")
            .attr("aria-valuemin", "0")
            .attr("aria-valuemax", "20")
            .named("aria-label", ui, Key::MicrophoneLevel)
            .attr_live("aria-valuenow", move || Some(level.get().to_string().into()))
    };
    div("check__level").show_if(on, move || {
        let meter = (0..20).fold(meter(), |meter, step| {
            meter.child(el("i").class_if("on", move || level.get() > step))
        });
        div("check__row")
            .child(Icon::MICROPHONE.view())
            .child(meter)
            .child(el("p").class("check__hint").says(ui, Key::MicrophoneHint))
    })
}

/// Of twenty.
fn steps(level: f64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast from a float saturates"
    )]
    let steps = (level * 20.0).round() as u32;
    steps.min(20)
}

fn speaker(ui: Ui) -> El {
    button("button check__speaker", "speaker-test")
        .on("click", move |_| ui.embedding().chime())
        .child(Icon::SPEAKER.view())
        .child(el("span").says(ui, Key::SpeakerTest))
}

/// A field for each kind of device of which there is a choice.
pub(super) fn device_fields(ui: Ui, line: Line, video: bool) -> El {
    let kinds = [
        (DeviceKind::AudioInput, Key::Microphone, "device-microphone"),
        (DeviceKind::VideoInput, Key::Camera, "device-camera"),
        (DeviceKind::AudioOutput, Key::Speaker, "device-speaker"),
    ];
    let wanted = kinds.into_iter().filter(|(kind, ..)| video || *kind != DeviceKind::VideoInput);
    wanted.fold(div("fields"), |fields, (kind, name, part)| {
        // Without a permission browsers name one device of a kind, and that without an id.
        let known = move || line.devices(kind).iter().any(|device| !device.id.is_empty());
        fields.show_if(known, move || device_field(ui, line, kind, name, part))
    })
}

fn device_field(ui: Ui, line: Line, kind: DeviceKind, name: Key, part: &'static str) -> El {
    let option = move |id: &str| {
        let id = id.to_owned();
        el("option").attr("value", &id).text_live(move || {
            let devices = line.devices(kind);
            let at = devices.iter().position(|device| device.id == id).unwrap_or_default();
            label(ui, devices.get(at), at)
        })
    };
    let ids = move || line.devices(kind).into_iter().map(|device| device.id).collect();
    let used = move || {
        let devices = line.devices(kind);
        // Of what is not in use yet, browsers use the first.
        let used = devices.iter().find(|device| device.used).or(devices.first());
        used.map(|device| device.id.clone()).unwrap_or_default().into()
    };
    let chosen = move |event: web_sys::Event| {
        let select = event.target().and_then(|it| it.dyn_into::<web_sys::HtmlSelectElement>().ok());
        if let Some(select) = select {
            line.choose(kind, &select.value());
        }
    };
    el("label").class("field").child(span("field__name").says(ui, name)).child(
        el("select")
            .class("field__input")
            .part(part)
            .rows(ids, option)
            .prop_live("value", used)
            .on("change", chosen),
    )
}

fn label(ui: Ui, device: Option<&Device>, at: usize) -> std::borrow::Cow<'static, str> {
    match device.map(|device| device.label.as_str()) {
        Some("") | None => ui.count(Key::Device, at as u64 + 1),
        Some(label) => label.to_owned().into(),
    }
}

/// Whether a visitor with a camera is asked for it: a video call, not an audio call.
#[must_use]
pub const fn has_picture(channel: Channel) -> bool {
    matches!(channel, Channel::Video)
}
