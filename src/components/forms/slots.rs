//! When the visitor is called: as soon as possible, or at a time of a day.
//!
//! Two native selects: a phone shows its own wheel for them, and every keyboard knows them.

use std::borrow::Cow;

use super::paper::Paper;
use super::view::WHEN;
use super::{error_line, value_of};
use crate::components::chat::timeline::Moment;
use crate::components::clock;
use crate::components::dom::{El, button, div, el, span};
use crate::components::ui::Ui;
use crate::core::Error;
use crate::core::model::CallbackSlot;
use crate::i18n::Key;

/// The times in which a service calls.
#[derive(Clone, Debug, PartialEq)]
pub enum Slots {
    /// Not known yet.
    Waiting,
    /// They could not be found out; as soon as possible remains.
    Failed,
    /// In their order: the beginning as the server writes it, and when that is here.
    Known(Vec<(String, Moment)>),
}

impl Slots {
    /// What the server has answered.
    #[must_use]
    pub fn of(answer: Result<Vec<CallbackSlot>, Error>) -> Self {
        let Ok(slots) = answer else { return Self::Failed };
        let known = slots.into_iter().filter_map(|slot| {
            let moment = clock::moment(&slot.from)?;
            Some((slot.from, moment))
        });
        Self::Known(known.collect())
    }

    /// Whether they are.
    #[must_use]
    pub const fn is_known(&self) -> bool {
        matches!(self, Self::Known(_))
    }

    fn all(&self) -> &[(String, Moment)] {
        match self {
            Self::Known(slots) => slots,
            Self::Waiting | Self::Failed => &[],
        }
    }
}

/// Whether a time is among them.
#[must_use]
pub fn offers(slots: &Slots, when: &str) -> bool {
    slots.all().iter().any(|(from, _)| from == when)
}

/// The days that have times, as whole local days since 1970.
#[must_use]
pub fn days(slots: &Slots) -> Vec<String> {
    let mut days: Vec<String> = slots.all().iter().map(|(_, at)| at.day.to_string()).collect();
    days.dedup();
    days
}

/// The day of a time, as in [`days`]; empty for none.
#[must_use]
pub fn day_of(slots: &Slots, when: &str) -> String {
    let slot = slots.all().iter().find(|(from, _)| from == when);
    slot.map(|(_, at)| at.day.to_string()).unwrap_or_default()
}

/// The times of a day.
#[must_use]
pub fn times(slots: &Slots, day: &str) -> Vec<String> {
    let on = slots.all().iter().filter(|(_, at)| at.day.to_string() == day);
    on.map(|(from, _)| from.clone()).collect()
}

/// The first time of a day.
#[must_use]
pub fn first_of(slots: &Slots, day: &str) -> Option<String> {
    times(slots, day).into_iter().next()
}

/// Day and time of a moment, in words.
#[must_use]
pub fn in_words(ui: Ui, when: &str) -> Option<String> {
    let moment = clock::moment(when)?;
    let (day, time) = (clock::day(ui, moment), clock::time_of_day(ui, moment));
    Some(ui.fill(Key::CallbackAt, &[("day", &day), ("time", &time)]).into_owned())
}

/// The question when to call.
pub(super) fn when(ui: Ui, paper: Paper) -> El {
    let chosen = move || day_of(&paper.slots(), &paper.when());
    let failed = move || paper.slots() == Slots::Failed;
    div("form__when")
        .child(
            div("field")
                .child(
                    el("label")
                        .class("field__name")
                        .attr("for", "when-day")
                        .says(ui, Key::CallbackWhen),
                )
                .child(day_field(ui, paper))
                .child(error_line(ui, paper, WHEN, "when-error")),
        )
        .show_if(move || !chosen().is_empty(), move || time_field(ui, paper))
        .show_if(failed, move || {
            el("p").class("form__note").says(ui, Key::ErrorNetwork).child(
                button("text-button", "retry")
                    .on("click", move |_| paper.retry_times())
                    .says(ui, Key::Retry),
            )
        })
}

fn day_field(ui: Ui, paper: Paper) -> El {
    // The empty key is the first choice: as soon as possible.
    let keys = move || std::iter::once(String::new()).chain(days(&paper.slots())).collect();
    let option = move |day: &str| {
        let day = day.to_owned();
        el("option").attr("value", &day).text_live(move || {
            let first = first_of(&paper.slots(), &day).and_then(|from| clock::moment(&from));
            match first {
                Some(moment) => Cow::Owned(clock::day(ui, moment).into_owned()),
                None => ui.text(Key::CallbackSoon),
            }
        })
    };
    el("select")
        .class("field__input field__input--select")
        .part("callback-day")
        .attr("id", "when-day")
        .attr("aria-describedby", "when-error")
        .attr_if("aria-invalid", "true", move || paper.wrong(WHEN).is_some())
        .rows(keys, option)
        .prop_live("value", move || day_of(&paper.slots(), &paper.when()).into())
        .on("change", move |event| paper.choose_day(&value_of(&event)))
}

fn time_field(ui: Ui, paper: Paper) -> El {
    let keys = move || times(&paper.slots(), &day_of(&paper.slots(), &paper.when()));
    let option = move |from: &str| {
        let moment = clock::moment(from);
        el("option").attr("value", from).text_live(move || {
            moment.map_or_else(String::new, |moment| clock::time_of_day(ui, moment)).into()
        })
    };
    let zone = move || {
        let zone = clock::zone();
        if zone.is_empty() { "".into() } else { ui.fill(Key::CallbackZone, &[("zone", &zone)]) }
    };
    div("field")
        .child(
            el("label").class("field__name").attr("for", "when-time").says(ui, Key::CallbackTime),
        )
        .child(
            el("select")
                .class("field__input field__input--select")
                .part("callback-time")
                .attr("id", "when-time")
                .attr("aria-describedby", "when-zone")
                .rows(keys, option)
                .prop_live("value", move || paper.when().into())
                .on("change", move |event| paper.choose_time(&value_of(&event))),
        )
        .child(span("field__hint").attr("id", "when-zone").text_live(zone))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_grouped_by_the_visitors_days() {
        let slot = |from: &str, day| (from.to_owned(), Moment { millis: 0, day });
        let slots = Slots::Known(vec![slot("a", 1), slot("b", 1), slot("c", 3)]);
        assert_eq!(days(&slots), ["1", "3"]);
        assert_eq!(times(&slots, "1"), ["a", "b"]);
        assert_eq!(first_of(&slots, "3").as_deref(), Some("c"));
        assert_eq!((day_of(&slots, "b"), day_of(&slots, "x")), ("1".to_owned(), String::new()));
        assert!(offers(&slots, "c") && !offers(&slots, "x") && !offers(&Slots::Waiting, "c"));
        assert_eq!(first_of(&slots, ""), None, "as soon as possible has no time");
    }
}
