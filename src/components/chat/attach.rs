//! Ways to choose files: a button, a drop onto the conversation. (Pasting is the composer's.)

use std::borrow::Cow;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{DragEvent, Event, FileList, HtmlInputElement};

use super::upload_view::{greatest, types};
use super::uploads::Uploads;
use crate::components::dom::{El, Node, div, el, span};
use crate::components::home::icon_button;
use crate::components::icons::Icon;
use crate::components::ui::Ui;
use crate::i18n::Key;

/// The button with a paper clip. On a phone the system offers its camera beside the files.
pub(super) fn attach_button(ui: Ui, uploads: Uploads) -> El {
    let input = Node::new();
    let field = move || input.get().and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
    let chosen = move |_| {
        let Some(field) = field() else { return };
        if let Some(files) = field.files() {
            uploads.add(&files);
        }
        // The same file may be chosen again.
        field.set_value("");
    };
    let taken = move || uploads.limits().map(|limits| limits.types.join(",").into());
    div("composer__attach")
        .child(
            icon_button(ui, Icon::CLIP, "attach", Key::FileAttach)
                .attr_live("title", move || Some(limits(ui, uploads)))
                .attr("aria-describedby", "attach-limits")
                .on("click", move |_| {
                    if let Some(field) = field() {
                        field.click();
                    }
                }),
        )
        .child(span("sr").attr("id", "attach-limits").text_live(move || limits(ui, uploads)))
        .child(
            el("input")
                .part("attach-input")
                .attr("type", "file")
                .attr("multiple", "")
                .attr("hidden", "")
                .attr("tabindex", "-1")
                .attr_live("accept", taken)
                .node(input)
                .on("change", chosen),
        )
}

/// What can be sent, said before it is.
fn limits(ui: Ui, uploads: Uploads) -> Cow<'static, str> {
    let Some(limits) = uploads.limits() else { return "".into() };
    let (types, size) = (types(&limits), greatest(&limits));
    ui.fill(Key::FileLimits, &[("types", &types), ("size", &size)])
}

/// Lets files be dropped onto an element, while `open` says so.
pub(super) fn takes_drops(
    screen: El,
    ui: Ui,
    uploads: Uploads,
    open: impl Fn() -> bool + Copy + 'static,
) -> El {
    let over = RwSignal::new(false);
    let enter = move |event: Event| {
        if untrack(open) && carries_files(&event) {
            event.prevent_default();
            over.set(true);
        }
    };
    let drop = move |event: Event| {
        event.prevent_default();
        over.set(false);
        if let Some(files) = dropped(&event) {
            uploads.add(&files);
        }
    };
    let target = move || {
        div("drop")
            .part("drop-target")
            .on("dragover", |event| event.prevent_default())
            .on("dragleave", move |_| over.set(false))
            .on("drop", drop)
            .child(
                div("drop__frame")
                    .child(Icon::CLIP.view())
                    .child(el("p").class("drop__title").says(ui, Key::FileDrop))
                    .child(el("p").class("drop__help").text_live(move || limits(ui, uploads))),
            )
    };
    // What is dropped between the two events must not open in the page.
    let stop = move |event: Event| {
        if carries_files(&event) {
            event.prevent_default();
        }
    };
    screen
        .on("dragenter", enter)
        .on("dragover", stop)
        .on("drop", stop)
        .show_if(move || over.get(), target)
}

fn carries_files(event: &Event) -> bool {
    let carried = event.dyn_ref::<DragEvent>().and_then(DragEvent::data_transfer);
    carried.is_some_and(|it| it.types().iter().any(|kind| kind == "Files"))
}

fn dropped(event: &Event) -> Option<FileList> {
    let files = event.dyn_ref::<DragEvent>()?.data_transfer()?.files()?;
    (files.length() > 0).then_some(files)
}
