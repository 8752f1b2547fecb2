//! When a service is open.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer, de::Error};

/// Weekly hours in a time zone, less the days on which it stays closed. No hours at all: open around the clock.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// IANA name, `Europe/Rome`.
    #[serde(deserialize_with = "timezone")]
    pub timezone: TimeZone,
    /// Opening hours.
    #[serde(default)]
    pub open: Vec<Hours>,
    /// Holidays.
    #[serde(default, deserialize_with = "dates")]
    pub closed: Vec<Date>,
}

/// From a time to a time on some days. Until midnight is `24:00`; hours over midnight are two entries.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// On these days.
    pub days: Vec<Weekday>,
    /// Minutes after midnight, included.
    #[serde(deserialize_with = "minutes")]
    pub from: i32,
    /// Minutes after midnight, not included.
    #[serde(deserialize_with = "minutes")]
    pub to: i32,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[allow(missing_docs, reason = "the names are the explanation")]
pub enum Weekday {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl Calendar {
    /// Whether it is open at that moment.
    pub fn is_open(&self, now: Timestamp) -> bool {
        let there = now.to_zoned(self.timezone.clone());
        if self.closed.contains(&there.date()) {
            return false;
        }
        let today = Weekday::from(there.weekday());
        let minute = i32::from(there.hour()) * 60 + i32::from(there.minute());
        self.open.is_empty()
            || self.open.iter().any(|hours| {
                hours.days.contains(&today) && (hours.from..hours.to).contains(&minute)
            })
    }

    /// The next moment at which it may open or close: everything changes at a full minute.
    pub fn next_look(now: Timestamp) -> Timestamp {
        let past = now.as_millisecond().rem_euclid(60_000);
        now.checked_add(SignedDuration::from_millis(60_000 - past)).unwrap_or(Timestamp::MAX)
    }
}

impl From<jiff::civil::Weekday> for Weekday {
    fn from(day: jiff::civil::Weekday) -> Self {
        match day {
            jiff::civil::Weekday::Monday => Self::Mon,
            jiff::civil::Weekday::Tuesday => Self::Tue,
            jiff::civil::Weekday::Wednesday => Self::Wed,
            jiff::civil::Weekday::Thursday => Self::Thu,
            jiff::civil::Weekday::Friday => Self::Fri,
            jiff::civil::Weekday::Saturday => Self::Sat,
            jiff::civil::Weekday::Sunday => Self::Sun,
        }
    }
}

fn timezone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<TimeZone, D::Error> {
    let name = String::deserialize(deserializer)?;
    TimeZone::get(&name).map_err(|_| {
        D::Error::custom(format!("{name:?} is no time zone; write one like \"Europe/Rome\""))
    })
}

fn dates<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Date>, D::Error> {
    Vec::<String>::deserialize(deserializer)?
        .into_iter()
        .map(|text| {
            text.parse().map_err(|_| {
                D::Error::custom(format!("{text:?} is no date; write one like \"2026-12-25\""))
            })
        })
        .collect()
}

fn minutes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i32, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text == "24:00" {
        return Ok(24 * 60);
    }
    let time: Time = Time::strptime("%H:%M", &text).map_err(|_| {
        D::Error::custom(format!("{text:?} is no time of day; write one like \"08:30\""))
    })?;
    Ok(i32::from(time.hour()) * 60 + i32::from(time.minute()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn office() -> Calendar {
        #[derive(Deserialize)]
        struct Holder {
            calendar: Calendar,
        }
        toml::from_str::<Holder>(
            r#"
            [calendar]
            timezone = "Europe/Rome"
            closed = ["2026-12-25"]
            [[calendar.open]]
            days = ["MON", "TUE", "WED", "THU", "FRI"]
            from = "08:30"
            to = "18:00"
            [[calendar.open]]
            days = ["SAT"]
            from = "22:00"
            to = "24:00"
            "#,
        )
        .unwrap()
        .calendar
    }

    #[test]
    fn hours_are_those_of_the_place_summer_and_winter() {
        let office = office();
        for (at, open) in [
            ("2026-11-23T07:29:59Z", false), // Monday, 08:29:59 in Rome
            ("2026-11-23T07:30:00Z", true),
            ("2026-11-23T16:59:59Z", true),
            ("2026-11-23T17:00:00Z", false),
            ("2026-07-06T06:30:00Z", true), // Monday, 08:30 in Rome's summer
            ("2026-07-06T06:29:00Z", false),
            ("2026-11-22T10:00:00Z", false), // Sunday
            ("2026-11-21T22:59:00Z", true),  // Saturday, 23:59
            ("2026-11-21T23:00:00Z", false),
            ("2026-12-25T10:00:00Z", false), // a Friday, but Christmas
        ] {
            assert_eq!(office.is_open(at.parse().unwrap()), open, "{at}");
        }
    }

    #[test]
    fn the_next_look_is_at_the_full_minute() {
        let now: Timestamp = "2026-11-23T07:29:59.500Z".parse().unwrap();
        assert_eq!(Calendar::next_look(now), "2026-11-23T07:30:00Z".parse().unwrap());
        assert_eq!(
            Calendar::next_look("2026-11-23T07:30:00Z".parse().unwrap()),
            "2026-11-23T07:31:00Z".parse().unwrap()
        );
    }
}
