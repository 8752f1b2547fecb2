//! Bytes by HTTP/1.1, on a connection of their own.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::channel::mpsc;
use futures::future::{Either, select};
use futures::stream::BoxStream;
use futures::{StreamExt, stream};
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::client::conn::http1;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, ORIGIN};
use hyper::{Request, Uri};
use hyper_util::rt::TokioIo;

use super::connect::connect;
use crate::core::ports::{PutEvent, PutRequest};

/// So much is handed to the socket at a time; progress is told in these steps.
const CHUNK: usize = 64 * 1024;

/// More than this of an answer is not read.
const MOST_ANSWER: usize = 64 * 1024;

/// Sends the bytes and tells how far they are.
pub(super) fn put(request: PutRequest, origin: Option<String>) -> BoxStream<'static, PutEvent> {
    let (progress, sent) = mpsc::unbounded();
    let answered = async move {
        match exchange(request, origin, progress).await {
            Some((status, body)) => PutEvent::Answered { status, body },
            None => PutEvent::Lost,
        }
    };
    stream::select(sent.map(PutEvent::Sent), stream::once(answered)).boxed()
}

async fn exchange(
    request: PutRequest,
    origin: Option<String>,
    progress: mpsc::UnboundedSender<u64>,
) -> Option<(u16, String)> {
    let uri: Uri = request.url.parse().ok()?;
    let mut asked = Request::put(uri.path_and_query()?.as_str())
        .header(HOST, uri.authority()?.as_str())
        .header(AUTHORIZATION, format!("Bearer {}", request.token))
        .header(CONTENT_TYPE, &request.content_type);
    if let Some(origin) = origin {
        asked = asked.header(ORIGIN, origin);
    }
    let asked = asked.body(Chunks { bytes: request.body, sent: 0, progress }).ok()?;
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(connect(&uri).await?)).await.ok()?;
    let answer = async move {
        let response = sender.send_request(asked).await.ok()?;
        let status = response.status().as_u16();
        Some((status, text(response.into_body()).await))
    };
    // Both in one future: giving it up closes the connection.
    match select(pin!(answer), pin!(connection)).await {
        Either::Left((answer, _)) => answer,
        Either::Right((_, answer)) => answer.await,
    }
}

/// What the server says, as far as it is text and short.
async fn text(body: Incoming) -> String {
    let mut body = pin!(body);
    let mut read = Vec::new();
    while let Some(Ok(frame)) =
        std::future::poll_fn(|context| body.as_mut().poll_frame(context)).await
    {
        read.extend_from_slice(frame.data_ref().map_or(&[], |bytes| &bytes[..]));
        if read.len() > MOST_ANSWER {
            return String::new();
        }
    }
    String::from_utf8(read).unwrap_or_default()
}

/// The bytes, piece by piece.
struct Chunks {
    bytes: Arc<[u8]>,
    sent: usize,
    progress: mpsc::UnboundedSender<u64>,
}

impl Body for Chunks {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        // Asked for the next piece, the socket has taken all before it.
        let _ = self.progress.unbounded_send(length(self.sent));
        let end = self.bytes.len().min(self.sent + CHUNK);
        let chunk = Bytes::copy_from_slice(&self.bytes[self.sent..end]);
        self.sent = end;
        Poll::Ready((!chunk.is_empty()).then(|| Ok(Frame::data(chunk))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(length(self.bytes.len() - self.sent))
    }
}

fn length(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
