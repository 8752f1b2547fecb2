//! Child processes: started, listened to, and ended with whoever holds them.

use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};

use crate::fault::{Fault, Outcome};
use crate::wait;

/// A running program and what it has said so far.
#[derive(Debug)]
#[must_use = "the program is killed when this is dropped"]
pub(crate) struct Process {
    name: String,
    child: Child,
    said: Arc<Mutex<Vec<String>>>,
}

impl Process {
    /// Starts `command`; its output and errors are kept.
    ///
    /// # Errors
    /// The program cannot be started.
    pub(crate) fn start(name: &str, command: &mut Command) -> Outcome<Self> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| Fault::new(format!("cannot start {name}: {error}")))?;
        let said = Arc::new(Mutex::new(Vec::new()));
        if let Some(output) = child.stdout.take() {
            tokio::spawn(listen(output, Arc::clone(&said)));
        }
        if let Some(errors) = child.stderr.take() {
            tokio::spawn(listen(errors, Arc::clone(&said)));
        }
        Ok(Self { name: name.to_owned(), child, said })
    }

    /// Waits for a line from which `find` takes something.
    ///
    /// # Errors
    /// The program ended or did not say it in time.
    pub(crate) async fn hear<T>(
        &mut self,
        limit: Duration,
        find: impl Fn(&str) -> Option<T>,
    ) -> Outcome<T> {
        let said = Arc::clone(&self.said);
        let what = format!("{} says that it is ready", self.name);
        let heard = wait::until(&what, limit, || {
            let lines = lines(&said);
            let found = lines.iter().find_map(|line| find(line));
            let ended = matches!(self.child.try_wait(), Ok(Some(_)));
            async move {
                match found {
                    Some(found) => Ok(Ok(Ok(found))),
                    None if ended => Ok(Ok(Err(lines.join("\n")))),
                    None => Ok(Err(lines.join("\n"))),
                }
            }
        });
        heard.await?.map_err(|lines| Fault::new(format!("{} ended at once: {lines}", self.name)))
    }

    /// All it has said, line by line.
    pub(crate) fn lines(&self) -> Vec<String> {
        lines(&self.said)
    }

    /// Ends it as a power cut would: SIGKILL, no chance to tidy up.
    ///
    /// # Errors
    /// It cannot be ended.
    pub(crate) async fn kill(&mut self) -> Outcome {
        Ok(self.child.kill().await?)
    }
}

async fn listen(from: impl AsyncRead + Unpin, said: Arc<Mutex<Vec<String>>>) {
    let mut from = BufReader::new(from).lines();
    while let Ok(Some(line)) = from.next_line().await {
        if let Ok(mut said) = said.lock() {
            said.push(line);
        }
    }
}

fn lines(said: &Mutex<Vec<String>>) -> Vec<String> {
    said.lock().map(|said| said.clone()).unwrap_or_default()
}
