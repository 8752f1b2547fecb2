//! Who may use the relay, and for what. It looks at requests before the protocol does, and answers those that are to be refused.

use crate::engine::credential;
use crate::media::Addresses;
use crate::settings;
use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use turn_server_proto::types::attribute::XorPeerAddress;
use turn_server_proto::types::message::{ALLOCATE, CHANNEL_BIND, CREATE_PERMISSION};
use turn_server_proto::types::stun::attribute::{
    Attribute as _, AttributeFromRaw as _, AttributeStaticType as _, ErrorCode, Nonce, Realm,
    Userhash, Username,
};
use turn_server_proto::types::stun::message::{
    IntegrityAlgorithm, LongTermKeyCredentials, Message, MessageClass, MessageIntegrityCredentials,
    MessageWrite as _, MessageWriteExt as _, MessageWriteVec,
};

/// Below are services of the system, which nobody shall reach through a relay.
const FIRST_PORT: u16 = 1024;

/// See the module's text.
#[derive(Clone)]
pub(super) struct Guard {
    realm: String,
    secret: Arc<str>,
    /// Addresses of this machine, and those that the settings name.
    peers: Arc<BTreeSet<IpAddr>>,
}

/// What is to be done with a frame of a client's.
pub(super) enum Verdict {
    /// Nothing stands against it.
    Pass,
    /// The same, and its user is to be known from now on.
    Admit { username: String, password: String },
    /// This is the answer to it.
    Refuse(Vec<u8>),
}

impl Guard {
    pub(super) fn new(settings: &settings::Turn, addresses: &Addresses) -> Self {
        let peers = addresses.all().iter().chain(&settings.peers).copied().collect();
        Self {
            realm: settings.realm.clone(),
            secret: settings.secret.as_str().into(),
            peers: Arc::new(peers),
        }
    }

    pub(super) fn realm(&self) -> &str {
        &self.realm
    }

    /// Whether something may be sent there.
    pub(super) fn allows(&self, peer: SocketAddr) -> bool {
        peer.port() >= FIRST_PORT && (self.peers.contains(&peer.ip()) || is_ours(peer.ip()))
    }

    /// Looks at a frame. What is no request, or proves nothing about who sent it, is left to the protocol.
    pub(super) fn examine(&self, frame: &[u8]) -> Verdict {
        let Ok(message) = Message::from_bytes(frame) else { return Verdict::Pass };
        if !message.has_class(MessageClass::Request) {
            return Verdict::Pass;
        }
        if message.has_attribute(Userhash::TYPE) {
            // A hash says not until when it holds.
            return refuse(&message, ErrorCode::BAD_REQUEST, None);
        }
        let Ok(name) = message.attribute::<Username>() else { return Verdict::Pass };
        let username = name.username().to_owned();
        let password = credential(&self.secret, &username);
        let key: MessageIntegrityCredentials =
            LongTermKeyCredentials::new(username.clone(), password.clone(), self.realm.clone())
                .into();
        let Ok(algorithm) = message.validate_integrity(&key) else { return Verdict::Pass };
        // What was allocated in time may be kept: a call lasts longer than its credentials.
        if message.has_method(ALLOCATE) {
            return if holds(&username) {
                Verdict::Admit { username, password }
            } else {
                refuse(&message, ErrorCode::UNAUTHORIZED, None)
            };
        }
        let names_peers = message.has_method(CREATE_PERMISSION) || message.has_method(CHANNEL_BIND);
        if names_peers && !self.allows_all(&message) {
            return refuse(&message, ErrorCode::FORBIDDEN, Some((&key, algorithm)));
        }
        Verdict::Pass
    }

    fn allows_all(&self, message: &Message<'_>) -> bool {
        let is_bound = message.has_method(CHANNEL_BIND);
        message
            .iter_attributes()
            .filter(|(_, attribute)| attribute.get_type() == XorPeerAddress::TYPE)
            .filter_map(|(_, attribute)| XorPeerAddress::from_raw(attribute).ok())
            .map(|peer| peer.addr(message.transaction_id()))
            // A permission is for an address; its port means nothing (RFC 8656, 9).
            .map(|peer| if is_bound { peer } else { SocketAddr::new(peer.ip(), FIRST_PORT) })
            .all(|peer| self.allows(peer))
    }
}

/// Until when a user name holds is its first part.
fn holds(username: &str) -> bool {
    let end = username.split(':').next().and_then(|end| end.parse::<u64>().ok());
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(u64::MAX, |now| now.as_secs());
    end.is_some_and(|end| end > now)
}

/// Only an address of one's own can be bound.
fn is_ours(address: IpAddr) -> bool {
    !address.is_unspecified()
        && !address.is_multicast()
        && UdpSocket::bind(SocketAddr::new(address, 0)).is_ok()
}

fn refuse(
    message: &Message<'_>,
    code: u16,
    key: Option<(&MessageIntegrityCredentials, IntegrityAlgorithm)>,
) -> Verdict {
    let mut answer = Message::builder_error(message, MessageWriteVec::with_capacity(256));
    // Each fails only where the attribute is there already.
    if let Ok(error) = ErrorCode::builder(code).build() {
        let _ = answer.add_attribute(&error);
    }
    if code == ErrorCode::UNAUTHORIZED
        && let (Ok(realm), Ok(nonce)) = (message.attribute::<Realm>(), message.attribute::<Nonce>())
    {
        let _ = answer.add_attribute(&realm);
        let _ = answer.add_attribute(&nonce);
    }
    if let Some((key, algorithm)) = key {
        let _ = answer.add_message_integrity(key, algorithm);
    }
    let _ = answer.add_fingerprint();
    Verdict::Refuse(answer.finish())
}
