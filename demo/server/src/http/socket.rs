//! One WebSocket: frames in, frames out, and an end.

use crate::engine::{Close, Door, LinkId};
use crate::shell::{Inlet, Message, Outgoing, Outlet, cost};
use axum::extract::ws::{self, CloseFrame, WebSocket};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};
use tokio::time::timeout;

/// Frames of one connection that the engine has not dealt with yet.
const IN_FLIGHT: usize = 64;

/// How long a client that does not read may still take its close frame.
const LINGER: Duration = Duration::from_secs(5);

/// What a connection needs to know.
pub(super) struct Connection {
    pub(super) link: LinkId,
    pub(super) door: Door,
    pub(super) origin: String,
    pub(super) address: IpAddr,
    pub(super) messages: Sender<Message>,
    /// Bytes of a frame.
    pub(super) frame: usize,
    pub(super) backlog: usize,
    /// Changes when all connections are to be dropped without a word.
    pub(super) dropped: watch::Receiver<u64>,
}

/// Why a connection ends.
enum End {
    /// The other side is gone, or said so.
    Gone,
    /// Something is to be said.
    Say(Close),
    /// Nothing is to be said.
    Drop,
}

/// Serves a connection until it ends.
pub(super) async fn serve(mut socket: WebSocket, connection: Connection) {
    let Connection { link, door, origin, address, messages, frame, backlog, mut dropped } =
        connection;
    let (outlet, mut inlet) = Outlet::new(backlog);
    if messages.send(Message::Opened { link, door, origin, address, outlet }).is_err() {
        say(&mut socket, Close::restarting()).await;
        return;
    }
    tracing::debug!(link = link.0, ?door, "open");
    dropped.mark_unchanged();
    let end = converse(&mut socket, &mut inlet, &mut dropped, frame, |text, permit| {
        messages.send(Message::Frame { link, text, permit }).is_ok()
    })
    .await;
    // Ends here for the engine, whatever is still to be said.
    let _ = messages.send(Message::Closed { link });
    match end {
        End::Gone => tracing::debug!(link = link.0, "gone"),
        End::Drop => tracing::debug!(link = link.0, "dropped"),
        End::Say(close) => {
            tracing::debug!(link = link.0, code = close.code, "closed");
            say(&mut socket, close).await;
        }
    }
}

async fn converse(
    socket: &mut WebSocket,
    inlet: &mut Inlet,
    dropped: &mut watch::Receiver<u64>,
    frame: usize,
    mut take: impl FnMut(String, OwnedSemaphorePermit) -> bool,
) -> End {
    let in_flight = Arc::new(Semaphore::new(IN_FLIGHT));
    let mut permit: Option<OwnedSemaphorePermit> = None;
    loop {
        let may_read = permit.is_some() && !inlet.is_congested();
        tokio::select! {
            biased;
            _ = dropped.changed() => return End::Drop,
            close = cut(&mut inlet.cut) => return End::Say(close),
            outgoing = inlet.queue.recv() => match outgoing {
                // Everything that was put is written by now.
                None => return End::Drop,
                Some(Outgoing::Close(close)) => return End::Say(close),
                Some(Outgoing::Text(text)) => {
                    let cost = cost_of(&text);
                    tokio::select! {
                        biased;
                        _ = dropped.changed() => return End::Drop,
                        close = cut(&mut inlet.cut) => return End::Say(close),
                        sent = socket.send(ws::Message::Text(text.into())) => {
                            if sent.is_err() {
                                return End::Gone;
                            }
                        }
                    }
                    inlet.written(cost);
                }
            },
            granted = Arc::clone(&in_flight).acquire_owned(), if permit.is_none() => permit = granted.ok(),
            message = socket.recv(), if may_read => match message {
                Some(Ok(ws::Message::Text(text))) if text.len() > frame => return End::Say(Close::too_big()),
                Some(Ok(ws::Message::Text(text))) => {
                    if let Some(permit) = permit.take()
                        && !take(text.as_str().to_owned(), permit)
                    {
                        return End::Say(Close::restarting());
                    }
                }
                Some(Ok(ws::Message::Binary(_))) => return End::Say(Close::protocol()),
                Some(Ok(ws::Message::Ping(_) | ws::Message::Pong(_))) => {}
                Some(Ok(ws::Message::Close(_))) | None => return End::Gone,
                Some(Err(error)) => return if is_too_big(&error) { End::Say(Close::too_big()) } else { End::Gone },
            },
        }
    }
}

/// Waits for an end that comes past the queue. That there will be none, since the engine has let go of the connection, is no end: the queue holds it.
async fn cut(cut: &mut oneshot::Receiver<Close>) -> Close {
    if !cut.is_terminated()
        && let Ok(close) = cut.await
    {
        return close;
    }
    std::future::pending().await
}

/// Says why, and waits for the other side to hear it: whoever hangs up at once may be heard no more.
async fn say(socket: &mut WebSocket, close: Close) {
    let frame = CloseFrame { code: close.code, reason: close.reason.into() };
    let farewell = async {
        if socket.send(ws::Message::Close(Some(frame))).await.is_ok() {
            while let Some(Ok(_)) = socket.recv().await {}
        }
    };
    let _ = timeout(LINGER, farewell).await;
}

fn cost_of(text: &str) -> usize {
    // The same as the outlet counted, without giving the text away.
    cost(&Outgoing::Text(String::new())) + text.len()
}

fn is_too_big(error: &axum::Error) -> bool {
    let mut source: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = source {
        if error.to_string().contains("too long") {
            return true;
        }
        source = error.source();
    }
    false
}
