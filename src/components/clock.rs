//! Dates and times in the visitor's zone and in the widget's language.
//!
//! The browser knows both (ECMA-402), so nothing about calendars is compiled in.

use std::borrow::Cow;

use wasm_bindgen::JsValue;

use super::chat::timeline::Moment;
use super::ui::Ui;
use crate::i18n::Key;

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// Now, in milliseconds since 1970.
#[must_use]
pub fn now() -> u64 {
    whole(js_sys::Date::now()).unsigned_abs()
}

/// Reads an RFC 3339 date and time.
#[must_use]
pub fn moment(rfc3339: &str) -> Option<Moment> {
    let millis = js_sys::Date::parse(rfc3339);
    (!millis.is_nan()).then(|| at(whole(millis)))
}

/// `14:05`, as the language writes it.
#[must_use]
pub fn time_of_day(ui: Ui, moment: Moment) -> String {
    format(ui, moment, &[("hour", "2-digit"), ("minute", "2-digit")])
}

/// Today, yesterday, or the date.
#[must_use]
pub fn day(ui: Ui, moment: Moment) -> Cow<'static, str> {
    match at(whole(js_sys::Date::now())).day - moment.day {
        0 => ui.text(Key::Today),
        1 => ui.text(Key::Yesterday),
        _ => {
            format(ui, moment, &[("weekday", "long"), ("day", "numeric"), ("month", "long")]).into()
        }
    }
}

/// The name of the visitor's time zone (IANA), such as `Europe/Rome`.
#[must_use]
pub fn zone() -> String {
    let format = js_sys::Intl::DateTimeFormat::new(&js_sys::Array::new(), &js_sys::Object::new());
    let zone = js_sys::Reflect::get(&format.resolved_options(), &"timeZone".into());
    zone.ok().and_then(|zone| zone.as_string()).unwrap_or_default()
}

/// The date in full, for what is read another day.
#[must_use]
pub fn date(ui: Ui, moment: Moment) -> String {
    format(ui, moment, &[("year", "numeric"), ("month", "long"), ("day", "numeric")])
}

/// `2026-03-09`, for a file's name: today where the visitor is.
#[must_use]
pub fn today() -> String {
    let now = js_sys::Date::new_0();
    format!("{:04}-{:02}-{:02}", now.get_full_year(), now.get_month() + 1, now.get_date())
}

fn at(millis: i64) -> Moment {
    let offset = whole(js_date(millis).get_timezone_offset()) * MINUTE;
    Moment { millis, day: (millis - offset).div_euclid(DAY) }
}

fn format(ui: Ui, moment: Moment, parts: &[(&str, &str)]) -> String {
    let options = js_sys::Object::new();
    for (part, form) in parts {
        let _ = js_sys::Reflect::set(&options, &(*part).into(), &(*form).into());
    }
    js_date(moment.millis).to_locale_string(&ui.locale(), &options).into()
}

fn js_date(millis: i64) -> js_sys::Date {
    #[expect(clippy::cast_precision_loss, reason = "a date is far below 2^53")]
    js_sys::Date::new(&JsValue::from_f64(millis as f64))
}

/// Milliseconds and minutes are whole numbers that JavaScript carries as `f64`.
fn whole(number: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "far below 2^53, and whole")]
    let whole = number as i64;
    whole
}
