//! Starting and stopping.

use crate::error::Error;
use crate::http::{self, Shared};
use crate::media::Addresses;
use crate::settings::Settings;
use crate::shell::{self, Message, Shell};
use crate::turn::{Turn, TurnStatus};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

/// How long those who are connected have to hear that the server stops.
const FAREWELL: Duration = Duration::from_secs(6);

/// Starts servers.
#[derive(Debug)]
pub struct Server;

impl Server {
    /// Starts a server; when this returns, it answers. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// [`Error::AddressInUse`] and [`Error::Listen`] about the address, [`Error::Store`] about the data folder, [`Error::System`] about the rest.
    pub async fn start(mut settings: Settings) -> Result<Running, Error> {
        let address = settings.http.listen;
        let listener = TcpListener::bind(address).await.map_err(|reason| {
            if reason.kind() == std::io::ErrorKind::AddrInUse {
                Error::AddressInUse { address }
            } else {
                Error::Listen { address, reason }
            }
        })?;
        let address = listener.local_addr().map_err(|reason| Error::Listen { address, reason })?;
        if !address.ip().is_loopback() && settings.rules.operators.passcode.is_empty() {
            tracing::warn!(
                "everybody who reaches {address} can log in as an operator: set operators.passcode"
            );
        }
        let addresses = Arc::new(Addresses::new(&settings.media));
        let turn = relay(&mut settings, &addresses).await?;
        let Shell { messages, thread } =
            shell::start(&settings, addresses, tokio::runtime::Handle::current())?;
        let (ended, engine_ended) = oneshot::channel();
        // A blocking join belongs on a thread of its own.
        let watcher = std::thread::Builder::new().name("tvox-join".to_owned()).spawn(move || {
            let result = thread
                .join()
                .unwrap_or_else(|_| Err(Error::System("the engine's thread panicked".to_owned())));
            let _ = ended.send(result);
        });
        let watcher = watcher.map_err(|error| Error::System(format!("no thread: {error}")))?;
        let (drop_all, dropped) = watch::channel(0);
        let (stop, stopped) = watch::channel(false);
        let (alive, all_gone) = mpsc::channel(1);
        let shared = Arc::new(Shared::new(
            settings,
            messages.clone(),
            dropped,
            alive,
            turn.as_ref().map(Turn::traffic),
        ));
        let accepting = tokio::spawn(http::serve(listener, shared, stopped));
        Ok(Running {
            address,
            messages,
            engine_ended: Some(engine_ended),
            watcher: Some(watcher),
            accepting,
            drop_all,
            stop,
            all_gone,
            turn,
        })
    }
}

/// Starts the relay inside, where no other is set, and has the engine send browsers to it.
async fn relay(settings: &mut Settings, addresses: &Arc<Addresses>) -> Result<Option<Turn>, Error> {
    let calls = &mut settings.rules.calls;
    if !settings.turn.enabled || !calls.turn.is_empty() {
        return Ok(None);
    }
    if settings.turn.secret.is_empty() {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)
            .map_err(|error| Error::System(format!("no random numbers: {error}")))?;
        settings.turn.secret = STANDARD.encode(bytes);
    }
    let turn = Turn::start(&settings.turn, addresses).await?;
    let address = turn.address();
    tracing::info!("TURN on {address}, UDP and TCP");
    calls.turn_secret.clone_from(&settings.turn.secret);
    calls.turn =
        ["udp", "tcp"].map(|transport| format!("turn:{address}?transport={transport}")).to_vec();
    if calls.stun.is_empty() {
        calls.stun = vec![format!("stun:{address}")];
    }
    Ok(Some(turn))
}

/// A running server. Dropping it kills it, see [`Running::kill`].
#[derive(Debug)]
#[must_use = "a server that is dropped dies"]
pub struct Running {
    address: SocketAddr,
    messages: Sender<Message>,
    engine_ended: Option<oneshot::Receiver<Result<(), Error>>>,
    watcher: Option<std::thread::JoinHandle<()>>,
    accepting: JoinHandle<()>,
    drop_all: watch::Sender<u64>,
    stop: watch::Sender<bool>,
    all_gone: mpsc::Receiver<()>,
    turn: Option<Turn>,
}

/// Holds a server back; it goes on when this is dropped.
#[derive(Debug)]
#[must_use = "the server goes on as soon as this is dropped"]
pub struct Paused(#[expect(dead_code, reason = "dropping it is its use")] Sender<()>);

impl Running {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What the relay inside has done; nothing where there is none.
    pub fn turn(&self) -> Option<TurnStatus> {
        self.turn.as_ref().map(|turn| turn.traffic().status())
    }

    /// Cuts every WebSocket without a close frame, as a failing network does. The server goes on.
    pub fn drop_connections(&self) {
        self.drop_all.send_modify(|times| *times += 1);
    }

    /// Answers nothing until the returned value is dropped, as a server that hangs.
    pub fn pause(&self) -> Paused {
        let (hold, held) = channel();
        let _ = self.messages.send(Message::Pause(held));
        Paused(hold)
    }

    /// Ends when the server does, by itself or by its failure.
    ///
    /// # Errors
    /// Why it could not go on.
    pub async fn ended(&mut self) -> Result<(), Error> {
        match &mut self.engine_ended {
            Some(ended) => {
                let result = ended.await.unwrap_or_else(|_| {
                    Err(Error::System("the engine's thread vanished".to_owned()))
                });
                self.engine_ended = None;
                result
            }
            None => Ok(()),
        }
    }

    /// Ends as abruptly as `kill -9` would: nobody is told, and what was acknowledged is on the disk. Port and data folder are free when this
    /// returns; after a mere drop, the port is so only once the runtime has come round to it.
    pub async fn kill(mut self) {
        self.accepting.abort();
        let _ = (&mut self.accepting).await;
        if let Some(turn) = self.turn.take() {
            turn.stop().await;
        }
    }

    /// Stops gracefully: no new connections, everybody is told to come back (4201), everything is written.
    ///
    /// # Errors
    /// What could not be written at the end.
    pub async fn shutdown(mut self) -> Result<(), Error> {
        self.stop.send_replace(true);
        let _ = self.messages.send(Message::ShutDown);
        let result = self.ended().await;
        (&mut self.accepting).await.unwrap_or_default();
        // Every connection holds a sender; when the last is gone, there is nothing more to receive.
        let _ = tokio::time::timeout(FAREWELL, self.all_gone.recv()).await;
        if let Some(turn) = self.turn.take() {
            turn.stop().await;
        }
        result
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.accepting.abort();
        self.drop_connections();
        let _ = self.messages.send(Message::Die);
        // The file must be free when the next server opens it.
        if let Some(watcher) = self.watcher.take() {
            let _ = watcher.join();
        }
    }
}
