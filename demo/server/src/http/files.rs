//! Files over HTTP: `PUT` with a token, `GET` with a signature. There is no other authority, and no cookie is read.

use super::{Shared, guard};
use crate::engine::{Digest, Upload, stored_name};
use crate::files::{folder, is_of_type};
use crate::shell::Message;
use crate::wire::fault::Fault;
use crate::wire::id::FileId;
use axum::body::Body;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::path::{Path as FilePath, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use tokio::io::AsyncWriteExt as _;
use tokio::sync::oneshot;

/// Under what a file is served: as bytes to keep, and never as a page.
const POLICY: &str = "sandbox; default-src 'none'";

/// Lets pages of allowed origins send and fetch.
pub(super) async fn preflight(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    if allow(&shared, &headers, &mut response) {
        let answer = response.headers_mut();
        answer.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, PUT"));
        answer.insert(
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static("authorization, content-type"),
        );
        answer.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    }
    response
}

/// `PUT /tvox/widget/files/<id>`.
pub(super) async fn put(
    State(shared): State<Arc<Shared>>,
    Path(file): Path<String>,
    request: Request,
) -> Response {
    let headers = request.headers().clone();
    if is_foreign(&shared, &headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let mut response =
        match receive(&shared, FileId::new(file), &headers, request.into_body()).await {
            Ok(()) => StatusCode::CREATED.into_response(),
            Err(refusal) => refusal.into_response(),
        };
    allow(&shared, &headers, &mut response);
    response
}

/// `GET /tvox/widget/files/<id>?sig=…`.
pub(super) async fn get(
    State(shared): State<Arc<Shared>>,
    Path(file): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    if is_foreign(&shared, &headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let signature = query.get("sig").cloned().unwrap_or_default();
    let mut response = match fetch(&shared, FileId::new(file), signature).await {
        Ok(response) => response,
        Err(refusal) => refusal.into_response(),
    };
    allow(&shared, &headers, &mut response);
    let answer = response.headers_mut();
    answer.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    response
}

/// Why it was not done.
struct Refusal(StatusCode, Fault);

impl Refusal {
    /// As the protocol document has it.
    fn of(fault: Fault) -> Self {
        let status = match fault.code {
            1405 => StatusCode::UNAUTHORIZED,
            1303 => StatusCode::NOT_FOUND,
            1301 | 1304 => StatusCode::CONFLICT,
            1401 => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            1402 => StatusCode::PAYLOAD_TOO_LARGE,
            -32009 => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self(status, fault)
    }

    fn internal(error: &std::io::Error) -> Self {
        tracing::error!(%error, "a file could not be kept");
        Self::of(Fault::internal("the file could not be kept"))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let text = json!({"error": self.1}).to_string();
        (self.0, [(header::CONTENT_TYPE, "application/json")], text).into_response()
    }
}

/// Takes the bytes, looks at them, keeps them, and has it written down – in this order.
async fn receive(
    shared: &Shared,
    file: FileId,
    headers: &HeaderMap,
    body: Body,
) -> Result<(), Refusal> {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default()
        .to_owned();
    let upload =
        ask(shared, |reply| Message::MayUpload { file: file.clone(), token, reply }).await?;
    let Ok(_permit) = shared.uploads.try_acquire() else {
        return Err(Refusal::of(Fault::busy("too many uploads at a time")));
    };
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length != upload.size) {
        return Err(wrong_size(&upload));
    }
    let folder = folder(&shared.settings.paths.data);
    let number = shared.next_link.fetch_add(1, Ordering::Relaxed);
    let half = Half(folder.join(format!("half-{number}")));
    let digest = tokio::time::timeout(upload.time, read(&folder, &half.0, body, &upload))
        .await
        .map_err(|_| Refusal::of(Fault::upload_expired("the bytes came too slowly")))??;
    let target = folder.join(stored_name(&file, &digest));
    tokio::fs::rename(&half.0, &target).await.map_err(|error| Refusal::internal(&error))?;
    ask(shared, |reply| Message::Uploaded { file, digest, reply }).await
}

/// Writes what comes into a file of its own, no more than was announced; its digest, if it is what it says it is.
async fn read(
    folder: &FilePath,
    half: &FilePath,
    body: Body,
    upload: &Upload,
) -> Result<Digest, Refusal> {
    let failed = |error: std::io::Error| Refusal::internal(&error);
    tokio::fs::create_dir_all(folder).await.map_err(failed)?;
    let mut output = tokio::fs::File::create(half).await.map_err(failed)?;
    let mut hash = Sha256::new();
    let mut bytes = Vec::new();
    let mut body = body;
    while let Some(frame) = http_body_util::BodyExt::frame(&mut body).await {
        let Ok(frame) = frame else { return Err(wrong_size(upload)) };
        let Ok(data) = frame.into_data() else { continue };
        if (bytes.len() + data.len()) as u64 > upload.size {
            return Err(wrong_size(upload));
        }
        hash.update(&data);
        output.write_all(&data).await.map_err(failed)?;
        bytes.extend_from_slice(&data);
    }
    if bytes.len() as u64 != upload.size {
        return Err(wrong_size(upload));
    }
    if !is_of_type(&bytes, &upload.media_type) {
        return Err(Refusal::of(Fault::file_type("the content is not of the announced type")));
    }
    // On the disk before anybody is told.
    output.sync_all().await.map_err(failed)?;
    Ok(hash.finalize().into())
}

async fn fetch(shared: &Shared, file: FileId, signature: String) -> Result<Response, Refusal> {
    let download = ask(shared, |reply| Message::MayDownload { file, signature, reply }).await?;
    let path = folder(&shared.settings.paths.data).join(&download.stored);
    let bytes = tokio::fs::read(path).await.map_err(|error| Refusal::internal(&error))?;
    let media_type = match download.media_type.as_str() {
        "text/plain" => "text/plain; charset=utf-8".to_owned(),
        other => other.to_owned(),
    };
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CONTENT_DISPOSITION, disposition(&download.name)),
    ];
    Ok((headers, bytes).into_response())
}

/// Asks the engine's thread.
async fn ask<T>(
    shared: &Shared,
    message: impl FnOnce(oneshot::Sender<Result<T, Fault>>) -> Message,
) -> Result<T, Refusal> {
    let gone = || Refusal::of(Fault::busy("the server is about to stop"));
    let (reply, answer) = oneshot::channel();
    let messages = shared.messages.lock().unwrap_or_else(PoisonError::into_inner).clone();
    messages.send(message(reply)).map_err(|_| gone())?;
    answer.await.map_err(|_| gone())?.map_err(Refusal::of)
}

/// RFC 6266: as an attachment, under its name; what is no plain letter is encoded (RFC 8187).
fn disposition(name: &str) -> String {
    let is_plain = |one: char| one.is_ascii_alphanumeric() || matches!(one, '.' | '-' | '_');
    let plain: String = name.chars().map(|one| if is_plain(one) { one } else { '_' }).collect();
    let encoded: String = name
        .bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

fn wrong_size(upload: &Upload) -> Refusal {
    Refusal::of(Fault::file_size(format!("{} bytes were announced", upload.size)))
}

/// A page of an origin that may not connect. Programs that are no pages say no origin, and need none: the token is what counts.
fn is_foreign(shared: &Shared, headers: &HeaderMap) -> bool {
    headers.contains_key(header::ORIGIN)
        && guard::allowed_origin(headers, &shared.settings.http).is_err()
}

/// Says that the page that asks may read the answer.
fn allow(shared: &Shared, headers: &HeaderMap, response: &mut Response) -> bool {
    let origin = guard::allowed_origin(headers, &shared.settings.http)
        .ok()
        .filter(|origin| !origin.is_empty())
        .and_then(|origin| HeaderValue::from_str(origin).ok());
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("origin"));
    let Some(origin) = origin else { return false };
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    true
}

/// A file that is being written; it is gone with this, unless it was given its name.
struct Half(PathBuf);

impl Drop for Half {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_goes_into_the_header_and_makes_no_other() {
        assert_eq!(
            disposition("però \"1\".pdf"),
            "attachment; filename=\"per___1_.pdf\"; filename*=UTF-8''per%C3%B2%20%221%22.pdf"
        );
        assert!(HeaderValue::from_str(&disposition("a\r\nb: c\u{0}é.pdf")).is_ok());
    }
}
