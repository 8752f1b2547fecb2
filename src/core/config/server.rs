use std::time::Duration;

use super::rules::within;
use super::{RetryOptions, ServerUrl, Webrtc};
use crate::core::error::Error;
use crate::core::json::Field;

const HEARTBEAT_MIN_MS: u64 = 1_000;
const HEARTBEAT_MAX_MS: u64 = 60_000;
const HEARTBEAT_DEFAULT: Duration = Duration::from_millis(5_000);

/// Where the server is and how to keep in touch with it (reference, `ServerInterface`).
#[derive(Clone, Debug, PartialEq)]
pub struct Server {
    /// The server's address.
    pub url: ServerUrl,
    /// Audio and video; `None` where they are not wanted.
    pub webrtc: Option<Webrtc>,
    /// Between two pings: from 1 s to 60 s, 5 s by default. JSON has milliseconds.
    pub heartbeat_interval: Duration,
    /// What happens after a lost connection; by default another try every 10 s, for ever.
    pub retry_options: RetryOptions,
}

impl Server {
    /// A server with every default.
    #[must_use]
    pub fn at(url: ServerUrl) -> Self {
        Self {
            url,
            webrtc: None,
            heartbeat_interval: HEARTBEAT_DEFAULT,
            retry_options: RetryOptions::default(),
        }
    }

    /// The WebSocket of the widget: `wss://<host>/tvox/widget`, or `ws:` for a loopback host over
    /// `http:`.
    #[must_use]
    pub fn socket_url(&self) -> String {
        self.url.socket_url()
    }

    #[inline(never)]
    pub(super) fn read(field: &Field<'_>) -> Self {
        field.known(&["url", "webrtc", "heartbeatInterval", "retryOptions"]);
        let url = field.needed_text("url", ServerUrl::EXPECTED).parse().unwrap_or_else(|mistake| {
            field.notes().mistake(mistake);
            ServerUrl::default()
        });
        let heartbeat = field.whole("heartbeatInterval", HEARTBEAT_MIN_MS, HEARTBEAT_MAX_MS);
        Self {
            url,
            webrtc: field.find("webrtc").map(|field| Webrtc::read(&field)),
            heartbeat_interval: heartbeat.map_or(HEARTBEAT_DEFAULT, Duration::from_millis),
            retry_options: field
                .find("retryOptions")
                .map_or_else(RetryOptions::default, |field| RetryOptions::read(&field)),
        }
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        let heartbeat = self.heartbeat_interval;
        within("server.heartbeatInterval", heartbeat, HEARTBEAT_MIN_MS, HEARTBEAT_MAX_MS)?;
        self.retry_options.check()
    }
}
