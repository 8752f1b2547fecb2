//! UDP sockets within a range of ports, one on each address under which a browser may reach this machine.

use crate::settings;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket as StdSocket};
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Poll;
use tokio::io::ReadBuf;
use tokio::net::UdpSocket;

/// A datagram is at most so long; what WebRTC sends is shorter.
pub(crate) const DATAGRAM: usize = 2048;

/// Where media is bound, and the next port to try.
#[derive(Debug)]
pub struct Addresses {
    addresses: Vec<IpAddr>,
    ports: RangeInclusive<u16>,
    /// Ports go round, so that what is still on its way to one call does not reach the next.
    next: AtomicU32,
}

impl Addresses {
    /// As it is set; where nothing is: the loopback address, and the one by which this machine reaches others. (Firefox connects to no loopback address.)
    #[must_use]
    pub fn new(settings: &settings::Media) -> Self {
        let addresses = if settings.addresses.is_empty() {
            [Some(IpAddr::V4(Ipv4Addr::LOCALHOST)), host()].into_iter().flatten().collect()
        } else {
            settings.addresses.clone()
        };
        Self { addresses, ports: settings.ports.from..=settings.ports.to, next: AtomicU32::new(0) }
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[IpAddr] {
        &self.addresses
    }

    /// The one to tell a browser, if it shall be told only one.
    #[must_use]
    pub fn best(&self) -> IpAddr {
        let others = self.addresses.iter().copied().find(|address| !address.is_loopback());
        others.or_else(|| self.addresses.first().copied()).unwrap_or(Ipv4Addr::LOCALHOST.into())
    }

    /// A socket on that address, on the next port that is free.
    ///
    /// # Errors
    /// What the system says, other than that a port is taken; or that all are.
    pub fn bind(&self, address: IpAddr) -> io::Result<UdpSocket> {
        let count = u32::from(self.ports.end() - self.ports.start()) + 1;
        for _ in 0..count {
            let turn = self.next.fetch_add(1, Ordering::Relaxed) % count;
            let port = self.ports.start().saturating_add(u16::try_from(turn).unwrap_or(u16::MAX));
            match StdSocket::bind(SocketAddr::new(address, port)) {
                Ok(socket) => {
                    socket.set_nonblocking(true)?;
                    return UdpSocket::from_std(socket);
                }
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::new(io::ErrorKind::AddrInUse, "every port of the range is taken"))
    }
}

/// The address that this machine would send from. Connecting a UDP socket sends nothing; the destination is of RFC 5737.
fn host() -> Option<IpAddr> {
    let socket = StdSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback() && !address.is_unspecified()).then_some(address)
}

/// The sockets of one peer connection.
#[derive(Debug, Default)]
pub(crate) struct Sockets {
    bound: Vec<(SocketAddr, UdpSocket)>,
    /// Who was heard last is heard last again, so that no socket starves another.
    first: usize,
}

impl Sockets {
    /// One on each address. One that cannot be bound is left out: another may do.
    pub(crate) fn bind(addresses: &Addresses) -> Self {
        let mut bound = Vec::new();
        for address in addresses.all() {
            let socket = addresses.bind(*address).and_then(|it| Ok((it.local_addr()?, it)));
            match socket {
                Ok(socket) => bound.push(socket),
                Err(error) => tracing::warn!(%address, %error, "no socket for media"),
            }
        }
        Self { bound, first: 0 }
    }

    pub(crate) fn addresses(&self) -> Vec<SocketAddr> {
        self.bound.iter().map(|(address, _)| *address).collect()
    }

    /// Sends from that address of ours. What does not fit into the system's queue is lost, as on any network.
    pub(crate) fn send(&self, source: SocketAddr, destination: SocketAddr, bytes: &[u8]) {
        if let Some((_, socket)) = self.bound.iter().find(|(address, _)| *address == source) {
            let _ = socket.try_send_to(bytes, destination);
        }
    }

    /// The next datagram: its length, from whom, and to which of our addresses. Never ends where there is no socket.
    pub(crate) async fn receive(&mut self, buffer: &mut [u8]) -> (usize, SocketAddr, SocketAddr) {
        let Self { bound, first } = self;
        std::future::poll_fn(|context| {
            for turn in 0..bound.len() {
                let index = (*first + turn) % bound.len();
                let Some((address, socket)) = bound.get(index) else { continue };
                let mut buffer = ReadBuf::new(buffer);
                // An error is that of an earlier datagram which nobody took: it was consumed, there may be others.
                loop {
                    match socket.poll_recv_from(context, &mut buffer) {
                        Poll::Ready(Ok(from)) => {
                            *first = index + 1;
                            return Poll::Ready((buffer.filled().len(), from, *address));
                        }
                        Poll::Ready(Err(_)) => {}
                        Poll::Pending => break,
                    }
                }
            }
            Poll::Pending
        })
        .await
    }
}
