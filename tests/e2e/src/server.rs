//! The demo server as a child process.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use tokio::process::Command;

use crate::fault::Outcome;
use crate::options::Options;
use crate::process::Process;

const START: Duration = Duration::from_secs(30);

/// A running demo server.
#[derive(Debug)]
#[must_use = "the server is killed when this is dropped"]
pub(crate) struct Server {
    process: Process,
    /// Where it listens.
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Starts one on a free port, with its data in `data` and the pages of `site`.
    ///
    /// # Errors
    /// It does not start.
    pub(crate) async fn start(
        options: &Options,
        data: &Path,
        site: &Path,
        more: &[OsString],
    ) -> Outcome<Self> {
        let mut command = Command::new(&options.server);
        command.arg("--listen").arg("127.0.0.1:0").arg("--data").arg(data);
        command.arg("--site").arg(site).arg("--widget").arg(&options.widget).args(more);
        let mut process = Process::start("the demo server", &mut command)?;
        let address = process.hear(START, listening_address).await?;
        Ok(Self { process, address })
    }

    /// Ends it as a power cut would.
    ///
    /// # Errors
    /// It cannot be ended.
    pub(crate) async fn kill(mut self) -> Outcome<Vec<String>> {
        self.process.kill().await?;
        Ok(self.process.lines())
    }

    /// What it has logged.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.process.lines()
    }
}

/// From "listening on http://127.0.0.1:1234".
fn listening_address(line: &str) -> Option<SocketAddr> {
    let (_, after) = line.split_once("listening on http://")?;
    after.split_whitespace().next()?.trim_end_matches('/').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::listening_address;

    #[test]
    fn the_address_is_read_from_the_line_that_says_ready() {
        let address = listening_address("listening on http://127.0.0.1:40123");
        assert_eq!(address.map(|address| address.port()), Some(40123));
        assert_eq!(listening_address("the console: http://127.0.0.1:40123/operator"), None);
    }
}
