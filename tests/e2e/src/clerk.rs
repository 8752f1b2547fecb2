//! An operator by script who does only what he is told, on the operators' wire
//! (docs/operator-protocol.md): for the states that a visitor meets when an operator waits, writes,
//! sends a page or leaves. (`operator.rs` is the one who does everything by himself.)

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::fault::{Fault, Outcome};
use crate::wait::{self, SOON};

const PING: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(10);

/// Somebody behind a console, without the console.
#[derive(Debug)]
pub(crate) struct Clerk {
    orders: mpsc::UnboundedSender<Value>,
    world: Arc<Mutex<World>>,
    next: AtomicU64,
    task: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct World {
    asked: HashMap<u64, oneshot::Sender<Value>>,
    contacts: Vec<Value>,
}

impl Clerk {
    /// Logs in for all services and sees his desk. Nobody has to wait for him, he answers nobody.
    ///
    /// # Errors
    /// The server does not let him in.
    pub(crate) async fn arrive(host: &str, name: &str) -> Outcome<Self> {
        let mut request = format!("ws://{host}/tvox/operator").into_client_request()?;
        let headers = request.headers_mut();
        headers.insert("Origin", format!("http://{host}").parse()?);
        headers.insert("Sec-WebSocket-Protocol", "tvox.operator.v1".parse()?);
        let (mut sink, mut stream) = connect_async(request).await?.0.split();
        let (orders, mut taken) = mpsc::unbounded_channel::<Value>();
        let world = Arc::<Mutex<World>>::default();
        let heard = Arc::clone(&world);
        let task = tokio::spawn(async move {
            let mut beat = tokio::time::interval(PING);
            loop {
                tokio::select! {
                    order = taken.recv() => {
                        let Some(order) = order else { break };
                        if sink.send(Message::text(order.to_string())).await.is_err() {
                            break;
                        }
                    }
                    frame = stream.next() => match frame {
                        Some(Ok(Message::Text(text))) => hear(&heard, text.as_str()),
                        Some(Ok(_)) => {}
                        Some(Err(_)) | None => break,
                    },
                    _ = beat.tick() => {
                        let ping = json!({ "jsonrpc": "2.0", "id": 0, "method": "ping", "params": {} });
                        if sink.send(Message::text(ping.to_string())).await.is_err() {
                            break;
                        }
                    }
                }
            }
        });
        let clerk = Self { orders, world, next: AtomicU64::new(1), task };
        let client = json!({ "name": "tvox-e2e", "version": "1" });
        let hello = json!({ "client": client, "api": "10.26.0", "operator": { "name": name } });
        clerk.ask("hello", &hello).await?;
        clerk.ask("subscribe", &json!({ "topic": "desk" })).await?;
        Ok(clerk)
    }

    /// Makes a call of the wire and gives its result.
    ///
    /// # Errors
    /// The server refuses or does not answer.
    pub(crate) async fn ask(&self, method: &str, params: &Value) -> Outcome<Value> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (answer, answered) = oneshot::channel();
        lock(&self.world).asked.insert(id, answer);
        let call = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        self.orders.send(call).map_err(|_gone| Fault::new("the clerk's connection has ended"))?;
        let answer = tokio::time::timeout(ANSWER, answered)
            .await
            .map_err(|_late| Fault::new(format!("{method}: no answer within {ANSWER:?}")))?
            .map_err(|_gone| Fault::new(format!("{method}: the clerk's connection has ended")))?;
        match answer.get("result") {
            Some(result) => Ok(result.clone()),
            None => Err(Fault::new(format!("{method} refused: {answer}"))),
        }
    }

    /// What rings, once something does: a session's id.
    ///
    /// # Errors
    /// Nothing does within the limit.
    pub(crate) async fn hears(&self) -> Outcome<String> {
        wait::until("something rings at the clerk's", SOON, async || {
            let world = lock(&self.world);
            let contact =
                world.contacts.iter().find(|contact| field(contact, "state") == "OFFERED");
            let contact = contact.map(|contact| field(contact, "id").to_owned());
            Ok(contact.ok_or_else(|| format!("{:?}", world.contacts)))
        })
        .await
    }

    /// Takes it.
    ///
    /// # Errors
    /// Nothing rings, or it cannot be taken.
    pub(crate) async fn accept(&self) -> Outcome<String> {
        let session = self.hears().await?;
        self.ask("session.accept", &json!({ "session": session })).await?;
        Ok(session)
    }

    /// Writes a message.
    ///
    /// # Errors
    /// The server does not take it.
    pub(crate) async fn say(&self, session: &str, text: &str) -> Outcome {
        let params = json!({ "session": session, "key": self.key(), "message": text });
        self.ask("chat.send", &params).await.map(drop)
    }

    /// Begins to write.
    ///
    /// # Errors
    /// The connection has ended.
    pub(crate) fn types(&self, session: &str) -> Outcome {
        let params = json!({ "session": session, "status": "COMPOSING" });
        let notice = json!({ "jsonrpc": "2.0", "method": "chat.typing", "params": params });
        self.orders.send(notice).map_err(|_gone| Fault::new("the clerk's connection has ended"))
    }

    /// Sends the visitor to a page.
    ///
    /// # Errors
    /// The server does not take it.
    pub(crate) async fn push(&self, session: &str, address: &str) -> Outcome {
        let params = json!({ "session": session, "key": self.key(), "uri": address });
        self.ask("page.push", &params).await.map(drop)
    }

    /// Ends the conversation.
    ///
    /// # Errors
    /// There is none.
    pub(crate) async fn close(&self, session: &str) -> Outcome {
        self.ask("chat.close", &json!({ "session": session })).await.map(drop)
    }

    fn key(&self) -> String {
        format!("c0000000-0000-4000-8000-{:012}", self.next.load(Ordering::Relaxed))
    }
}

impl Drop for Clerk {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn hear(world: &Mutex<World>, text: &str) {
    let Ok(frame) = serde_json::from_str::<Value>(text) else { return };
    let mut world = lock(world);
    // The first answer to a subscription and every event after it have the same shape.
    let value = frame.pointer("/params/result").or_else(|| frame.pointer("/result/result"));
    if let Some(contacts) = value.and_then(|value| value.get("contacts")?.as_array()) {
        world.contacts = contacts.clone();
    }
    let asked = frame.get("id").and_then(Value::as_u64).and_then(|id| world.asked.remove(&id));
    if let Some(asked) = asked {
        let _ = asked.send(frame);
    }
}

fn field<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn lock(world: &Mutex<World>) -> std::sync::MutexGuard<'_, World> {
    world.lock().unwrap_or_else(PoisonError::into_inner)
}
