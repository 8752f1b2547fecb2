//! The code of calls, which comes when a call is in sight: it is a quarter of the whole, and most
//! visitors write.
//!
//! Where the module is not parted (feature `split`) it is simply there.

use std::borrow::Cow;

use leptos::prelude::*;

use super::line::{Line, Other};
use super::live::Call;
use super::{CallActions, ended, invitation, small, talking};
use crate::components::device_check;
use crate::components::dom::{El, div, el, span};
use crate::components::ui::Ui;
use crate::core::Error;
use crate::i18n::Key;

/// What is reached in it.
#[derive(Clone, Copy)]
pub struct Part {
    pub(super) talking: fn(Ui, Line, Call, CallActions) -> El,
    pub(super) ended: fn(Ui, Call, CallActions) -> El,
    small: fn(Ui, Line, Callback<()>) -> El,
    invitation: fn(Ui, Line, Callback<()>) -> El,
    /// Who calls, in words.
    caller: fn(Ui, &Other) -> Cow<'static, str>,
    check: fn(Ui, Line, Check) -> El,
}

/// What the check of devices and line is for.
#[derive(Clone, Copy)]
pub struct Check {
    /// With the camera.
    pub video: bool,
    /// Makes the call that the visitor came for, where there is one.
    pub call: Option<Callback<()>>,
    /// Leaves.
    pub done: Callback<()>,
    /// Closes the panel.
    pub close: Callback<()>,
}

/// A part of the module that could not be fetched.
#[derive(Debug)]
pub(crate) struct Missing;

#[cfg(feature = "split")]
impl From<wasm_split_helpers::SplitLoaderError> for Missing {
    fn from(_: wasm_split_helpers::SplitLoaderError) -> Self {
        Self
    }
}

impl From<Missing> for Error {
    fn from(Missing: Missing) -> Self {
        Self::NotConnected
    }
}

/// Fetches it, if it is not there.
pub(super) async fn fetch() -> Result<Part, Error> {
    #[cfg(feature = "split")]
    let part = part().await;
    #[cfg(not(feature = "split"))]
    let part = part();
    Ok(part?)
}

#[cfg_attr(feature = "split", allow(unsafe_code), wasm_split_helpers::wasm_split(calls, fallible))]
fn part() -> Result<Part, Missing> {
    Ok(Part {
        talking,
        ended,
        small: small::small_call,
        invitation: invitation::invitation,
        caller: invitation::words,
        check: device_check::device_check,
    })
}

/// The call in a strip; nothing while there is no call that could be returned to.
#[must_use]
pub fn small_call(ui: Ui, line: Line, on_return: Callback<()>) -> El {
    there(div("strip"), line, move |part| (part.small)(ui, line, on_return))
}

/// The card of an operator who calls; nothing while nobody does.
#[must_use]
pub fn invitation(ui: Ui, line: Line, on_accept: Callback<()>) -> El {
    // It is there before anybody calls: a screen reader speaks what changes in it.
    let caller = move || Some((line.part()?.caller)(ui, &line.invitation()?));
    let alert = div("sr").attr("role", "alert").text_live(move || caller().unwrap_or_default());
    there(el("div").child(alert), line, move |part| (part.invitation)(ui, line, on_accept))
}

/// The check of devices and line.
#[must_use]
pub fn device_check(ui: Ui, line: Line, check: Check) -> El {
    line.want();
    let waits = move || line.part().is_none();
    there(div("screen"), line, move |part| (part.check)(ui, line, check)).show_if(
        waits,
        move || {
            div("notice")
                .attr("tabindex", "-1")
                .attr("data-focus", "")
                .child(span("spinner"))
                .child(
                    el("p").class("notice__text").attr("role", "status").says(ui, Key::Connecting),
                )
        },
    )
}

/// What a place shows once the part is there.
fn there(place: El, line: Line, view: impl Fn(Part) -> El + 'static) -> El {
    place.swap_by(move || line.part().is_some().into(), move |_| line.part().map(&view))
}
