//! Durations as people write them: `"20s"`, `"1h 30m"`, `"2500ms"`.

use jiff::SignedDuration;
use serde::{Deserialize, Deserializer, de::Error};
use std::time::Duration;

pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse(&text).map_err(D::Error::custom)
}

pub(super) fn read_optional<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text == "never" {
        return Ok(None);
    }
    parse(&text).map(Some).map_err(D::Error::custom)
}

fn parse(text: &str) -> Result<Duration, String> {
    let signed: SignedDuration = text
        .parse()
        .map_err(|_| format!("{text:?} is no duration; write \"20s\", \"1h 30m\" or \"2500ms\""))?;
    Duration::try_from(signed).map_err(|_| format!("{text:?} is negative"))
}
