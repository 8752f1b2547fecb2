//! The STUN and TURN server inside of this one.

use serde::Deserialize;
use std::fmt;
use std::net::IpAddr;

/// Section `[turn]`.
#[derive(Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Turn {
    /// Listens, and browsers are sent to it, unless `calls.turn` names another.
    pub enabled: bool,
    /// UDP and TCP, on the addresses of `[media]`. 0: any; so also where this one is taken.
    pub port: u16,
    /// Names it to its clients.
    pub realm: String,
    /// Of which credentials are made. Empty: another one at each start.
    pub secret: String,
    /// Addresses to which it relays beside those of this machine.
    pub peers: Vec<IpAddr>,
    /// Relayed at a time.
    pub allocations: usize,
}

impl Default for Turn {
    fn default() -> Self {
        Self {
            enabled: true,
            port: 3478,
            realm: "tvox-demo".to_owned(),
            secret: String::new(),
            peers: Vec::new(),
            allocations: 200,
        }
    }
}

impl fmt::Debug for Turn {
    /// Without the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turn")
            .field("enabled", &self.enabled)
            .field("port", &self.port)
            .field("realm", &self.realm)
            .field("secret", &!self.secret.is_empty())
            .field("peers", &self.peers)
            .field("allocations", &self.allocations)
            .finish()
    }
}

impl Turn {
    /// What a type alone cannot say.
    pub(super) fn check(&self) -> Result<(), String> {
        // It stands in every challenge, in a quoted string of 128 characters at most (RFC 8489, 14.9).
        if self.realm.is_empty() || self.realm.len() > 128 {
            return Err("turn.realm: 1 to 128 bytes".to_owned());
        }
        Ok(())
    }
}
