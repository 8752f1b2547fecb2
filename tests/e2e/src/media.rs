//! What a browser hears and sees with, what it is allowed, and what is counted of its calls.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::fault::{Outcome, ensure};
use crate::wait::{self, SOON};

/// Put into every document before the page's own scripts: keeps a list of what the page opens.
pub(crate) const PROBE: &str = include_str!("probe.js");

/// How long a call may take to connect: the first one of a browser starts processes.
pub(crate) const CONNECTS: Duration = Duration::from_secs(30);

/// The devices of a computer, and whether its owner lets pages use them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Devices {
    /// As the browser comes: Chromium refuses, Firefox asks and nobody answers.
    #[default]
    AsIs,
    /// Microphones that beep, cameras that show a moving picture, and pages may use them.
    Fake,
    /// The same, and pages may not.
    Denied,
    /// Nothing is plugged in.
    Missing,
    /// Microphones only. Chromium alone can be told so.
    NoCamera,
}

/// What a person's browser does with sound and picture.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Media {
    /// What is plugged in and allowed.
    pub(crate) devices: Devices,
    /// Sound may begin without a click, as if the person came here often.
    pub(crate) autoplay: bool,
}

impl Media {
    /// Devices that work, in a browser that plays at once.
    pub(crate) const FAKE: Self = Self { devices: Devices::Fake, autoplay: true };

    /// Arguments for Chromium.
    pub(crate) fn arguments(self) -> Vec<&'static str> {
        let mut arguments = match self.devices {
            Devices::AsIs => vec![],
            Devices::Fake => {
                vec!["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
            }
            Devices::Denied => {
                vec!["--use-fake-ui-for-media-stream=deny", "--use-fake-device-for-media-stream"]
            }
            Devices::Missing => vec!["--use-fake-ui-for-media-stream"],
            Devices::NoCamera => vec![
                "--use-fake-ui-for-media-stream",
                "--use-fake-device-for-media-stream=device-count=0",
            ],
        };
        if self.autoplay {
            arguments.push("--autoplay-policy=no-user-gesture-required");
        }
        arguments
    }

    /// Preferences for Firefox.
    pub(crate) fn preferences(self) -> Vec<(&'static str, Value)> {
        // Without it a relay on the loopback interface is not asked at all.
        let mut preferences = vec![("media.peerconnection.ice.loopback", json!(true))];
        let (fake, answer) = match self.devices {
            Devices::AsIs => (false, None),
            Devices::Fake | Devices::NoCamera => (true, Some(ALLOW)),
            Devices::Denied => (true, Some(DENY)),
            Devices::Missing => (false, Some(ALLOW)),
        };
        preferences.push(("media.navigator.streams.fake", json!(fake)));
        if let Some(answer) = answer {
            preferences.push(("permissions.default.microphone", json!(answer)));
            preferences.push(("permissions.default.camera", json!(answer)));
        }
        // 1: no sound before the visitor has done something on the page.
        preferences.push(("media.autoplay.default", json!(u8::from(!self.autoplay))));
        preferences.push(("media.autoplay.blocking_policy", json!(0)));
        // Two browsers of one computer need no multicast to find each other's names.
        preferences.push(("media.peerconnection.ice.obfuscate_host_addresses", json!(false)));
        preferences
    }
}

/// Values of Firefox's permissions.
const ALLOW: u8 = 1;
const DENY: u8 = 2;

/// Quieter than this is silence: encoders leave a little noise.
const SILENCE: f64 = 1e-6;
/// Seconds of sound that are listened to: the fake microphone of Chromium beeps once a second.
const LISTEN: f64 = 2.5;

/// What a page's peer connections and devices have come to.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Count {
    /// Pictures of the other side that were decoded.
    pub(crate) frames_decoded: u64,
    /// How loud the other side was so far: `totalAudioEnergy`.
    pub(crate) audio_energy: f64,
    /// Seconds of the other side's sound so far: `totalSamplesDuration`.
    pub(crate) audio_seconds: f64,
    /// Bytes of media that came in.
    pub(crate) bytes_received: u64,
    /// The kinds of the two candidates in use, this side's first; nothing before it is connected.
    pub(crate) path: Option<(String, String)>,
    /// Peer connections that are not closed.
    pub(crate) open: usize,
    /// Peer connections that there ever were.
    pub(crate) peers: usize,
    /// Microphones, cameras and screens that are in use.
    pub(crate) live: usize,
    /// Of these, cameras and screens.
    pub(crate) live_video: usize,
}

impl Count {
    /// Whether this side of the path in use is a relay.
    pub(crate) fn is_relayed(&self) -> bool {
        self.path.as_ref().is_some_and(|(own, _)| own == "relay")
    }
}

/// Counts what the page has.
///
/// # Errors
/// There is no page, or it was not probed.
pub(crate) async fn count(browser: &Arc<Browser>) -> Outcome<Count> {
    let script = "const done = arguments[arguments.length - 1]; probe.count().then(done);";
    Ok(serde_json::from_value(browser.run_async(script, vec![]).await?)?)
}

/// Waits until the count is as wanted, and gives it.
///
/// # Errors
/// It is not within the limit.
pub(crate) async fn counts(
    browser: &Arc<Browser>,
    what: &str,
    limit: Duration,
    wanted: impl Fn(&Count) -> bool,
) -> Outcome<Count> {
    wait::until(&format!("{what}, before {}", browser.person), limit, async || {
        let count = count(browser).await?;
        Ok(if wanted(&count) { Ok(count) } else { Err(format!("{count:?}")) })
    })
    .await
}

/// How loud the next seconds of the other side's sound are, on average.
///
/// # Errors
/// They do not come within the limit.
async fn loudness(browser: &Arc<Browser>, seconds: f64, limit: Duration) -> Outcome<f64> {
    let before = count(browser).await?;
    let after = counts(browser, "sound goes on", limit, |count| {
        count.audio_seconds >= before.audio_seconds + seconds
    })
    .await?;
    Ok((after.audio_energy - before.audio_energy) / (after.audio_seconds - before.audio_seconds))
}

/// Waits until the picture of `selector` has a size and changes.
///
/// # Errors
/// It does not within the limit.
pub(crate) async fn moves(browser: &Arc<Browser>, selector: &str, limit: Duration) -> Outcome {
    let look = async || {
        let seen = browser.run("return probe.picture(arguments[0])", vec![json!(selector)]).await?;
        Ok::<_, crate::fault::Fault>(seen.as_str().map(str::to_owned))
    };
    let what = format!("{selector} shows a picture before {}", browser.person);
    let first = wait::until(&what, limit, async || {
        Ok(look().await?.ok_or_else(|| "no picture".to_owned()))
    })
    .await?;
    wait::until(&format!("{what}, and another after it"), limit, async || {
        Ok(match look().await? {
            Some(other) if other != first => Ok(()),
            other => Err(format!("{other:?}")),
        })
    })
    .await
}

/// Waits until more sound comes in, and is louder than silence.
///
/// # Errors
/// It does not within the limit.
pub(crate) async fn heard(browser: &Arc<Browser>) -> Outcome {
    let before = count(browser).await?;
    counts(browser, "sound comes in", CONNECTS, |count| {
        count.audio_energy > before.audio_energy + SILENCE
    })
    .await
    .map(drop)
}

/// Waits until more sound comes in, and more pictures.
///
/// # Errors
/// They do not within the limit.
pub(crate) async fn heard_and_seen(browser: &Arc<Browser>) -> Outcome {
    let before = count(browser).await?;
    counts(browser, "sound and pictures come in", CONNECTS, |count| {
        // A new peer connection counts anew.
        let pictures = before.peers != count.peers || count.frames_decoded > before.frames_decoded;
        count.frames_decoded > 5 && pictures && count.audio_energy > SILENCE
    })
    .await?;
    heard(browser).await
}

/// Waits until the line goes on and nothing is heard on it.
///
/// # Errors
/// Something still is after the limit.
pub(crate) async fn is_silent(browser: &Arc<Browser>) -> Outcome {
    wait::until("nothing is heard", CONNECTS, async || {
        let loud = loudness(browser, LISTEN, SOON).await?;
        Ok(if loud < SILENCE { Ok(()) } else { Err(format!("{loud}")) })
    })
    .await
}

/// Waits until no device is in use and no peer connection open in any of these.
///
/// # Errors
/// Something still is after the limit.
pub(crate) async fn nothing_is_left(browsers: &[&Arc<Browser>]) -> Outcome {
    for browser in browsers {
        counts(browser, "nothing is left of the call", SOON, |count| {
            count.live == 0 && count.open == 0
        })
        .await?;
    }
    Ok(())
}

/// Holds where this side of the call goes through the demo server's own relay, which has counted it.
///
/// # Errors
/// It goes another way.
pub(crate) async fn relayed(browser: &Arc<Browser>) -> Outcome {
    let count = count(browser).await?;
    ensure!(count.is_relayed(), "the own end of the path is a relay: {count:?}");
    let ask = "const done = arguments[arguments.length - 1]; \
               fetch('/tvox/demo/turn').then((answer) => answer.json()).then(done, () => done(null));";
    let status = browser.run_async(ask, vec![]).await?;
    let sent = status.get("bytesFromPeers").and_then(Value::as_u64).unwrap_or_default();
    ensure!(sent >= count.bytes_received, "relayed {sent} bytes to {}: {count:?}", browser.person);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Devices, Media};

    #[test]
    fn a_browser_that_is_told_nothing_has_no_flag_for_devices() {
        assert!(Media::default().arguments().is_empty());
    }

    #[test]
    fn who_denies_has_devices_and_a_refusal() {
        let media = Media { devices: Devices::Denied, autoplay: false };
        assert_eq!(
            media.arguments(),
            ["--use-fake-ui-for-media-stream=deny", "--use-fake-device-for-media-stream"]
        );
        let refused = media.preferences();
        assert!(refused.contains(&("permissions.default.camera", 2.into())));
    }
}
