//! The door: HTTP, its limits, and the two WebSockets behind it.

mod api;
mod files;
mod guard;
mod pages;
mod socket;

use crate::engine::{Door, LinkId};
use crate::settings::Settings;
use crate::shell::Message;
use crate::turn::Traffic;
use crate::wire::{OPERATOR_PROTOCOL, WIDGET_PROTOCOL};
use axum::Router;
use axum::body::Body;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequestParts as _, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, watch};
use tower::ServiceExt as _;

/// Bytes of a request's head.
const HEAD: usize = 16 * 1024;
const HEADERS: usize = 64;
/// WebSocket buffers: tungstenite's own default is 128 KiB a connection.
const BUFFER: usize = 4 * 1024;
/// Plain requests at a time, beside the WebSockets.
const REQUESTS: usize = 512;

/// Files that come at a time.
const UPLOADS: usize = 64;

/// What the handlers share.
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) messages: Mutex<Sender<Message>>,
    /// Changes when all connections are to be dropped.
    pub(crate) dropped: watch::Receiver<u64>,
    /// Every connection holds what is shared: when the last is gone, the receiver hears of it.
    _alive: mpsc::Sender<()>,
    next_link: AtomicU64,
    open: AtomicUsize,
    /// Files that may come at a time.
    uploads: Semaphore,
    /// Of the relay inside, if there is one.
    turn: Option<Arc<Traffic>>,
}

impl Shared {
    pub(crate) fn new(
        settings: Settings,
        messages: Sender<Message>,
        dropped: watch::Receiver<u64>,
        alive: mpsc::Sender<()>,
        turn: Option<Arc<Traffic>>,
    ) -> Self {
        Self {
            settings,
            messages: Mutex::new(messages),
            dropped,
            _alive: alive,
            next_link: AtomicU64::new(1),
            open: AtomicUsize::new(0),
            uploads: Semaphore::new(UPLOADS),
            turn,
        }
    }
}

/// Where the request came from.
#[derive(Clone, Copy)]
struct Peer(IpAddr);

/// Serves until told to stop.
pub(crate) async fn serve(
    listener: TcpListener,
    shared: Arc<Shared>,
    mut stop: watch::Receiver<bool>,
) {
    let app = router(Arc::clone(&shared));
    let room = Arc::new(Semaphore::new(shared.settings.http.connections + REQUESTS));
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.changed() => return,
        };
        match accepted {
            Ok((stream, peer)) => {
                let (app, stop, shared) = (app.clone(), stop.clone(), Arc::clone(&shared));
                tokio::spawn(async move {
                    serve_one(stream, peer, app, stop, &shared).await;
                    drop(permit);
                });
            }
            Err(error) => {
                // Out of file descriptors, most likely: give those who leave a moment.
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
        }
    }
}

async fn serve_one(
    stream: TcpStream,
    peer: SocketAddr,
    app: Router,
    mut stop: watch::Receiver<bool>,
    shared: &Shared,
) {
    // A chat message is small and wanted now.
    let _ = stream.set_nodelay(true);
    let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer.ip()));
        app.clone().oneshot(request)
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(shared.settings.http.handshake)
        .max_buf_size(HEAD)
        .max_headers(HEADERS)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let served = tokio::select! {
        served = connection.as_mut() => served,
        _ = stop.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = served {
        tracing::debug!(%error, "a request ended badly");
    }
}

fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/tvox/widget", any(widget_socket))
        .route("/tvox/operator", any(operator_socket))
        .route("/tvox/webapi", post(api::web_api).options(api::preflight))
        .route("/tvox/widget/config", get(api::widget_config))
        .route(
            "/tvox/widget/files/{file}",
            get(files::get).put(files::put).options(files::preflight),
        )
        .route("/tvox/demo/turn", get(api::turn))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/", get(pages::home))
        .route("/demo", get(pages::demo))
        .route("/demo/", get(pages::demo))
        .route("/demo/{*path}", get(pages::demo))
        .route("/widget/{*path}", get(pages::widget))
        .route("/operator", get(pages::console_home))
        .route("/operator/", get(pages::console_home))
        .route("/operator/{*path}", get(pages::console_file))
        .fallback(pages::not_found)
        .layer(middleware::from_fn_with_state(Arc::clone(&shared), guarded))
        .with_state(shared)
}

/// Before and after every request: is it meant for us, and may a page do with the answer what it likes.
async fn guarded(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    if !guard::is_our_host(request.headers(), &shared.settings.http) {
        return (
            StatusCode::MISDIRECTED_REQUEST,
            "this server does not answer to that name; see http.hosts\n",
        )
            .into_response();
    }
    let policy = pages::policy(request.headers());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
    response
}

async fn widget_socket(
    State(shared): State<Arc<Shared>>,
    Query(query): Query<BTreeMap<String, String>>,
    request: Request,
) -> Response {
    upgrade(&shared, Door::Visitor, WIDGET_PROTOCOL, query.get("cid"), request).await
}

async fn operator_socket(
    State(shared): State<Arc<Shared>>,
    Query(query): Query<BTreeMap<String, String>>,
    request: Request,
) -> Response {
    upgrade(&shared, Door::Operator, OPERATOR_PROTOCOL, query.get("cid"), request).await
}

/// Checks everything that can be checked before the upgrade.
async fn upgrade(
    shared: &Arc<Shared>,
    door: Door,
    protocol: &'static str,
    cid: Option<&String>,
    request: Request,
) -> Response {
    let http = &shared.settings.http;
    let Ok(origin) = guard::allowed_origin(request.headers(), http).map(str::to_owned) else {
        tracing::info!(?door, "refused: origin");
        return (StatusCode::FORBIDDEN, "this origin may not connect; see http.origins\n")
            .into_response();
    };
    let address =
        request.extensions().get::<Peer>().map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.0);
    if !offers(request.headers(), protocol) {
        return (
            StatusCode::BAD_REQUEST,
            format!("the WebSocket subprotocol must be {protocol}\n"),
        )
            .into_response();
    }
    let (mut parts, _) = request.into_parts();
    let upgrade = match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
        Ok(upgrade) => upgrade,
        Err(refusal) => return refusal.into_response(),
    };
    if shared.open.load(Ordering::Relaxed) >= http.connections {
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            [(header::RETRY_AFTER, "5")],
            "too many connections\n",
        )
            .into_response();
    }
    let link = LinkId(shared.next_link.fetch_add(1, Ordering::Relaxed));
    if let Some(cid) = cid.filter(|cid| {
        cid.len() <= 36 && cid.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
    }) {
        tracing::debug!(link = link.0, cid, "page load");
    }
    let frame = shared.settings.rules.limits.frame;
    let connection = socket::Connection {
        link,
        door,
        origin,
        address,
        messages: shared.messages.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        frame,
        backlog: http.backlog,
        dropped: shared.dropped.clone(),
    };
    let shared = Arc::clone(shared);
    // A frame somewhat too big is read to its end, so that the close frame that says so is heard.
    let readable = frame.saturating_mul(4);
    upgrade
        .protocols([protocol])
        .read_buffer_size(BUFFER)
        .write_buffer_size(BUFFER)
        .max_message_size(readable)
        .max_frame_size(readable)
        .on_upgrade(move |socket| async move {
            shared.open.fetch_add(1, Ordering::Relaxed);
            socket::serve(socket, connection).await;
            shared.open.fetch_sub(1, Ordering::Relaxed);
        })
}

fn offers(headers: &HeaderMap, protocol: &str) -> bool {
    headers
        .get_all(header::SEC_WEBSOCKET_PROTOCOL)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|offered| offered.trim() == protocol)
}
