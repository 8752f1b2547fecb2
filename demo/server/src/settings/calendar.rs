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

    /// Open around the clock.
    pub fn always() -> Self {
        Self { timezone: TimeZone::UTC, open: Vec::new(), closed: Vec::new() }
    }

    /// Its opening hours in pieces of that length, from the one that is not over yet, so many days on.
    pub fn slots(
        &self,
        now: Timestamp,
        days: u32,
        length: std::time::Duration,
    ) -> Vec<(Timestamp, Timestamp)> {
        let minutes = i32::try_from(length.as_secs() / 60).unwrap_or(i32::MAX).max(1);
        let all_day = Hours { days: Vec::new(), from: 0, to: 24 * 60 };
        let end = now
            .checked_add(SignedDuration::from_hours(24 * i64::from(days)))
            .unwrap_or(Timestamp::MAX);
        let mut slots = Vec::new();
        let mut date = now.to_zoned(self.timezone.clone()).date();
        for _ in 0..=days {
            let today = Weekday::from(date.weekday());
            let hours: Vec<&Hours> = if self.open.is_empty() {
                vec![&all_day]
            } else {
                self.open.iter().filter(|hours| hours.days.contains(&today)).collect()
            };
            for hours in hours.into_iter().filter(|_| !self.closed.contains(&date)) {
                let mut minute = hours.from;
                while minute.saturating_add(minutes) <= hours.to {
                    slots
                        .extend(self.moment(date, minute).zip(self.moment(date, minute + minutes)));
                    minute += minutes;
                }
            }
            date = date.tomorrow().unwrap_or(date);
        }
        // Where the clock is put forward, an hour of a day is none.
        slots.retain(|(from, to)| from < to && *to > now && *from < end);
        slots.sort_unstable();
        slots.dedup();
        slots
    }

    /// So many minutes after the beginning of a day, as its clocks show them.
    fn moment(&self, date: Date, minute: i32) -> Option<Timestamp> {
        let (hour, minute) = (minute / 60, minute % 60);
        let (date, hour) = if hour == 24 { (date.tomorrow().ok()?, 0) } else { (date, hour) };
        let time = Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, 0, 0).ok()?;
        Some(date.to_datetime(time).to_zoned(self.timezone.clone()).ok()?.timestamp())
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
    fn opening_hours_come_in_pieces_summer_and_winter() {
        let office = office();
        let half_an_hour = std::time::Duration::from_secs(1800);
        // Friday, 17:10 in Rome: one piece is under way, one is left; then Saturday night, then Monday.
        let slots = office.slots("2026-11-20T16:10:00Z".parse().unwrap(), 4, half_an_hour);
        let from: Vec<String> = slots.iter().map(|(from, _)| from.to_string()).collect();
        assert_eq!(from[..2], ["2026-11-20T16:00:00Z", "2026-11-20T16:30:00Z"]);
        assert_eq!(from[2], "2026-11-21T21:00:00Z");
        assert_eq!(slots[5].1, "2026-11-21T23:00:00Z".parse().unwrap());
        assert_eq!(from[6], "2026-11-23T07:30:00Z");
        assert!(slots.iter().all(|(from, to)| office.is_open(*from) && from < to));
        let summer = office.slots("2026-07-06T00:00:00Z".parse().unwrap(), 1, half_an_hour);
        assert_eq!(summer[0].0, "2026-07-06T06:30:00Z".parse().unwrap());
        assert_eq!(summer.len(), 19);
        let christmas = office.slots("2026-12-25T00:00:00Z".parse().unwrap(), 1, half_an_hour);
        assert!(christmas.is_empty(), "{christmas:?}");
    }

    #[test]
    fn who_is_always_open_has_all_day_also_when_the_clocks_change() {
        let rome =
            Calendar { timezone: TimeZone::get("Europe/Rome").unwrap(), ..Calendar::always() };
        let hour = std::time::Duration::from_secs(3600);
        // The clocks are put forward on this night: the day has 23 hours, and none is told twice.
        let slots = rome.slots("2026-03-28T23:00:00Z".parse().unwrap(), 1, hour);
        let mut from: Vec<Timestamp> = slots.iter().map(|(from, _)| *from).collect();
        from.dedup();
        assert_eq!(from.len(), slots.len());
        assert_eq!(
            Calendar::always().slots("2026-03-28T00:00:00Z".parse().unwrap(), 1, hour).len(),
            24
        );
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
