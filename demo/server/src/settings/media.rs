//! Where sound and picture of calls come in.

use serde::Deserialize;
use std::net::IpAddr;

/// Section `[media]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Media {
    /// Addresses of this machine. None: 127.0.0.1 and the one by which it reaches others.
    pub addresses: Vec<IpAddr>,
    /// UDP.
    pub ports: Ports,
}

/// A range of ports, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ports {
    /// The first.
    pub from: u16,
    /// The last.
    pub to: u16,
}

impl Default for Ports {
    fn default() -> Self {
        Self { from: 10_000, to: 20_000 }
    }
}

impl Media {
    /// What a type alone cannot say.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.ports.from == 0 || self.ports.from > self.ports.to {
            return Err("media.ports: from 1, and not after to".to_owned());
        }
        Ok(())
    }
}
