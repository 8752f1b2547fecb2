//! Pages and files: the demo site, the built widget, the operator console.

use super::Shared;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use std::path::Path as FilePath;
use std::sync::Arc;
use tower::ServiceExt as _;
use tower_http::services::{ServeDir, ServeFile};

/// The console's files, by their path below `console/`.
const CONSOLE: &[(&str, &[u8])] = &include!(concat!(env!("OUT_DIR"), "/console.rs"));

/// The policy under which every page of the demo must work.
pub(super) fn policy(headers: &HeaderMap) -> HeaderValue {
    // The host was checked: a name, perhaps a port.
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self' ws://{host}; img-src 'self' blob:; \
         media-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    );
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

/// `/`: the demo page, or what to run so that there is one.
pub(super) async fn home(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let paths = &shared.settings.paths;
    let page = paths.site.join("index.html");
    if !page.is_file() {
        return help(&format!(
            "There is no demo page at {}. Start the server in the project's folder, or name that folder with --site.",
            page.display()
        ));
    }
    let widget = paths.widget().join("element.js");
    if !widget.is_file() {
        return help(&format!(
            "The widget is not built yet: there is no {}. Run cargo xtask demo, which builds it and starts this server.",
            widget.display()
        ));
    }
    file(ServeFile::new(page).oneshot(request).await)
}

/// `/demo/…`: the demo's other pages. The server's own folder lies beside them and is none.
pub(super) async fn demo(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let path = request.uri().path().strip_prefix("/demo").unwrap_or_default();
    let names: Vec<&str> = path.split('/').skip(1).collect();
    // Of several ways to write a path only the plain one is served: so it can be seen which folder it leads to.
    let (last, folders) = names.split_last().unwrap_or((&"", &[]));
    let is_plain =
        folders.iter().all(|name| is_plain_name(name)) && (last.is_empty() || is_plain_name(last));
    if !is_plain || names.first() == Some(&"server") {
        return not_found().await;
    }
    files(&shared.settings.paths.site.join("demo"), "/demo", request).await
}

/// `/widget/…`: the built widget.
pub(super) async fn widget(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    files(&shared.settings.paths.widget(), "/widget", request).await
}

/// `/operator`.
pub(super) async fn console_home(State(shared): State<Arc<Shared>>) -> Response {
    console(&shared, "index.html").await
}

/// `/operator/…`.
pub(super) async fn console_file(
    State(shared): State<Arc<Shared>>,
    Path(path): Path<String>,
) -> Response {
    console(&shared, &path).await
}

/// Everything else.
pub(super) async fn not_found() -> Response {
    (
        StatusCode::NOT_FOUND,
        "There is nothing here. The demo page is at /, the operator console at /operator.\n",
    )
        .into_response()
}

async fn console(shared: &Shared, name: &str) -> Response {
    // Only names that are built in are read from the disk: no path of a stranger's making touches it.
    let Some((name, built_in)) = CONSOLE.iter().find(|(known, _)| *known == name) else {
        return if name == "index.html" {
            help("The operator console was not built into this server.")
        } else {
            not_found().await
        };
    };
    let bytes = match &shared.settings.paths.console {
        Some(folder) => match tokio::fs::read(folder.join(name)).await {
            Ok(bytes) => bytes.into(),
            Err(_) => return not_found().await,
        },
        None => axum::body::Bytes::from_static(built_in),
    };
    ([(header::CONTENT_TYPE, media_type(name))], bytes).into_response()
}

/// A file below a folder; [`ServeDir`] lets nobody out of it.
async fn files(folder: &FilePath, prefix: &str, mut request: Request) -> Response {
    let path = request.uri().path().strip_prefix(prefix).unwrap_or_default();
    let path = if path.is_empty() { "/" } else { path };
    match path.parse() {
        Ok(uri) => *request.uri_mut() = uri,
        Err(_) => return not_found().await,
    }
    file(ServeDir::new(folder).oneshot(request).await)
}

fn file<B>(served: Result<Response<B>, std::convert::Infallible>) -> Response
where
    B: axum::body::HttpBody<Data = axum::body::Bytes> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    match served {
        Ok(response) if response.status() == StatusCode::NOT_FOUND => {
            (StatusCode::NOT_FOUND, "No such file.\n").into_response()
        }
        Ok(response) => response.map(Body::new),
        Err(never) => match never {},
    }
}

fn is_plain_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('.')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
}

/// A page that says what to do.
fn help(text: &str) -> Response {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>Not ready</title>\n<h1>Not ready</h1>\n<p>{text}</p>\n"
    );
    (StatusCode::SERVICE_UNAVAILABLE, Html(page)).into_response()
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "mp3" => "audio/mpeg",
        _ => "application/octet-stream",
    }
}
