//! A relay from outside: coturn, as it comes with Debian, behind a path of UDP that can be cut.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::process::Command;
use tokio::task::JoinHandle;

use crate::fault::{Fault, Outcome};
use crate::folder::Folder;
use crate::process::Process;
use crate::wait;

const PROGRAM: &str = "turnserver";
const START: Duration = Duration::from_secs(20);
/// Larger than any datagram.
const DATAGRAM: usize = 65_536;
/// What coturn shares with the demo server.
const SECRET: &str = "shared between relay and server";

/// Where coturn is, if it is installed.
pub(crate) fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders = std::env::split_paths(&path).chain(["/usr/bin".into(), "/usr/sbin".into()]);
    folders.map(|folder| folder.join(PROGRAM)).find(|program| program.is_file())
}

/// A running coturn.
#[derive(Debug)]
#[must_use = "coturn is killed when this is dropped"]
pub(crate) struct Relay {
    process: Process,
    way: Way,
    _folder: Folder,
}

impl Relay {
    /// Starts coturn on a port of the loopback interface.
    ///
    /// # Errors
    /// It is not installed, or does not start.
    pub(crate) async fn start() -> Outcome<Self> {
        let program = program().ok_or_else(|| Fault::new("coturn is not installed"))?;
        let folder = Folder::new("relay")?;
        let port = UdpSocket::bind(("127.0.0.1", 0)).await?.local_addr()?.port();
        let settings = folder.path().join("turnserver.conf");
        std::fs::write(&settings, conf(port, folder.path()))?;
        let mut command = Command::new(program);
        command.arg("-c").arg(&settings).current_dir(folder.path());
        let mut process = Process::start("coturn", &mut command)?;
        process.hear(START, |line| line.contains("UDP listener opened").then_some(())).await?;
        let way = Way::open(SocketAddr::from(([127, 0, 0, 1], port))).await?;
        Ok(Self { process, way, _folder: folder })
    }

    /// The demo server's settings that send browsers to it.
    pub(crate) fn settings(&self) -> String {
        let address = self.way.address;
        format!(
            "\n[calls]\nstun = []\nturn = [\"turn:{address}?transport=udp\"]\nturn_secret = \"{SECRET}\"\n"
        )
    }

    /// What coturn has said.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.process.lines()
    }

    /// Lets nothing more through of what goes through now, either way; what begins anew gets through.
    pub(crate) fn cut(&self) {
        self.way.cut();
    }

    /// Waits until coturn says that it has sent so many bytes: it does as its allocations end.
    ///
    /// # Errors
    /// It does not within the limit.
    pub(crate) async fn has_sent(&self, bytes: u64, limit: Duration) -> Outcome {
        wait::until(&format!("coturn has sent {bytes} bytes"), limit, async || {
            let sent: u64 = self.lines().iter().filter_map(|line| sent(line)).sum();
            Ok(if sent >= bytes { Ok(()) } else { Err(sent.to_string()) })
        })
        .await
    }
}

fn conf(port: u16, folder: &Path) -> String {
    let folder = folder.display();
    format!(
        "listening-ip=127.0.0.1\nlistening-port={port}\nrelay-ip=127.0.0.1\nmin-port=20001\nmax-port=20999\nrealm=e2e\n\
         use-auth-secret\nstatic-auth-secret={SECRET}\nallow-loopback-peers\nno-tls\nno-dtls\nno-cli\nno-tcp\nfingerprint\n\
         verbose\nlog-file=stdout\nsimple-log\npidfile={folder}/pid\nuserdb={folder}/users\n"
    )
}

/// From `… usage: realm=<e2e>, username=<…>, rp=9, rb=1000, sp=8, sb=2000`.
fn sent(line: &str) -> Option<u64> {
    let (_, usage) = line.split_once("usage: ")?;
    let (_, bytes) = usage.split_once(" sb=")?;
    bytes.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Datagrams from whoever sends some, to one server and back.
#[derive(Debug)]
struct Way {
    address: SocketAddr,
    users: Arc<Mutex<Users>>,
    task: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Users {
    open: HashMap<SocketAddr, User>,
    cut: HashSet<SocketAddr>,
}

/// One socket of a browser, as the server sees it.
#[derive(Debug)]
struct User {
    socket: Arc<UdpSocket>,
    back: JoinHandle<()>,
}

impl Drop for User {
    fn drop(&mut self) {
        self.back.abort();
    }
}

impl Way {
    async fn open(server: SocketAddr) -> Outcome<Self> {
        let front = Arc::new(UdpSocket::bind(("127.0.0.1", 0)).await?);
        let address = front.local_addr()?;
        let users = Arc::<Mutex<Users>>::default();
        let task = tokio::spawn(forth(front, server, Arc::clone(&users)));
        Ok(Self { address, users, task })
    }

    fn cut(&self) {
        let mut users = self.users.lock().unwrap_or_else(PoisonError::into_inner);
        let gone: Vec<SocketAddr> = users.open.drain().map(|(address, _)| address).collect();
        users.cut.extend(gone);
    }
}

impl Drop for Way {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn forth(front: Arc<UdpSocket>, server: SocketAddr, users: Arc<Mutex<Users>>) {
    let mut datagram = vec![0; DATAGRAM];
    while let Ok((length, from)) = front.recv_from(&mut datagram).await {
        let known = {
            let users = users.lock().unwrap_or_else(PoisonError::into_inner);
            if users.cut.contains(&from) {
                continue;
            }
            users.open.get(&from).map(|user| Arc::clone(&user.socket))
        };
        let socket = match known {
            Some(socket) => socket,
            None => {
                let Ok(socket) = UdpSocket::bind(("127.0.0.1", 0)).await else { continue };
                if socket.connect(server).await.is_err() {
                    continue;
                }
                let socket = Arc::new(socket);
                let back = tokio::spawn(back(Arc::clone(&socket), Arc::clone(&front), from));
                let user = User { socket: Arc::clone(&socket), back };
                users.lock().unwrap_or_else(PoisonError::into_inner).open.insert(from, user);
                socket
            }
        };
        let _ = socket.send(datagram.get(..length).unwrap_or_default()).await;
    }
}

async fn back(socket: Arc<UdpSocket>, front: Arc<UdpSocket>, to: SocketAddr) {
    let mut datagram = vec![0; DATAGRAM];
    while let Ok(length) = socket.recv(&mut datagram).await {
        let _ = front.send_to(datagram.get(..length).unwrap_or_default(), to).await;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::net::SocketAddr;

    use tokio::net::UdpSocket;

    use super::{Way, sent};

    #[test]
    fn coturns_word_about_bytes_is_understood() {
        let line =
            "4: session 001: usage: realm=<e2e>, username=<1:v:k>, rp=9, rb=1000, sp=8, sb=2048";
        assert_eq!(sent(line), Some(2048));
        assert_eq!(sent("4: session 001: peer usage, rp=9, rb=1000"), None);
    }

    #[tokio::test]
    async fn what_went_through_before_a_cut_does_not_after_it_and_what_is_new_does() {
        let server = UdpSocket::bind(("127.0.0.1", 0)).await.unwrap();
        let way = Way::open(server.local_addr().unwrap()).await.unwrap();
        let [old, new] = [
            UdpSocket::bind(("127.0.0.1", 0)).await.unwrap(),
            UdpSocket::bind(("127.0.0.1", 0)).await.unwrap(),
        ];
        let mut heard = [0; 16];
        old.send_to(b"before", way.address).await.unwrap();
        let (length, from) = server.recv_from(&mut heard).await.unwrap();
        assert_eq!(&heard[..length], b"before");
        server.send_to(b"back", from).await.unwrap();
        let (length, from): (usize, SocketAddr) = old.recv_from(&mut heard).await.unwrap();
        assert_eq!((&heard[..length], from), (b"back".as_slice(), way.address));
        way.cut();
        old.send_to(b"after", way.address).await.unwrap();
        new.send_to(b"anew", way.address).await.unwrap();
        let (length, _) = server.recv_from(&mut heard).await.unwrap();
        assert_eq!(&heard[..length], b"anew");
    }
}
