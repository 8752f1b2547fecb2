//! An ordinary operating system: tokio and tungstenite. Needs a tokio runtime around it.
//!
//! `wss:` and `https:` need the feature `native-tls-roots` (rustls with the system's certificates).

mod connect;
mod put;

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{FutureExt, Sink, Stream, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Message, WebSocketConfig};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async_with_config};

use crate::core::ports::{Closed, Http, Link, LinkEvent, Ports, PutEvent, PutRequest, Wakeup};
use crate::core::rpc::MAX_FRAME;
use crate::core::time::Timestamp;
use connect::connect;

/// The operating system as the core sees it. Clones share what is kept.
#[derive(Clone, Debug)]
pub struct Native {
    origin: Option<String>,
    began: Instant,
    kept: Arc<Mutex<HashMap<String, String>>>,
}

impl Native {
    /// Sends this `Origin` with every connection: a server lets in only those it knows.
    #[must_use]
    pub fn new(origin: Option<&str>) -> Self {
        let origin = origin.map(str::to_owned);
        Self { origin, began: Instant::now(), kept: Arc::default() }
    }

    fn kept<T>(&self, read: impl FnOnce(&mut HashMap<String, String>) -> T) -> T {
        read(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Ports for Native {
    type Link = NativeLink;
    type Dial = BoxFuture<'static, Result<NativeLink, Closed>>;
    type Sleep = Pin<Box<tokio::time::Sleep>>;
    type Wakeups = futures::stream::Pending<Wakeup>;

    fn dial(&self, url: &str, subprotocol: &'static str) -> Self::Dial {
        let (url, origin) = (url.to_owned(), self.origin.clone());
        async move {
            let mut request = url.into_client_request().map_err(|_| Closed::abnormal())?;
            let headers = request.headers_mut();
            headers.insert("Sec-WebSocket-Protocol", HeaderValue::from_static(subprotocol));
            if let Some(origin) = origin.and_then(|origin| HeaderValue::from_str(&origin).ok()) {
                headers.insert("Origin", origin);
            }
            let config = WebSocketConfig::default().max_message_size(Some(2 * MAX_FRAME));
            let stream = connect(request.uri()).await.ok_or_else(Closed::abnormal)?;
            let connected = client_async_with_config(request, stream, Some(config)).await;
            let (socket, _) = connected.map_err(|_| Closed::abnormal())?;
            Ok(NativeLink { socket, queue: VecDeque::new(), closing: None, over: false })
        }
        .boxed()
    }

    fn now(&self) -> Timestamp {
        Timestamp::ZERO + self.began.elapsed()
    }

    fn sleep(&self, duration: Duration) -> Self::Sleep {
        Box::pin(tokio::time::sleep(duration))
    }

    fn wakeups(&self) -> Self::Wakeups {
        futures::stream::pending()
    }

    fn random(&self, bytes: &mut [u8]) {
        // Without randomness keys would collide, and a key that collides loses a message.
        #[expect(clippy::expect_used, reason = "an operating system without randomness is broken")]
        getrandom::fill(bytes).expect("the operating system gives random bytes");
    }

    fn load(&self, key: &str) -> Option<String> {
        self.kept(|kept| kept.get(key).cloned())
    }

    fn save(&self, key: &str, value: &str) {
        self.kept(|kept| kept.insert(key.to_owned(), value.to_owned()));
    }

    fn remove(&self, key: &str) {
        self.kept(|kept| kept.remove(key));
    }

    #[expect(clippy::print_stderr, reason = "a headless program's developer reads its stderr")]
    fn warn(&self, message: &str) {
        eprintln!("tvox-widget: {message}");
    }
}

impl Http for Native {
    type Put = BoxStream<'static, PutEvent>;
    type Sleep = Pin<Box<tokio::time::Sleep>>;

    fn put(&self, request: &PutRequest) -> Self::Put {
        put::put(request.clone(), self.origin.clone())
    }

    fn sleep(&self, duration: Duration) -> Self::Sleep {
        Ports::sleep(self, duration)
    }
}

/// An open WebSocket. What is queued goes out while the stream is polled.
pub struct NativeLink {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    queue: VecDeque<Message>,
    closing: Option<CloseFrame>,
    over: bool,
}

impl Link for NativeLink {
    fn send(&mut self, text: String) {
        if self.closing.is_none() {
            self.queue.push_back(Message::text(text));
        }
    }

    fn close(&mut self, code: u16, reason: &str) {
        if self.closing.is_none() {
            let frame = CloseFrame { code: CloseCode::from(code), reason: reason.into() };
            self.queue.push_back(Message::Close(Some(frame.clone())));
            self.closing = Some(frame);
        }
    }
}

impl NativeLink {
    /// Hands over what is queued, as fast as the socket takes it.
    fn poll_out(&mut self, context: &mut Context<'_>) -> Result<(), ()> {
        loop {
            if self.queue.is_empty() {
                let flushed = Pin::new(&mut self.socket).poll_flush(context);
                return if matches!(flushed, Poll::Ready(Err(_))) { Err(()) } else { Ok(()) };
            }
            match Pin::new(&mut self.socket).poll_ready(context) {
                Poll::Pending => return Ok(()),
                Poll::Ready(Err(_)) => return Err(()),
                Poll::Ready(Ok(())) => {}
            }
            if let Some(message) = self.queue.pop_front() {
                Pin::new(&mut self.socket).start_send(message).map_err(drop)?;
            }
        }
    }
}

impl Stream for NativeLink {
    type Item = LinkEvent;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<LinkEvent>> {
        if self.over {
            return Poll::Ready(None);
        }
        let sent = self.poll_out(context);
        loop {
            let closed = match self.socket.poll_next_unpin(context) {
                Poll::Pending if sent.is_ok() => return Poll::Pending,
                Poll::Ready(Some(Ok(Message::Text(text)))) => {
                    return Poll::Ready(Some(LinkEvent::Text(text.as_str().to_owned())));
                }
                Poll::Ready(Some(Ok(Message::Close(Some(frame))))) => {
                    Closed { code: frame.code.into(), reason: frame.reason.as_str().to_owned() }
                }
                Poll::Ready(Some(Ok(Message::Close(None)))) => {
                    Closed { code: 1005, reason: String::new() }
                }
                Poll::Ready(Some(Ok(_))) => continue,
                Poll::Pending | Poll::Ready(Some(Err(_)) | None) => Closed::abnormal(),
            };
            self.over = true;
            return Poll::Ready(Some(LinkEvent::Closed(closed)));
        }
    }
}

impl fmt::Debug for NativeLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NativeLink").field("queued", &self.queue.len()).finish_non_exhaustive()
    }
}
