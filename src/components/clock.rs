//! Dates and times in the visitor's zone and in the widget's language.
//!
//! The browser knows both (ECMA-402), so nothing about calendars is compiled in.

use std::borrow::Cow;

use wasm_bindgen::JsValue;

use super::chat::timeline::Moment;
use super::ui::Ui;
use crate::i18n::Key;

const MINUTE: f64 = 60_000.0;
const DAY: f64 = 86_400_000.0;

/// Now, in milliseconds since 1970.
#[must_use]
pub fn now() -> f64 {
    js_sys::Date::now()
}

/// Reads an RFC 3339 date and time.
#[must_use]
pub fn moment(rfc3339: &str) -> Option<Moment> {
    let millis = js_sys::Date::parse(rfc3339);
    (!millis.is_nan()).then(|| at(millis))
}

/// `14:05`, as the language writes it.
#[must_use]
pub fn time_of_day(ui: Ui, moment: Moment) -> String {
    format(ui, moment, &[("hour", "2-digit"), ("minute", "2-digit")])
}

/// Today, yesterday, or the date.
#[must_use]
pub fn day(ui: Ui, moment: Moment) -> Cow<'static, str> {
    #[allow(clippy::cast_possible_truncation)] // days of a calendar
    match (at(now()).day - moment.day) as i64 {
        0 => ui.text(Key::Today),
        1 => ui.text(Key::Yesterday),
        _ => {
            format(ui, moment, &[("weekday", "long"), ("day", "numeric"), ("month", "long")]).into()
        }
    }
}

fn at(millis: f64) -> Moment {
    let offset = js_sys::Date::new(&millis.into()).get_timezone_offset();
    Moment { millis, day: ((millis - offset * MINUTE) / DAY).floor() }
}

fn format(ui: Ui, moment: Moment, parts: &[(&str, &str)]) -> String {
    let options = js_sys::Object::new();
    for (part, form) in parts {
        let _ = js_sys::Reflect::set(&options, &(*part).into(), &(*form).into());
    }
    let date = js_sys::Date::new(&JsValue::from_f64(moment.millis));
    date.to_locale_string(ui.lang().code(), &options).into()
}
