//! The clients of one listener, and the frames of those that come by TCP.

use crate::media::DATAGRAM;
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpStream, UdpSocket};
use tokio::sync::mpsc;

/// Frames that may wait for a client that does not read; the next ones are lost, as datagrams are.
const BACKLOG: usize = 256;
/// A STUN message's or a channel's header, as far as its length.
const HEAD: usize = 4;
/// What a STUN message has beside the length that it names.
const STUN: usize = 20;

/// Something happened at a listener.
pub(super) enum Arrival {
    /// A connection was made; what is for it goes there.
    Connected { client: SocketAddr, frames: mpsc::Sender<Vec<u8>> },
    /// A frame of a client's.
    Frame { client: SocketAddr, frame: Vec<u8> },
    /// A connection is gone.
    Gone { client: SocketAddr },
    /// A datagram for an allocation.
    Peer { relay: SocketAddr, peer: SocketAddr, datagram: Vec<u8> },
}

/// How clients are reached.
pub(super) enum Clients {
    Udp(Arc<UdpSocket>),
    Tcp(BTreeMap<SocketAddr, mpsc::Sender<Vec<u8>>>),
}

impl Clients {
    pub(super) fn send(&self, client: SocketAddr, mut frame: Vec<u8>) {
        match self {
            Self::Udp(socket) => {
                let _ = socket.try_send_to(&frame, client);
            }
            Self::Tcp(clients) => {
                // Channels' frames are padded where there are no datagrams to end them (RFC 8656, 12.5).
                frame.resize(frame.len().next_multiple_of(4), 0);
                if let Some(client) = clients.get(&client) {
                    let _ = client.try_send(frame);
                }
            }
        }
    }

    pub(super) fn connected(&mut self, client: SocketAddr, frames: mpsc::Sender<Vec<u8>>) {
        if let Self::Tcp(clients) = self {
            clients.insert(client, frames);
        }
    }

    pub(super) fn gone(&mut self, client: SocketAddr) {
        if let Self::Tcp(clients) = self {
            clients.remove(&client);
        }
    }
}

/// Reads a client's datagrams.
pub(super) async fn read_datagrams(socket: Arc<UdpSocket>, arrivals: mpsc::Sender<Arrival>) {
    let mut buffer = vec![0; DATAGRAM];
    loop {
        // An error is that of an earlier datagram which nobody took.
        let Ok((length, client)) = socket.recv_from(&mut buffer).await else { continue };
        let frame = buffer.get(..length).unwrap_or_default().to_vec();
        if arrivals.send(Arrival::Frame { client, frame }).await.is_err() {
            return;
        }
    }
}

/// Reads what peers send to an allocation.
pub(super) async fn read_peers(
    relay: SocketAddr,
    socket: Arc<UdpSocket>,
    arrivals: mpsc::Sender<Arrival>,
) {
    let mut buffer = vec![0; DATAGRAM];
    loop {
        let Ok((length, peer)) = socket.recv_from(&mut buffer).await else { continue };
        let datagram = buffer.get(..length).unwrap_or_default().to_vec();
        if arrivals.send(Arrival::Peer { relay, peer, datagram }).await.is_err() {
            return;
        }
    }
}

/// Serves a connection to its end.
pub(super) async fn serve(stream: TcpStream, client: SocketAddr, arrivals: mpsc::Sender<Arrival>) {
    let _ = stream.set_nodelay(true);
    let (reader, writer) = stream.into_split();
    let (frames, waiting) = mpsc::channel(BACKLOG);
    if arrivals.send(Arrival::Connected { client, frames }).await.is_err() {
        return;
    }
    tokio::select! {
        () = read_frames(reader, client, &arrivals) => {}
        () = write_frames(writer, waiting) => {}
    }
    let _ = arrivals.send(Arrival::Gone { client }).await;
}

async fn read_frames(
    mut reader: OwnedReadHalf,
    client: SocketAddr,
    arrivals: &mpsc::Sender<Arrival>,
) {
    while let Ok(frame) = read_frame(&mut reader).await {
        if arrivals.send(Arrival::Frame { client, frame }).await.is_err() {
            return;
        }
    }
}

/// The next frame, without what it is padded with.
async fn read_frame(reader: &mut OwnedReadHalf) -> io::Result<Vec<u8>> {
    let mut frame = vec![0; HEAD];
    reader.read_exact(&mut frame).await?;
    let [first, _, high, low] = frame[..] else { return Err(io::ErrorKind::InvalidData.into()) };
    let named = usize::from(u16::from_be_bytes([high, low]));
    let (length, padded) = match first >> 6 {
        0 => (STUN + named, STUN + named),
        1 => (HEAD + named, (HEAD + named).next_multiple_of(4)),
        // Neither of both: whoever it is speaks something else.
        _ => return Err(io::ErrorKind::InvalidData.into()),
    };
    frame.resize(padded, 0);
    reader.read_exact(frame.get_mut(HEAD..).unwrap_or_default()).await?;
    frame.truncate(length);
    Ok(frame)
}

async fn write_frames(mut writer: OwnedWriteHalf, mut waiting: mpsc::Receiver<Vec<u8>>) {
    while let Some(frame) = waiting.recv().await {
        if writer.write_all(&frame).await.is_err() {
            return;
        }
    }
}
