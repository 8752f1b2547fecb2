//! The path between browsers and server: a TCP relay that scenarios cut, close and open again.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{broadcast, watch};
use tokio::task::JoinHandle;

use crate::fault::Outcome;
use crate::frames::pass_on;

/// A relay with an address that stays the same while the server behind it comes and goes.
#[derive(Debug)]
pub(crate) struct Gate {
    address: SocketAddr,
    server: Arc<Mutex<Option<SocketAddr>>>,
    /// Counts the cuts: a pipe ends when the number changes.
    cuts: watch::Sender<u64>,
    listener: Mutex<Option<JoinHandle<()>>>,
    websockets: Arc<AtomicUsize>,
    /// What the server seems to say to every widget, though it does not.
    slipped: broadcast::Sender<String>,
}

impl Gate {
    /// Opens a gate on a free port of the loopback interface; nothing is behind it yet.
    ///
    /// # Errors
    /// There is no free port.
    pub(crate) async fn open() -> Outcome<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let gate = Self {
            address: listener.local_addr()?,
            server: Arc::default(),
            cuts: watch::Sender::new(0),
            listener: Mutex::new(None),
            websockets: Arc::default(),
            slipped: broadcast::Sender::new(64),
        };
        gate.listen(listener);
        Ok(gate)
    }

    /// Host and port, as pages see them.
    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }

    /// Puts a server behind the gate, or none.
    pub(crate) fn lead_to(&self, server: Option<SocketAddr>) {
        if let Ok(mut place) = self.server.lock() {
            *place = server;
        }
    }

    /// How many WebSockets of widgets have been asked for.
    pub(crate) fn websockets(&self) -> usize {
        self.websockets.load(Ordering::Relaxed)
    }

    /// Sends every widget this text frame, as if the server had said it.
    pub(crate) fn slip_in(&self, text: &str) {
        let _ = self.slipped.send(text.to_owned());
    }

    /// Drops every connection at once; new ones are let through.
    pub(crate) fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// Drops every connection and refuses new ones.
    pub(crate) fn shut(&self) {
        if let Some(listener) = self.listener.lock().ok().and_then(|mut listener| listener.take()) {
            listener.abort();
        }
        self.cut();
    }

    /// Lets connections through again, at the same address.
    ///
    /// # Errors
    /// Somebody has taken the port.
    pub(crate) async fn reopen(&self) -> Outcome {
        self.listen(TcpListener::bind(self.address).await?);
        Ok(())
    }

    fn listen(&self, listener: TcpListener) {
        let (server, cuts) = (Arc::clone(&self.server), self.cuts.clone());
        let (websockets, slipped) = (Arc::clone(&self.websockets), self.slipped.clone());
        let task = tokio::spawn(async move {
            while let Ok((browser, _from)) = listener.accept().await {
                let server = server.lock().ok().and_then(|server| *server);
                let relay = relay(browser, server, Arc::clone(&websockets), slipped.subscribe());
                let mut cut = cuts.subscribe();
                tokio::spawn(async move {
                    tokio::select! {
                        _ended = relay => {}
                        _cut = cut.changed() => {}
                    }
                });
            }
        });
        if let Ok(mut place) = self.listener.lock() {
            *place = Some(task);
        }
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.shut();
    }
}

/// Whether a connection begins as that of a widget does.
async fn asks_for_websocket(browser: &TcpStream) -> bool {
    let mut head = [0; 64];
    let read = browser.peek(&mut head).await.unwrap_or(0);
    let head = head.get(..read).unwrap_or_default();
    [&b"GET /tvox/widget HTTP"[..], b"GET /tvox/widget?"].iter().any(|way| head.starts_with(way))
}

/// Relays until one side ends it.
async fn relay(
    mut browser: TcpStream,
    server: Option<SocketAddr>,
    websockets: Arc<AtomicUsize>,
    slipped: broadcast::Receiver<String>,
) -> std::io::Result<()> {
    let widget = asks_for_websocket(&browser).await;
    let Some(server) = server else { return Ok(()) };
    let mut server = TcpStream::connect(server).await?;
    browser.set_nodelay(true)?;
    server.set_nodelay(true)?;
    if !widget {
        return copy_bidirectional(&mut browser, &mut server).await.map(drop);
    }
    websockets.fetch_add(1, Ordering::Relaxed);
    let (mut from_browser, mut to_browser) = browser.split();
    let (from_server, mut to_server) = server.split();
    let mut from_server = BufReader::new(from_server);
    tokio::select! {
        up = tokio::io::copy(&mut from_browser, &mut to_server) => up.map(drop),
        down = pass_on(&mut from_server, &mut to_browser, slipped) => down,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::Gate;

    /// A server that says back what it hears, and a gate before it.
    async fn echo_behind_gate() -> Gate {
        let echo = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let gate = Gate::open().await.unwrap();
        gate.lead_to(Some(echo.local_addr().unwrap()));
        tokio::spawn(async move {
            while let Ok((mut stream, _from)) = echo.accept().await {
                tokio::spawn(async move {
                    let (mut from, mut to) = stream.split();
                    let _ = tokio::io::copy(&mut from, &mut to).await;
                });
            }
        });
        gate
    }

    async fn answer(stream: &mut TcpStream) -> std::io::Result<usize> {
        stream.write_all(b"GET /tvox/widget HTTP/1.1\r\n\r\n").await?;
        stream.read(&mut [0; 64]).await
    }

    #[tokio::test]
    async fn a_cut_ends_every_connection_and_lets_new_ones_through() {
        let gate = echo_behind_gate().await;
        let mut stream = TcpStream::connect(gate.host()).await.unwrap();
        assert!(answer(&mut stream).await.unwrap() > 0);
        assert_eq!(gate.websockets(), 1);
        gate.cut();
        let left = stream.read_to_end(&mut Vec::new()).await;
        assert!(left.is_err() || left.is_ok_and(|read| read < 64), "the connection is over");
        let mut stream = TcpStream::connect(gate.host()).await.unwrap();
        assert!(answer(&mut stream).await.unwrap() > 0);
    }

    #[tokio::test]
    async fn a_shut_gate_refuses_until_it_is_opened_again() {
        let gate = echo_behind_gate().await;
        gate.shut();
        let refused = async || TcpStream::connect(gate.host()).await.is_err();
        while !refused().await {
            tokio::task::yield_now().await;
        }
        gate.reopen().await.unwrap();
        let mut stream = TcpStream::connect(gate.host()).await.unwrap();
        assert!(answer(&mut stream).await.unwrap() > 0);
    }
}
