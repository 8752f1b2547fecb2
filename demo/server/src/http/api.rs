//! Two answers without a WebSocket: the version, and a configuration ready for a widget.

use super::{Peer, Shared, guard};
use crate::wire::VERSION;
use crate::wire::fault::Fault;
use crate::wire::frame::{self, raw};
use crate::wire::model::Channel;
use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::sync::Arc;

/// JSON-RPC 2.0 over POST; `getVersion` is all that it knows.
pub(super) async fn web_api(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = match std::str::from_utf8(&body) {
        Ok(text) if text.len() <= shared.settings.rules.limits.frame => text,
        Ok(_) => return StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        Err(_) => return json(&shared, &headers, frame::failure(None, &Fault::parse("not UTF-8"))),
    };
    let answer = match frame::parse(text) {
        Err(malformed) => frame::failure(malformed.id.as_ref(), &malformed.fault),
        Ok(incoming) => match incoming.id {
            None => return StatusCode::NO_CONTENT.into_response(),
            Some(id) if incoming.method == "getVersion" => frame::response(&id, &raw(&VERSION)),
            Some(id) => frame::failure(
                Some(&id),
                &Fault::method("no such method; the rest is spoken over the WebSocket"),
            ),
        },
    };
    json(&shared, &headers, answer)
}

/// Lets pages of allowed origins ask.
pub(super) async fn preflight(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Some(origin) = readable_by(&shared, &headers) {
        let answer = response.headers_mut();
        answer.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        answer.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST"));
        answer
            .insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
        answer.insert(header::VARY, HeaderValue::from_static("origin"));
    }
    response
}

/// What the relay inside has done, for whoever sits at this machine. Pages of other origins cannot read it.
pub(super) async fn turn(
    State(shared): State<Arc<Shared>>,
    Extension(peer): Extension<Peer>,
) -> Response {
    match &shared.turn {
        Some(turn) if peer.0.is_loopback() => {
            let status = serde_json::to_string(&turn.status()).unwrap_or_default();
            ([(header::CONTENT_TYPE, "application/json")], status).into_response()
        }
        Some(_) | None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A `WidgetConf` with this server and the services that it has.
pub(super) async fn widget_config(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
) -> Response {
    let rules = &shared.settings.rules;
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let services_of = |channel: Channel| ChannelConfig {
        channel,
        services: rules
            .services
            .iter()
            .filter(|service| service.channels.contains(&channel))
            .map(|service| ServiceConfig { code: &service.code, description: &service.description })
            .collect(),
    };
    let calls =
        [Channel::Video, Channel::PhoneCall].iter().any(|call| rules.channels.contains(call));
    let config = WidgetConfig {
        server: ServerConfig {
            url: format!("http://{host}"),
            webrtc: calls.then_some(WebrtcConfig { enabled: true }),
        },
        services_configuration: Channel::ALL
            .into_iter()
            .filter(|channel| rules.channels.contains(channel))
            .map(services_of)
            .filter(|channel| !channel.services.is_empty())
            .collect(),
    };
    json(&shared, &headers, raw(&config).get().to_owned())
}

fn json(shared: &Shared, headers: &HeaderMap, text: String) -> Response {
    let mut response = ([(header::CONTENT_TYPE, "application/json")], text).into_response();
    if let Some(origin) = readable_by(shared, headers) {
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        response.headers_mut().insert(header::VARY, HeaderValue::from_static("origin"));
    }
    response
}

/// The origin that may read the answer: one that might connect as well.
fn readable_by(shared: &Shared, headers: &HeaderMap) -> Option<HeaderValue> {
    guard::allowed_origin(headers, &shared.settings.http)
        .ok()
        .filter(|origin| !origin.is_empty())
        .and_then(|origin| HeaderValue::from_str(origin).ok())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WidgetConfig<'a> {
    server: ServerConfig,
    services_configuration: Vec<ChannelConfig<'a>>,
}

#[derive(Serialize)]
struct ServerConfig {
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    webrtc: Option<WebrtcConfig>,
}

#[derive(Serialize)]
struct WebrtcConfig {
    enabled: bool,
}

#[derive(Serialize)]
struct ChannelConfig<'a> {
    #[serde(rename = "type")]
    channel: Channel,
    services: Vec<ServiceConfig<'a>>,
}

#[derive(Serialize)]
struct ServiceConfig<'a> {
    code: &'a str,
    description: &'a str,
}
