//! The demo server: a process of its own, with its data in a folder of its own.

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::options::Options;

/// How long it may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// Jiffies of `/proc/<pid>/stat` in a second, on every Linux there is.
const TICKS: f64 = 100.0;

/// A running server; it dies with this.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    data: TempDir,
}

/// What it has taken of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Taken {
    /// Resident memory, KiB.
    pub(crate) resident: u64,
    /// The most there was of it.
    pub(crate) peak: u64,
    /// Seconds of a core.
    pub(crate) cpu: f64,
}

impl Server {
    /// Starts it, and waits until it answers.
    ///
    /// # Errors
    /// It does not start, or does not say where it listens.
    pub(crate) async fn start(options: &Options) -> Result<Self, String> {
        let data = TempDir::new().map_err(|error| format!("no folder for the data: {error}"))?;
        let config = data.path().join("load.toml");
        std::fs::write(&config, settings(options))
            .map_err(|error| format!("{}: {error}", config.display()))?;
        let mut command = Command::new(&options.server);
        command.args(["--listen", "127.0.0.1:0", "--config"]).arg(&config);
        command.arg("--data").arg(data.path());
        command.env("RUST_LOG", std::env::var_os("RUST_LOG").unwrap_or_else(|| "warn".into()));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command
            .spawn()
            .map_err(|error| format!("cannot start {}: {error}", options.server.display()))?;
        let output = child.stdout.take().ok_or("the server has no output")?;
        let mut lines = BufReader::new(output).lines();
        let address = tokio::time::timeout(PATIENCE, async {
            while let Ok(Some(line)) = lines.next_line().await {
                let address = line.strip_prefix("listening on http://");
                if let Some(address) = address.and_then(|address| address.parse().ok()) {
                    return Some(address);
                }
            }
            None
        });
        let address =
            address.await.ok().flatten().ok_or("the server does not say where it listens")?;
        Ok(Self { child, address, data })
    }

    /// What it takes by now; nothing where there is no `/proc`.
    pub(crate) fn taken(&self) -> Taken {
        let Some(id) = self.child.id() else { return Taken::default() };
        let read = |name: &str| std::fs::read_to_string(format!("/proc/{id}/{name}"));
        let status = read("status").unwrap_or_default();
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse().ok()
        };
        // The name in brackets may hold anything: the numbers begin after it.
        let stat = read("stat").unwrap_or_default();
        let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11);
        let ticks: u32 = fields.take(2).filter_map(|field| field.parse::<u32>().ok()).sum();
        Taken {
            resident: field("VmRSS:").unwrap_or_default(),
            peak: field("VmHWM:").unwrap_or_default(),
            cpu: f64::from(ticks) / TICKS,
        }
    }

    /// Bytes of the database and its log.
    pub(crate) fn stored(&self) -> u64 {
        let files = std::fs::read_dir(self.data.path()).into_iter().flatten().flatten();
        files.filter_map(|file| file.metadata().ok()).map(|data| data.len()).sum()
    }

    /// Ends it.
    pub(crate) async fn end(mut self) {
        let _ = self.child.kill().await;
    }
}

/// Everybody comes from one address, and operators have many contacts. All else is as ever.
fn settings(options: &Options) -> String {
    let (people, queue) = (2 * options.visitors + 1000, options.conversations + 100);
    format!(
        "[http]\nconnections = {people}\n[echo]\nenabled = false\n[turn]\nenabled = false\n\
         [limits]\nsessions_per_hour = {people}\nqueue = {queue}\n\
         [operators]\ncontacts = 1000\nrate = {{ per_second = 2000, burst = 4000 }}\n\
         [chat]\ninactivity = \"never\"\n"
    )
}
