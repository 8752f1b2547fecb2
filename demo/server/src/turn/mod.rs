//! A STUN and TURN server (RFC 8489, RFC 8656) inside of the demo server, over UDP and TCP, so that calls through a relay can be seen and tested on one machine.
//! A real site has one of its own, such as coturn: `calls.turn`.
//!
//! ```text
//!  browser ── UDP, TCP ──▶ relay (a task a listener; sockets, clock) ──▶ turn-server-proto
//!                            │  ▲ guard: whose credentials, which peers
//!  peer ◀── UDP ── a socket an allocation, in the range of [media]
//! ```
//!
//! Credentials are those of the TURN REST scheme that `call.create` hands out. It relays to addresses of this machine only, unless the settings name others.

mod clients;
mod guard;
mod relay;

use crate::error::Error;
use crate::media::Addresses;
use crate::settings;
use guard::Guard;
use relay::Relay;
use serde::Serialize;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::net::{TcpListener, UdpSocket};
use tokio::task::JoinSet;

/// Ports that are tried where any will do, but UDP and TCP must have the same one on every address.
const TRIES: usize = 32;

/// The running server. Dropping it ends it.
#[derive(Debug)]
pub struct Turn {
    address: SocketAddr,
    traffic: Arc<Traffic>,
    tasks: JoinSet<()>,
}

/// What it has done so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TurnStatus {
    /// Where it listens, UDP and TCP.
    pub listening: Vec<SocketAddr>,
    /// Allocations that were made.
    pub allocations: u64,
    /// Those of them that are open.
    pub open: u64,
    /// Requests that were refused: credentials, peers, too many allocations.
    pub refused: u64,
    /// Bytes of payload relayed towards peers.
    pub bytes_to_peers: u64,
    /// Bytes of payload relayed from peers.
    pub bytes_from_peers: u64,
}

/// What it counts, readable at any time.
#[derive(Debug, Default)]
pub struct Traffic {
    listening: Vec<SocketAddr>,
    allocations: AtomicU64,
    open: AtomicU64,
    refused: AtomicU64,
    to_peers: AtomicU64,
    from_peers: AtomicU64,
}

impl Traffic {
    /// As it is now.
    pub fn status(&self) -> TurnStatus {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        TurnStatus {
            listening: self.listening.clone(),
            allocations: read(&self.allocations),
            open: read(&self.open),
            refused: read(&self.refused),
            bytes_to_peers: read(&self.to_peers),
            bytes_from_peers: read(&self.from_peers),
        }
    }

    fn add(counter: &AtomicU64, count: usize) {
        counter.fetch_add(u64::try_from(count).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}

impl Turn {
    /// Listens on every address of calls' media. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// No port can be had. That the one that is set is taken is none: it is said in the log, and another one does.
    pub async fn start(
        settings: &settings::Turn,
        addresses: &Arc<Addresses>,
    ) -> Result<Self, Error> {
        let (port, listeners) = match listen(settings.port, addresses).await {
            Ok(listeners) => listeners,
            Err(error) if settings.port != 0 && error.kind() == io::ErrorKind::AddrInUse => {
                tracing::warn!(
                    "TURN: port {} is taken by another program; any other one is used",
                    settings.port
                );
                listen(0, addresses).await.map_err(|error| refused(&error))?
            }
            Err(error) => return Err(refused(&error)),
        };
        let listening = addresses.all().iter().map(|it| SocketAddr::new(*it, port)).collect();
        let traffic = Arc::new(Traffic { listening, ..Traffic::default() });
        let guard = Guard::new(settings, addresses);
        let mut tasks = JoinSet::new();
        for (udp, tcp) in listeners {
            let relay = || Relay {
                guard: guard.clone(),
                addresses: Arc::clone(addresses),
                traffic: Arc::clone(&traffic),
                most: settings.allocations,
            };
            tasks.spawn(relay::serve_udp(udp, relay()));
            tasks.spawn(relay::serve_tcp(tcp, relay()));
        }
        let address = SocketAddr::new(addresses.best(), port);
        Ok(Self { address, traffic, tasks })
    }

    /// Where browsers are sent.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it counts.
    pub fn traffic(&self) -> Arc<Traffic> {
        Arc::clone(&self.traffic)
    }

    /// Ends it; its port is free when this returns.
    pub async fn stop(mut self) {
        self.tasks.shutdown().await;
    }
}

fn refused(error: &io::Error) -> Error {
    Error::System(format!("TURN cannot listen: {error}; turn.enabled = false does without"))
}

type Listeners = Vec<(UdpSocket, TcpListener)>;

/// UDP and TCP on one port of all addresses.
async fn listen(port: u16, addresses: &Addresses) -> io::Result<(u16, Listeners)> {
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in 0..if port == 0 { TRIES } else { 1 } {
        match listen_once(port, addresses.all()).await {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => last = error,
            done => return done,
        }
    }
    Err(last)
}

async fn listen_once(mut port: u16, addresses: &[IpAddr]) -> io::Result<(u16, Listeners)> {
    let mut listeners = Vec::new();
    for address in addresses {
        let tcp = TcpListener::bind((*address, port)).await?;
        port = tcp.local_addr()?.port();
        listeners.push((UdpSocket::bind((*address, port)).await?, tcp));
    }
    Ok((port, listeners))
}
