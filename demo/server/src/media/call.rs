//! The media of one call: a task, its sockets, its clock.

use super::peer::{Datagram, Peer};
use super::sockets::{Addresses, DATAGRAM, Sockets};
use super::{Report, Said, Tell, Wish};
use crate::wire::id::SessionId;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::UnboundedReceiver;

/// Without a connection for so long, the other side is taken for gone.
const PATIENCE: Duration = Duration::from_secs(60);

/// Echoes until nobody can wish for anything any more, or the other side is gone.
pub(super) async fn run(
    call: SessionId,
    mut wishes: UnboundedReceiver<Wish>,
    addresses: Arc<Addresses>,
    tell: Tell,
) {
    let mut ending = Ending { call: call.clone(), tell: Arc::clone(&tell), is_wished: false };
    let mut peer = Peer::default();
    let mut sockets = Sockets::default();
    let mut buffer = vec![0; DATAGRAM];
    loop {
        let deadline = flush(&mut peer, &sockets);
        for signal in peer.take_signals() {
            tell(Report { call: call.clone(), said: Said::Signal(signal) });
        }
        let give_up = peer.alone_since().map(|since| since + PATIENCE);
        if peer.has_failed() || give_up.is_some_and(|at| at <= Instant::now()) {
            break;
        }
        let deadline = deadline.into_iter().chain(give_up).min();
        tokio::select! {
            wish = wishes.recv() => match wish {
                Some(Wish::Signal(signal)) => {
                    peer.hear(signal, Instant::now(), || {
                        sockets = Sockets::bind(&addresses);
                        sockets.addresses()
                    });
                }
                Some(Wish::Hold(held)) => peer.hold(held),
                Some(Wish::Video) => peer.offer_video(),
                Some(Wish::Begin) => {}
                Some(Wish::End) | None => {
                    ending.is_wished = true;
                    break;
                }
            },
            (length, from, to) = sockets.receive(&mut buffer) => {
                let bytes = buffer.get(..length).unwrap_or_default();
                peer.receive(bytes, from, to, Instant::now());
            }
            () = sleep_until(deadline) => peer.tick(Instant::now()),
        }
    }
    peer.close();
    flush(&mut peer, &sockets);
}

/// Sends what there is to send. When to call again.
fn flush(peer: &mut Peer, sockets: &Sockets) -> Option<Instant> {
    let mut datagrams = Vec::new();
    let deadline = peer.poll(Instant::now(), &mut datagrams);
    for Datagram { source, destination, bytes } in datagrams {
        sockets.send(source, destination, &bytes);
    }
    deadline
}

async fn sleep_until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
        None => std::future::pending().await,
    }
}

/// Says that it is over however the task ends, be it by a panic in somebody else's parser.
struct Ending {
    call: SessionId,
    tell: Tell,
    is_wished: bool,
}

impl Drop for Ending {
    fn drop(&mut self) {
        if !self.is_wished {
            (self.tell)(Report { call: self.call.clone(), said: Said::Over });
        }
    }
}
