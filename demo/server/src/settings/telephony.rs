//! Calls: the part of the settings that the engine reads.

use super::duration;
use serde::Deserialize;
use std::fmt;
use std::time::Duration;

/// Section `[calls]`.
#[derive(Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CallRules {
    /// How long a call outlives the visitor's last connection.
    #[serde(deserialize_with = "duration::read")]
    pub absence: Duration,
    /// How long an operator's invitation rings.
    #[serde(deserialize_with = "duration::read")]
    pub ring: Duration,
    /// `stun:` addresses that browsers are told.
    pub stun: Vec<String>,
    /// `turn:` and `turns:` addresses that browsers are told, with credentials made for each call.
    pub turn: Vec<String>,
    /// What the relay shares with this server (coturn: `static-auth-secret`).
    pub turn_secret: String,
    /// How long credentials hold.
    #[serde(deserialize_with = "duration::read")]
    pub turn_ttl: Duration,
    /// Signals kept of one side of a call; more are refused.
    pub signals: usize,
    /// How long a trial call lasts.
    #[serde(deserialize_with = "duration::read")]
    pub test: Duration,
    /// Trial calls of one address.
    pub tests_per_hour: usize,
}

impl Default for CallRules {
    fn default() -> Self {
        Self {
            absence: Duration::from_secs(30),
            ring: Duration::from_secs(30),
            stun: Vec::new(),
            turn: Vec::new(),
            turn_secret: String::new(),
            turn_ttl: Duration::from_secs(600),
            signals: 2000,
            test: Duration::from_secs(30),
            tests_per_hour: 60,
        }
    }
}

impl fmt::Debug for CallRules {
    /// Without the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallRules")
            .field("absence", &self.absence)
            .field("ring", &self.ring)
            .field("stun", &self.stun)
            .field("turn", &self.turn)
            .field("turn_secret", &!self.turn_secret.is_empty())
            .field("turn_ttl", &self.turn_ttl)
            .field("signals", &self.signals)
            .field("test", &self.test)
            .field("tests_per_hour", &self.tests_per_hour)
            .finish()
    }
}

impl CallRules {
    /// What a type alone cannot say.
    pub(super) fn check(&self) -> Result<(), String> {
        let wrong = |schemes: [&str; 2], addresses: &[String]| {
            let fits = |address: &&String| {
                !schemes
                    .iter()
                    .any(|scheme| address.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()))
            };
            addresses.iter().find(fits).cloned()
        };
        if let Some(address) = wrong(["stun:", "stuns:"], &self.stun) {
            return Err(format!(
                "calls.stun: {address:?} must look like \"stun:turn.example.org:3478\""
            ));
        }
        if let Some(address) = wrong(["turn:", "turns:"], &self.turn) {
            return Err(format!(
                "calls.turn: {address:?} must look like \"turn:turn.example.org:3478?transport=udp\""
            ));
        }
        if self.turn.is_empty() != self.turn_secret.is_empty() {
            return Err(
                "calls.turn and calls.turn_secret: one is nothing without the other".to_owned()
            );
        }
        Ok(())
    }
}
