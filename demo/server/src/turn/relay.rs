//! One listener: a task that gives the protocol its sockets and its clock.

use super::Traffic;
use super::clients::{Arrival, Clients, read_datagrams, read_peers, serve};
use super::guard::{Guard, Verdict};
use crate::media::Addresses;
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use turn_server_proto::api::{
    SocketAllocateError, TcpConnectError, Transmit, TurnServerApi as _, TurnServerPollRet,
};
use turn_server_proto::server::TurnServer;
use turn_server_proto::types::prelude::DelayedTransmitBuild as _;
use turn_server_proto::types::{AddressFamily, Instant as Moment, TransportType};

/// Frames and datagrams that may wait for the task.
const BACKLOG: usize = 1024;
/// However soon the protocol wants to be asked again.
const BREATH: Duration = Duration::from_millis(5);
/// Connections by TCP at a time.
const CONNECTIONS: usize = 256;

/// What a listener needs.
pub(super) struct Relay {
    pub(super) guard: Guard,
    pub(super) addresses: Arc<Addresses>,
    pub(super) traffic: Arc<Traffic>,
    /// Allocations at a time, of all listeners.
    pub(super) most: usize,
}

/// Serves those who come by UDP.
pub(super) async fn serve_udp(socket: UdpSocket, relay: Relay) {
    let Ok(address) = socket.local_addr() else { return };
    let socket = Arc::new(socket);
    let (sender, arrivals) = mpsc::channel(BACKLOG);
    let clients = Clients::Udp(Arc::clone(&socket));
    tokio::select! {
        () = read_datagrams(socket, sender.clone()) => {}
        () = Listener::new(address, clients, relay, sender).run(arrivals) => {}
    }
}

/// Serves those who come by TCP.
pub(super) async fn serve_tcp(listener: TcpListener, relay: Relay) {
    let Ok(address) = listener.local_addr() else { return };
    let (sender, arrivals) = mpsc::channel(BACKLOG);
    let clients = Clients::Tcp(BTreeMap::new());
    tokio::select! {
        () = accept(listener, sender.clone()) => {}
        () = Listener::new(address, clients, relay, sender).run(arrivals) => {}
    }
}

async fn accept(listener: TcpListener, arrivals: mpsc::Sender<Arrival>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept(), if connections.len() < CONNECTIONS => {
                if let Ok((stream, client)) = accepted {
                    connections.spawn(serve(stream, client, arrivals.clone()));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

/// An allocation's socket. Its reader ends with it.
struct Allocation {
    client: SocketAddr,
    socket: Arc<UdpSocket>,
    _reader: JoinSet<()>,
}

struct Listener {
    server: TurnServer,
    address: SocketAddr,
    clients: Clients,
    relay: Relay,
    arrivals: mpsc::Sender<Arrival>,
    allocations: BTreeMap<SocketAddr, Allocation>,
    known: BTreeSet<String>,
    began: Instant,
}

impl Listener {
    fn new(
        address: SocketAddr,
        clients: Clients,
        relay: Relay,
        arrivals: mpsc::Sender<Arrival>,
    ) -> Self {
        // Connections are read frame by frame here, so to the protocol each frame is a datagram, whichever way it came.
        let realm = relay.guard.realm().to_owned();
        let server = TurnServer::new(TransportType::Udp, address, realm);
        Self {
            server,
            address,
            clients,
            relay,
            arrivals,
            allocations: BTreeMap::new(),
            known: BTreeSet::new(),
            began: Instant::now(),
        }
    }

    async fn run(mut self, mut arrivals: mpsc::Receiver<Arrival>) {
        loop {
            let wait = self.poll();
            tokio::select! {
                arrival = arrivals.recv() => match arrival {
                    Some(arrival) => self.take(arrival),
                    None => return,
                },
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    fn now(&self) -> Moment {
        Moment::from_std(self.began)
    }

    fn take(&mut self, arrival: Arrival) {
        match arrival {
            Arrival::Connected { client, frames } => self.clients.connected(client, frames),
            Arrival::Gone { client } => {
                self.clients.gone(client);
                // The protocol would keep them until they expire; nobody can come back to them.
                let open = self.allocations.len();
                self.allocations.retain(|_, allocation| allocation.client != client);
                let closed = (open - self.allocations.len()) as u64;
                self.relay.traffic.open.fetch_sub(closed, Ordering::Relaxed);
            }
            Arrival::Frame { client, frame } => self.client_says(client, frame),
            Arrival::Peer { relay, peer, datagram } => {
                let length = datagram.len();
                if self.pass(peer, relay, datagram) {
                    Traffic::add(&self.relay.traffic.from_peers, length);
                }
            }
        }
    }

    fn client_says(&mut self, client: SocketAddr, frame: Vec<u8>) {
        match self.relay.guard.examine(&frame) {
            Verdict::Pass => {}
            Verdict::Admit { username, password } => {
                if self.known.insert(username.clone()) {
                    self.server.add_user(username, password);
                }
            }
            Verdict::Refuse(answer) => {
                Traffic::add(&self.relay.traffic.refused, 1);
                self.clients.send(client, answer);
                return;
            }
        }
        self.pass(client, self.address, frame);
    }

    /// Gives the protocol a datagram, and sends what it makes of it. Whether it made anything.
    fn pass(&mut self, from: SocketAddr, to: SocketAddr, datagram: Vec<u8>) -> bool {
        let now = self.now();
        let transmit = Transmit::new(datagram, TransportType::Udp, from, to);
        let Some(made) = self.server.recv(transmit, now) else { return false };
        // Answers to STUN's own question are addressed to the server itself (turn-server-proto 0.7).
        let to = if made.to == self.address { from } else { made.to };
        self.send(made.from, to, made.data.build());
        true
    }

    fn send(&self, from: SocketAddr, to: SocketAddr, bytes: Vec<u8>) {
        if from == self.address {
            self.clients.send(to, bytes);
        } else if let Some(allocation) = self.allocations.get(&from)
            && self.relay.guard.allows(to)
            && allocation.socket.try_send_to(&bytes, to).is_ok()
        {
            Traffic::add(&self.relay.traffic.to_peers, bytes.len());
        }
    }

    /// Does what the protocol wants done. How long to wait before it is asked again.
    fn poll(&mut self) -> Duration {
        let wait = loop {
            let now = self.now();
            match self.server.poll(now) {
                TurnServerPollRet::WaitUntil(at) => break at.saturating_duration_since(now),
                TurnServerPollRet::AllocateSocket {
                    transport,
                    listen_addr,
                    client_addr,
                    allocation_transport,
                    family,
                } => {
                    let socket = self.allocate(client_addr, allocation_transport, family);
                    self.server.allocated_socket(
                        transport,
                        listen_addr,
                        client_addr,
                        allocation_transport,
                        family,
                        socket,
                        now,
                    );
                }
                TurnServerPollRet::TcpConnect {
                    relayed_addr,
                    peer_addr,
                    listen_addr,
                    client_addr,
                } => {
                    let refused = Err(TcpConnectError::Forbidden);
                    self.server.tcp_connected(
                        relayed_addr,
                        peer_addr,
                        listen_addr,
                        client_addr,
                        refused,
                        now,
                    );
                }
                // There are no connections to peers.
                TurnServerPollRet::TcpClose { .. } => {}
                TurnServerPollRet::SocketClose { listen_addr, .. } => {
                    if self.allocations.remove(&listen_addr).is_some() {
                        self.relay.traffic.open.fetch_sub(1, Ordering::Relaxed);
                    }
                }
            }
        };
        while let Some(made) = self.server.poll_transmit(self.now()) {
            self.send(made.from, made.to, made.data);
        }
        wait.max(BREATH)
    }

    /// A socket on the address that the client came to.
    fn allocate(
        &mut self,
        client: SocketAddr,
        transport: TransportType,
        family: AddressFamily,
    ) -> Result<SocketAddr, SocketAllocateError> {
        let is_family = match family {
            AddressFamily::IPV4 => self.address.is_ipv4(),
            AddressFamily::IPV6 => self.address.is_ipv6(),
        };
        if !is_family {
            return Err(SocketAllocateError::AddressFamilyNotSupported);
        }
        let traffic = &self.relay.traffic;
        let is_full = traffic.open.load(Ordering::Relaxed) >= self.relay.most as u64;
        if is_full || transport != TransportType::Udp {
            Traffic::add(&traffic.refused, 1);
            return Err(SocketAllocateError::InsufficientCapacity);
        }
        let bound = self.relay.addresses.bind(self.address.ip());
        let (socket, relay) = bound
            .and_then(|it| Ok((it.local_addr()?, it)))
            .map(|(at, it)| (it, at))
            .map_err(|error| {
                tracing::warn!(%error, "no socket for an allocation");
                SocketAllocateError::InsufficientCapacity
            })?;
        let socket = Arc::new(socket);
        let mut reader = JoinSet::new();
        reader.spawn(read_peers(relay, Arc::clone(&socket), self.arrivals.clone()));
        self.allocations.insert(relay, Allocation { client, socket, _reader: reader });
        Traffic::add(&traffic.allocations, 1);
        Traffic::add(&traffic.open, 1);
        Ok(relay)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let open = self.allocations.len() as u64;
        self.relay.traffic.open.fetch_sub(open, Ordering::Relaxed);
    }
}
