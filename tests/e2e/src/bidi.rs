//! A small client of WebDriver BiDi: the events that plain WebDriver cannot give.
//! Source: W3C WebDriver BiDi, sections "script" and "log" and "network".

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite::Message;

use crate::fault::{Fault, Outcome};

const ANSWER: Duration = Duration::from_secs(20);

type Pending = Arc<Mutex<HashMap<u64, oneshot::Sender<Value>>>>;

/// One connection to a browser.
#[derive(Debug)]
pub(crate) struct Bidi {
    commands: mpsc::UnboundedSender<Message>,
    pending: Pending,
    next: AtomicU64,
}

impl Bidi {
    /// Connects to the address that the new session named, and hands each event (method and
    /// params) to `on_event`.
    ///
    /// # Errors
    /// The address does not answer.
    pub(crate) async fn connect(
        address: &str,
        on_event: impl Fn(&str, &Value) + Send + 'static,
    ) -> Outcome<Self> {
        let (socket, _response) =
            tokio_tungstenite::connect_async(address).await.map_err(|error| {
                Fault::new(format!("cannot reach the browser at {address}: {error}"))
            })?;
        let (mut sink, mut stream) = socket.split();
        let (commands, mut outbox) = mpsc::unbounded_channel::<Message>();
        let pending = Pending::default();
        let answers = Arc::clone(&pending);
        tokio::spawn(async move {
            while let Some(command) = outbox.recv().await {
                if sink.send(command).await.is_err() {
                    break;
                }
            }
        });
        tokio::spawn(async move {
            while let Some(Ok(message)) = stream.next().await {
                let Ok(text) = message.to_text() else { continue };
                let Ok(message) = serde_json::from_str::<Value>(text) else { continue };
                if let Some(id) = message.get("id").and_then(Value::as_u64) {
                    let waiting = answers.lock().ok().and_then(|mut answers| answers.remove(&id));
                    if let Some(waiting) = waiting {
                        let _ = waiting.send(message);
                    }
                } else if let Some(method) = message.get("method").and_then(Value::as_str) {
                    on_event(method, message.get("params").unwrap_or(&Value::Null));
                }
            }
        });
        Ok(Self { commands, pending, next: AtomicU64::new(1) })
    }

    /// Sends a command and gives its result.
    ///
    /// # Errors
    /// The browser refuses it, or does not answer in time.
    pub(crate) async fn call(&self, method: &str, params: &Value) -> Outcome<Value> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (answer, answered) = oneshot::channel();
        if let Ok(mut pending) = self.pending.lock() {
            pending.insert(id, answer);
        }
        let command = json!({ "id": id, "method": method, "params": params }).to_string();
        self.commands
            .send(Message::text(command))
            .map_err(|_closed| Fault::new(format!("{method}: the browser has gone")))?;
        let answer = tokio::time::timeout(ANSWER, answered)
            .await
            .map_err(|_late| Fault::new(format!("{method}: no answer within {ANSWER:?}")))?
            .map_err(|_closed| Fault::new(format!("{method}: the browser has gone")))?;
        match answer.get("result") {
            Some(result) => Ok(result.clone()),
            None => Err(Fault::new(format!("{method} refused: {answer}"))),
        }
    }
}
