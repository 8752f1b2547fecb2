//! An operator by script, on the operators' wire (docs/operator-protocol.md): for as many messages as
//! no person writes. It takes whatever rings, comes back after every loss, and sends each message
//! until it is acknowledged, one at a time.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::fault::{Fault, Outcome};
use crate::line::From;
use crate::wait::{self, SOON};

/// Between two looks at what there is to do: a retry, a ping.
const BEAT: Duration = Duration::from_millis(250);
const PING: Duration = Duration::from_secs(2);
const DIAL: Duration = Duration::from_secs(3);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Somebody who answers everybody.
#[derive(Debug)]
pub(crate) struct Operator {
    desk: Arc<Mutex<Desk>>,
    news: mpsc::UnboundedSender<()>,
    task: JoinHandle<()>,
}

/// What the operator has before him.
#[derive(Debug, Default)]
struct Desk {
    token: Option<String>,
    talks: BTreeMap<String, Talk>,
    leaving: bool,
    /// He wants a new connection.
    anew: bool,
    connections: usize,
}

/// One conversation.
#[derive(Debug, Default, Clone)]
struct Talk {
    /// Which of his conversations it is.
    number: usize,
    connected: bool,
    epoch: Value,
    cursor: u64,
    seen: Vec<(From, String)>,
    typed: Vec<String>,
    acknowledged: usize,
}

impl Operator {
    /// Logs in for all services at `host`, and stays.
    pub(crate) fn arrive(host: &str, name: &str) -> Self {
        let desk = Arc::<Mutex<Desk>>::default();
        let (news, heard) = mpsc::unbounded_channel();
        let task = tokio::spawn(work(host.to_owned(), name.to_owned(), Arc::clone(&desk), heard));
        Self { desk, news, task }
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        lock(&self.desk)
    }

    /// The conversations that are his now, once there are so many.
    ///
    /// # Errors
    /// There are not within the limit.
    pub(crate) async fn conversations(&self, number: usize) -> Outcome<Vec<String>> {
        wait::until(&format!("the operator has {number} conversations"), SOON * 2, async || {
            let desk = self.desk();
            let open = desk.talks.iter().filter(|(_, talk)| talk.connected);
            let open: Vec<String> = open.map(|(session, _)| session.clone()).collect();
            Ok(if open.len() == number { Ok(open) } else { Err(format!("{open:?}")) })
        })
        .await
    }

    /// Writes a message in one of his conversations; it is sent when its turn comes.
    pub(crate) fn say(&self, session: &str, text: &str) {
        if let Some(talk) = self.desk().talks.get_mut(session) {
            talk.typed.push(text.to_owned());
        }
        let _ = self.news.send(());
    }

    /// How many of his messages the server has not acknowledged.
    pub(crate) fn waiting(&self, session: &str) -> usize {
        let desk = self.desk();
        desk.talks.get(session).map_or(0, |talk| talk.typed.len() - talk.acknowledged)
    }

    /// What he has seen of a conversation, as it came, over all his connections.
    pub(crate) fn seen(&self, session: &str) -> Vec<(From, String)> {
        self.desk().talks.get(session).map(|talk| talk.seen.clone()).unwrap_or_default()
    }

    /// Forgets what he has seen of a conversation and asks for all of it again: the server's log.
    ///
    /// # Errors
    /// The server does not tell it within the limit.
    pub(crate) async fn log(&self, session: &str, messages: usize) -> Outcome<Vec<(From, String)>> {
        let connections = {
            let mut desk = self.desk();
            desk.anew = true;
            if let Some(talk) = desk.talks.get_mut(session) {
                talk.cursor = 0;
                talk.seen.clear();
            }
            desk.connections
        };
        let _ = self.news.send(());
        wait::until("the server's whole log", SOON * 2, async || {
            let seen = self.seen(session);
            let fresh = self.desk().connections > connections;
            let whole = fresh && seen.len() >= messages;
            Ok(if whole { Ok(seen) } else { Err(format!("{} of {messages}", seen.len())) })
        })
        .await
    }

    /// Ends his conversations and logs out.
    ///
    /// # Errors
    /// He cannot within the limit.
    pub(crate) async fn leave(self) -> Outcome {
        self.desk().leaving = true;
        let _ = self.news.send(());
        wait::until("the operator has left", SOON, async || {
            Ok(if self.task.is_finished() { Ok(()) } else { Err("still there".to_owned()) })
        })
        .await
    }
}

impl Drop for Operator {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock(desk: &Mutex<Desk>) -> MutexGuard<'_, Desk> {
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn work(
    host: String,
    name: String,
    desk: Arc<Mutex<Desk>>,
    mut news: mpsc::UnboundedReceiver<()>,
) {
    let mut again = tokio::time::interval(BEAT);
    while !lock(&desk).leaving {
        again.tick().await;
        if let Ok(Ok(socket)) = tokio::time::timeout(DIAL, dial(&host)).await {
            let shift = Shift {
                socket,
                desk: Arc::clone(&desk),
                id: 0,
                asked: BTreeMap::new(),
                refused: None,
            };
            // However it ended: he comes back.
            let _ = shift.work(&name, &mut news).await;
        }
    }
}

async fn dial(host: &str) -> Outcome<Socket> {
    let mut request = format!("ws://{host}/tvox/operator").into_client_request()?;
    let headers = request.headers_mut();
    headers.insert("Origin", format!("http://{host}").parse()?);
    headers.insert("Sec-WebSocket-Protocol", "tvox.operator.v1".parse()?);
    Ok(connect_async(request).await?.0)
}

/// What an answer is about.
#[derive(Debug)]
enum Asked {
    Hello,
    Desk,
    Accept,
    Log(String),
    Send(String),
    Ping,
    Close,
}

/// One connection of his.
struct Shift {
    socket: Socket,
    desk: Arc<Mutex<Desk>>,
    id: u64,
    asked: BTreeMap<u64, (Asked, Instant)>,
    /// When the server last refused a message.
    refused: Option<Instant>,
}

impl Shift {
    async fn work(mut self, name: &str, news: &mut mpsc::UnboundedReceiver<()>) -> Outcome {
        let resume = lock(&self.desk).token.clone();
        let mut hello = json!({
            "client": { "name": "tvox-e2e", "version": "1" }, "api": "10.26.0",
            "operator": { "name": name },
        });
        if let (Some(token), Some(hello)) = (resume, hello.as_object_mut()) {
            hello.insert("resume".to_owned(), token.into());
        }
        self.ask("hello", &hello, Asked::Hello).await?;
        let mut topics = BTreeMap::new();
        let mut beat = tokio::time::interval(BEAT);
        let mut pinged = Instant::now();
        loop {
            tokio::select! {
                frame = self.socket.next() => {
                    let frame = frame.ok_or_else(|| Fault::new("the connection ended"))??;
                    if let Message::Text(text) = frame {
                        self.hear(&serde_json::from_str(text.as_str())?, &mut topics).await?;
                    }
                }
                Some(()) = news.recv() => {}
                _ = beat.tick() => {
                    if self.asked.values().any(|(_, at)| at.elapsed() > PING * 2) {
                        return Err(Fault::new("no answer"));
                    }
                    if pinged.elapsed() > PING {
                        pinged = Instant::now();
                        self.ask("ping", &json!({}), Asked::Ping).await?;
                    }
                }
            }
            if lock(&self.desk).leaving {
                return self.leave().await;
            }
            if std::mem::take(&mut lock(&self.desk).anew) {
                return Err(Fault::new("all of it again, on a new connection"));
            }
            self.send().await?;
        }
    }

    async fn hear(&mut self, frame: &Value, topics: &mut BTreeMap<String, String>) -> Outcome {
        let asked = frame.get("id").and_then(Value::as_u64).and_then(|id| self.asked.remove(&id));
        let none = Value::Null;
        let Some((asked, _)) = asked else {
            let params = frame.get("params").unwrap_or(&none);
            let result = params.get("result").unwrap_or(&none);
            if result.get("contacts").is_some() {
                return self.look_at(result).await;
            }
            let subscription = params.get("subscription").and_then(Value::as_str);
            let session = subscription.and_then(|name| topics.get(name)).cloned();
            if let Some(session) = session
                && !self.see(&session, result)
            {
                self.follow(&session).await?;
            }
            return Ok(());
        };
        let refused = frame.get("error");
        let result = frame.get("result").unwrap_or(&none);
        match asked {
            Asked::Hello => {
                let token = result.get("resume").and_then(Value::as_str);
                let token = token.ok_or_else(|| Fault::new(format!("no hello: {frame}")))?;
                {
                    let mut desk = lock(&self.desk);
                    desk.token = Some(token.to_owned());
                    desk.connections += 1;
                    for talk in desk.talks.values_mut() {
                        talk.connected = false;
                    }
                }
                self.ask("subscribe", &json!({ "topic": "desk" }), Asked::Desk).await?;
            }
            Asked::Desk => self.look_at(result.get("result").unwrap_or(&none)).await?,
            Asked::Log(session) if refused.is_none() => {
                if let Some(name) = result.get("subscription").and_then(Value::as_str) {
                    topics.insert(name.to_owned(), session.clone());
                }
                self.page(&session, result).await?;
            }
            Asked::Send(session) if refused.is_none() => {
                if let Some(talk) = lock(&self.desk).talks.get_mut(&session) {
                    talk.acknowledged += 1;
                }
            }
            // What is refused for now is tried again with a later beat.
            Asked::Send(_) => self.refused = Some(Instant::now()),
            Asked::Log(_) | Asked::Accept | Asked::Ping | Asked::Close => {}
        }
        Ok(())
    }

    /// Takes what rings, follows what is his.
    async fn look_at(&mut self, desk: &Value) -> Outcome {
        for contact in desk.get("contacts").and_then(Value::as_array).into_iter().flatten() {
            let Some(session) = contact.get("id").and_then(Value::as_str) else { continue };
            if contact.get("state").and_then(Value::as_str) == Some("OFFERED") {
                if let Some(talk) = lock(&self.desk).talks.get_mut(session) {
                    talk.connected = false;
                }
                let accept = json!({ "session": session });
                self.ask("session.accept", &accept, Asked::Accept).await?;
                continue;
            }
            let new = {
                let mut desk = lock(&self.desk);
                let number = desk.talks.len();
                let talk = desk.talks.entry(session.to_owned());
                let talk = talk.or_insert_with(|| Talk { number, ..Talk::default() });
                !std::mem::replace(&mut talk.connected, true)
            };
            if new {
                self.follow(session).await?;
            }
        }
        Ok(())
    }

    async fn follow(&mut self, session: &str) -> Outcome {
        let mut params = json!({ "topic": format!("chat/{session}") });
        let since = lock(&self.desk).talks.get(session).and_then(|talk| {
            (talk.cursor > 0).then(|| json!({ "epoch": talk.epoch, "seq": talk.cursor }))
        });
        if let (Some(since), Some(params)) = (since, params.as_object_mut()) {
            params.insert("since".to_owned(), since);
        }
        self.ask("subscribe", &params, Asked::Log(session.to_owned())).await
    }

    async fn page(&mut self, session: &str, page: &Value) -> Outcome {
        if let Some(talk) = lock(&self.desk).talks.get_mut(session) {
            talk.epoch = page.get("epoch").cloned().unwrap_or_default();
            if page.get("recovered") == Some(&Value::Bool(false)) {
                talk.cursor = 0;
                talk.seen.clear();
            }
        }
        for event in page.get("result").and_then(Value::as_array).into_iter().flatten() {
            self.see(session, event);
        }
        if page.get("more") == Some(&Value::Bool(true)) {
            self.follow(session).await?;
        }
        Ok(())
    }

    /// Takes an event in; false if one before it is missing.
    fn see(&self, session: &str, event: &Value) -> bool {
        let field = |name: &str| event.get(name).and_then(Value::as_str);
        let mut desk = lock(&self.desk);
        let Some(talk) = desk.talks.get_mut(session) else { return true };
        match event.get("seq").and_then(Value::as_u64) {
            Some(seq) if seq > talk.cursor + 1 => return false,
            Some(seq) if seq == talk.cursor + 1 => talk.cursor = seq,
            // Known already, or typing.
            Some(_) | None => return true,
        }
        if field("messageType") == Some("MESSAGE") {
            let by =
                if field("direction") == Some("OUTBOUND") { From::Visitor } else { From::Operator };
            talk.seen.push((by, field("message").unwrap_or_default().to_owned()));
        }
        true
    }

    async fn send(&mut self) -> Outcome {
        if self.refused.is_some_and(|at| at.elapsed() < BEAT) {
            return Ok(());
        }
        let under_way = |session: &str| {
            let mut asked = self.asked.values();
            asked.any(|(asked, _)| matches!(asked, Asked::Send(one) if one == session))
        };
        let next: Vec<Value> = {
            let desk = lock(&self.desk);
            let ready = desk.talks.iter().filter(|(id, talk)| talk.connected && !under_way(id));
            let next = ready.filter_map(|(session, talk)| {
                let text = talk.typed.get(talk.acknowledged)?;
                // One operator's keys are one set: over all his conversations.
                let Talk { number, acknowledged, .. } = talk;
                let key = format!("a0000000-0000-4000-8{number:03x}-{acknowledged:012}");
                Some(json!({ "session": session, "key": key, "message": text }))
            });
            next.collect()
        };
        for params in next {
            let session = params.get("session").and_then(Value::as_str).unwrap_or_default();
            let session = Asked::Send(session.to_owned());
            self.ask("chat.send", &params, session).await?;
        }
        Ok(())
    }

    async fn leave(&mut self) -> Outcome {
        let sessions: Vec<String> = lock(&self.desk).talks.keys().cloned().collect();
        for session in sessions {
            self.ask("chat.close", &json!({ "session": session }), Asked::Close).await?;
        }
        self.tell("bye", &json!({ "forget": true })).await?;
        Ok(self.socket.close(None).await?)
    }

    async fn ask(&mut self, method: &str, params: &Value, asked: Asked) -> Outcome {
        self.id += 1;
        self.asked.insert(self.id, (asked, Instant::now()));
        let call = json!({ "jsonrpc": "2.0", "id": self.id, "method": method, "params": params });
        Ok(self.socket.send(Message::text(call.to_string())).await?)
    }

    async fn tell(&mut self, method: &str, params: &Value) -> Outcome {
        let notice = json!({ "jsonrpc": "2.0", "method": method, "params": params });
        Ok(self.socket.send(Message::text(notice.to_string())).await?)
    }
}
