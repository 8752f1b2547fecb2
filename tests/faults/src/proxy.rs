//! The proxy: an address that stays, and the lines that run through it.

use std::collections::BTreeMap;
use std::io::Result;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use crate::fault::{Fault, Shape};
use crate::frame::{self, Unit};
use crate::line::Line;
use crate::relay;

/// A proxy with an address that stays the same while the server behind it comes and goes.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    inner: Arc<Inner>,
    listener: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug)]
struct Inner {
    state: Mutex<State>,
    /// Counts the moments at which everything is dropped.
    cuts: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct State {
    server: Option<SocketAddr>,
    shape: Shape,
    /// By the order in which they came.
    lines: BTreeMap<u64, Line>,
    next: u64,
    /// How many WebSockets were asked for, by path.
    asked: BTreeMap<String, usize>,
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere leaves nothing half done here.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Proxy {
    /// Opens a proxy on a free port of the loopback interface; nothing is behind it yet.
    ///
    /// # Errors
    /// There is no free port.
    pub async fn open() -> Result<Self> {
        Self::open_at(SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    /// Opens one at an address.
    ///
    /// # Errors
    /// The address cannot be had.
    pub async fn open_at(address: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let proxy = Self {
            address: listener.local_addr()?,
            inner: Arc::new(Inner { state: Mutex::default(), cuts: watch::Sender::new(0) }),
            listener: Mutex::new(None),
        };
        proxy.listen(listener);
        Ok(proxy)
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Puts a server behind it, or none: then connections are accepted and ended at once.
    pub fn lead_to(&self, server: Option<SocketAddr>) {
        self.inner.state().server = server;
    }

    /// Gives all WebSockets, present and future, this latency and rate.
    pub fn shape(&self, shape: Shape) {
        let mut state = self.inner.state();
        state.shape = shape;
        for line in state.lines.values() {
            line.shape(shape);
        }
    }

    /// The open WebSockets to a path, the newest last.
    #[must_use]
    pub fn lines(&self, path: &str) -> Vec<Line> {
        let state = self.inner.state();
        let here = |line: &&Line| line.path() == path && line.is_open();
        state.lines.values().filter(here).cloned().collect()
    }

    /// How many WebSockets to a path have been asked for so far.
    #[must_use]
    pub fn asked(&self, path: &str) -> usize {
        self.inner.state().asked.get(path).copied().unwrap_or_default()
    }

    /// Drops every connection at once, those that are no WebSockets too; new ones are let through.
    pub fn cut(&self) {
        self.inner.cuts.send_modify(|cuts| *cuts += 1);
        for line in self.inner.state().lines.values() {
            drop(line.strike(&Fault::Cut));
        }
    }

    /// Drops every connection and refuses new ones.
    pub fn shut(&self) {
        let mut listener = self.listener.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(listener) = listener.take() {
            listener.abort();
        }
        drop(listener);
        self.cut();
    }

    /// Lets connections through again, at the same address.
    ///
    /// # Errors
    /// Somebody has taken the port.
    pub async fn reopen(&self) -> Result<()> {
        self.listen(TcpListener::bind(self.address).await?);
        Ok(())
    }

    fn listen(&self, listener: TcpListener) {
        let inner = Arc::clone(&self.inner);
        let task = tokio::spawn(async move {
            while let Ok((client, _from)) = listener.accept().await {
                let (inner, mut cuts) = (Arc::clone(&inner), inner.cuts.subscribe());
                tokio::spawn(async move {
                    let served = serve(client, &inner, &mut cuts);
                    let _ = served.await;
                });
            }
        });
        *self.listener.lock().unwrap_or_else(PoisonError::into_inner) = Some(task);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shut();
    }
}

async fn serve(
    client: TcpStream,
    inner: &Arc<Inner>,
    cuts: &mut watch::Receiver<u64>,
) -> Result<()> {
    let arrived = Instant::now();
    let shape = inner.state().shape;
    client.set_nodelay(true)?;
    let mut client = BufReader::new(client);
    let head = tokio::select! {
        head = frame::head(&mut client) => head?,
        _cut = cuts.changed() => None,
    };
    let Some(head) = head else { return Ok(()) };
    let Some(address) = inner.state().server else { return Ok(()) };
    let mut server = TcpStream::connect(address).await?;
    server.set_nodelay(true)?;
    // Nothing of a frame can be there yet: a client waits for the answer.
    let ahead = client.buffer().to_vec();
    let mut client = client.into_inner();
    if !frame::upgrades(&head) {
        server.write_all(&[head, ahead].concat()).await?;
        tokio::select! {
            () = relay::pass(&mut client, &mut server) => {}
            _cut = cuts.changed() => {}
        }
        return Ok(());
    }
    // The kernel has greeted the client at once: TCP's own round trip is made up for here.
    sleep_until(arrived + shape.round_trip).await;
    let (line, ears) = Line::new(frame::path(&head), shape);
    let number = {
        let mut state = inner.state();
        state.next += 1;
        *state.asked.entry(line.path().to_owned()).or_default() += 1;
        let number = state.next;
        state.lines.insert(number, line);
        number
    };
    relay::relay(client, server, Unit::Head(head), ears).await;
    inner.state().lines.remove(&number);
    Ok(())
}
