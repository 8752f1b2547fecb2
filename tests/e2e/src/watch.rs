//! What pages did wrong while nobody looked: policy violations, errors, failed loads.

use std::fmt;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::bidi::Bidi;
use crate::fault::Outcome;

/// The events of the browser that are watched.
const EVENTS: [&str; 4] =
    ["log.entryAdded", "script.message", "network.beforeRequestSent", "network.responseCompleted"];
/// The name under which pages report violations.
const CHANNEL: &str = "watch";
/// Runs in every new document before the page's own scripts.
const REPORTER: &str = r#"(report) => {
  document.addEventListener("securitypolicyviolation", (event) => {
    report(`${event.effectiveDirective} blocked ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber} ${event.sample}`);
  });
}"#;

/// One thing that went wrong in a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Incident {
    /// What kind of thing.
    pub(crate) kind: Kind,
    /// What the browser says about it.
    pub(crate) text: String,
}

/// The kinds of incidents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The content security policy or Trusted Types blocked something.
    Violation,
    /// An uncaught exception, an unhandled rejection, or `console.error`.
    Error,
    /// A response with status 400 or above.
    Status,
    /// A request to another host than the demo server.
    Foreign,
}

impl fmt::Display for Incident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.kind, self.text)
    }
}

/// Whether this is the browser's own note about a connection that a scenario has broken.
pub(crate) fn is_lost_line(incident: &Incident) -> bool {
    let text = &incident.text;
    incident.kind == Kind::Error && text.contains("ws://") && !text.contains("panicked")
}

/// The record of one browser.
#[derive(Debug, Clone, Default)]
pub(crate) struct Watch {
    record: Arc<Mutex<Record>>,
}

#[derive(Debug, Default)]
struct Record {
    incidents: Vec<Incident>,
    requests: Vec<String>,
}

impl Watch {
    /// Takes note of an event; `home` is the only host that pages may ask.
    pub(crate) fn note(&self, home: &str, method: &str, params: &Value) {
        let Ok(mut record) = self.record.lock() else { return };
        if method == "network.beforeRequestSent" {
            record.requests.extend(text(params, "/request/url").map(str::to_owned));
        }
        record.incidents.extend(incident(home, method, params));
    }

    /// Makes the browser report, from the next document on.
    ///
    /// # Errors
    /// The browser refuses.
    pub(crate) async fn attach(bidi: &Bidi) -> Outcome {
        bidi.call("session.subscribe", &json!({ "events": EVENTS })).await?;
        let channel = json!({ "type": "channel", "value": { "channel": CHANNEL } });
        let reporter = json!({ "functionDeclaration": REPORTER, "arguments": [channel] });
        bidi.call("script.addPreloadScript", &reporter).await.map(drop)
    }

    /// All incidents so far.
    pub(crate) fn incidents(&self) -> Vec<Incident> {
        self.record.lock().map(|record| record.incidents.clone()).unwrap_or_default()
    }

    /// The addresses of all requests so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.record.lock().map(|record| record.requests.clone()).unwrap_or_default()
    }

    /// Forgets the incidents for which `expected` is true: a scenario that breaks something on
    /// purpose says which traces that leaves.
    pub(crate) fn forgive(&self, expected: impl Fn(&Incident) -> bool) {
        if let Ok(mut record) = self.record.lock() {
            record.incidents.retain(|incident| !expected(incident));
        }
    }
}

fn incident(home: &str, method: &str, params: &Value) -> Option<Incident> {
    let is = |kind, text: String| Some(Incident { kind, text });
    match method {
        "script.message" if text(params, "/channel") == Some(CHANNEL) => {
            is(Kind::Violation, text(params, "/data/value").unwrap_or("?").to_owned())
        }
        "log.entryAdded" if text(params, "/level") == Some("error") => {
            is(Kind::Error, text(params, "/text").unwrap_or("?").to_owned())
        }
        "network.responseCompleted" => {
            let status = params.pointer("/response/status").and_then(Value::as_u64)?;
            let url = text(params, "/response/url").unwrap_or("?");
            (status >= 400)
                .then(|| Incident { kind: Kind::Status, text: format!("{status} {url}") })
        }
        "network.beforeRequestSent" => {
            let url = text(params, "/request/url")?;
            let (scheme, rest) = url.split_once("://")?;
            let host = rest.split(['/', '?', '#']).next().unwrap_or("");
            let at_home = !matches!(scheme, "http" | "https" | "ws" | "wss") || host == home;
            if at_home { None } else { is(Kind::Foreign, url.to_owned()) }
        }
        _other => None,
    }
}

fn text<'a>(params: &'a Value, pointer: &str) -> Option<&'a str> {
    params.pointer(pointer).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Kind, Watch};

    fn kinds(method: &str, params: &serde_json::Value) -> Vec<Kind> {
        let watch = Watch::default();
        watch.note("127.0.0.1:8080", method, params);
        watch.incidents().into_iter().map(|incident| incident.kind).collect()
    }

    #[test]
    fn a_request_to_another_host_is_an_incident_and_one_to_the_server_is_not() {
        let request = |url: &str| json!({ "request": { "url": url } });
        let method = "network.beforeRequestSent";
        assert_eq!(kinds(method, &request("https://fonts.example/a.woff")), [Kind::Foreign]);
        assert_eq!(kinds(method, &request("http://127.0.0.1:8080/demo/site/site.css")), []);
        assert_eq!(kinds(method, &request("data:text/plain,x")), []);
    }

    #[test]
    fn only_errors_of_the_console_are_incidents() {
        let entry = |level: &str| json!({ "level": level, "text": "…" });
        assert_eq!(kinds("log.entryAdded", &entry("error")), [Kind::Error]);
        assert_eq!(kinds("log.entryAdded", &entry("warn")), []);
    }

    #[test]
    fn a_response_counts_from_status_400() {
        let response = |status: u16| json!({ "response": { "status": status, "url": "/x" } });
        assert_eq!(kinds("network.responseCompleted", &response(404)), [Kind::Status]);
        assert_eq!(kinds("network.responseCompleted", &response(304)), []);
    }

    #[test]
    fn what_is_forgiven_is_forgotten_and_the_rest_is_kept() {
        let watch = Watch::default();
        watch.note("h", "log.entryAdded", &json!({ "level": "error", "text": "socket closed" }));
        watch.note("h", "log.entryAdded", &json!({ "level": "error", "text": "panicked" }));
        watch.forgive(|incident| incident.text.contains("socket"));
        assert_eq!(watch.incidents().len(), 1);
        assert!(watch.incidents().iter().all(|incident| incident.text == "panicked"));
    }
}
