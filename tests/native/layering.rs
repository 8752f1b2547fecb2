//! Who may know whom (docs/architecture.md): reads the source tree and refuses what breaks a rule.

mod source;
mod words;

use std::path::Path;

use source::{paths, without_text};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    /// The core names no browser, no runtime, no user interface and nobody above it.
    CoreIsHeadless,
    /// Inside the core, knowledge goes one way.
    CoreOrder,
    /// The core reads no clock, opens nothing and starts nothing.
    EffectsOutside,
    /// A `machine.rs` decides: no async, no randomness, no lock.
    MachinesArePure,
    /// Components know signals, the model and the configuration; neither wire nor platform.
    ComponentsKnowNoWire,
    /// The JavaScript library is headless.
    LibraryIsFaceless,
    /// JSON lives at the edges.
    JsonAtTheEdges,
    /// The demo server is a second reading of the protocol.
    ServerIsIndependent,
    /// Nothing is parsed as HTML.
    NoHtmlStrings,
    /// A test waits for a fact.
    NoSleeping,
    /// A file has at most [`MOST_LINES`] lines of code, tests, comments and blanks not counted.
    Size,
}

const MOST_LINES: usize = 400;

/// What only a platform or a user interface may name.
const OUTSIDE: &[&str] = &[
    "leptos",
    "web_sys",
    "js_sys",
    "wasm_bindgen",
    "wasm_bindgen_futures",
    "gloo",
    "gloo_net",
    "gloo_timers",
    "tokio",
    "tokio_tungstenite",
    "tungstenite",
    "console_error_panic_hook",
];

/// The modules above the core.
const ABOVE: &[&str] = &["platform", "signals", "components", "element", "js", "i18n"];

/// The core's modules, lowest first: one may know those before it. `mutant`, `error` and `time` are leaves.
const ORDER: &[&str] = &[
    "mutant",
    "time",
    "error",
    "observe",
    "model",
    "config",
    "ports",
    "rpc",
    "connection",
    "session",
    "webrtc",
    "widget",
];

/// Besides its place in [`ORDER`]: what a module must not know although it stands higher.
const APART: &[(&str, &[&str])] = &[
    ("error", &["time"]),
    ("observe", &["time"]),
    ("model", &["observe", "time"]),
    ("config", &["observe"]),
    ("ports", &["observe", "config"]),
    ("rpc", &["observe", "ports", "config"]),
];

/// Where serde_json may be named: on the wire, in the readers of the vocabulary and the configuration,
/// and in what a platform stores.
const JSON: &[&str] =
    &["src/core/json/", "src/core/rpc/", "src/core/model/", "src/core/config/", "src/platform/"];

/// The tests that sleep, and why that is no hoping.
const MAY_SLEEP: &[(&str, &str)] = &[
    ("/wait.rs", "asks again and again, until the fact is there or the time is up"),
    ("server/limits.rs", "stays away as long as the server says, and is served then"),
    ("scenarios/figures.rs", "a connection counts as stable after a time, a freeze has a length"),
    ("e2e/src/storm.rs", "lets a fault last as long as it is meant to"),
    ("server/timeouts.rs", "talks at intervals, so as not to be taken for dead"),
];

#[test]
fn the_source_tree_keeps_every_rule() {
    let broken: Vec<String> = tree()
        .iter()
        .flat_map(|(path, text)| {
            violations(path, text)
                .into_iter()
                .map(move |(rule, what)| format!("{path}: {rule:?}: {what}"))
        })
        .collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn the_tree_that_is_read_is_the_whole_one() {
    let files = tree();
    for place in [
        "src/lib.rs",
        "src/core/connection/machine",
        "src/core/rpc/",
        "src/components/",
        "src/element/",
        "src/js/",
        "src/platform/",
        "demo/server/Cargo.toml",
        "demo/server/src/",
        "demo/server/console/",
        "tests/native/",
        "tests/e2e/",
        "xtask/src/",
    ] {
        assert!(
            files.iter().any(|(path, _)| path.starts_with(place)),
            "nothing was read of {place}"
        );
    }
}

#[test]
fn each_rule_catches_its_planted_violations() {
    let long = "fn f() {}\n".repeat(MOST_LINES + 1);
    let planted: &[(Rule, &str, &str)] = &[
        (Rule::CoreIsHeadless, "src/core/widget/mod.rs", "use leptos::prelude::*;"),
        (
            Rule::CoreIsHeadless,
            "src/core/error.rs",
            "fn f() { gloo_timers::callback::Timeout::new(0, || ()); }",
        ),
        (
            Rule::CoreIsHeadless,
            "src/core/session/chat.rs",
            "use crate::{core::Error, platform::browser::Browser};",
        ),
        (
            Rule::CoreIsHeadless,
            "src/core/session/mod.rs",
            "use super::super::components::Launcher;",
        ),
        (
            Rule::CoreIsHeadless,
            "src/core/observe/mod.rs",
            "#[cfg(test)] mod tests { use tokio::test; }",
        ),
        (Rule::CoreOrder, "src/core/model/chat.rs", "use crate::core::rpc::Codec;"),
        (Rule::CoreOrder, "src/core/rpc/mod.rs", "use super::{error::Error, connection::Machine};"),
        (
            Rule::CoreOrder,
            "src/core/connection/driver.rs",
            "fn f(_: &crate::core::session::ChatSession) {}",
        ),
        (Rule::CoreOrder, "src/core/config/retry.rs", "use super::super::connection::retry;"),
        (Rule::CoreOrder, "src/core/error.rs", "use crate::core::{time::Timestamp};"),
        (
            Rule::EffectsOutside,
            "src/core/connection/retry.rs",
            "fn f() { std::time::Instant::now(); }",
        ),
        (Rule::EffectsOutside, "src/core/session/chat.rs", "use std::{sync::Arc, thread};"),
        (Rule::MachinesArePure, "src/core/connection/machine.rs", "async fn f() {}"),
        (Rule::MachinesArePure, "src/core/session/machine.rs", "use std::sync::Mutex;"),
        (Rule::MachinesArePure, "src/core/session/machine.rs", "fn f() -> u8 { rand::random() }"),
        (
            Rule::ComponentsKnowNoWire,
            "src/components/panel/mod.rs",
            "use crate::core::{model::Step, rpc::Request};",
        ),
        (
            Rule::ComponentsKnowNoWire,
            "src/components/panel/view.rs",
            "use crate::platform::browser::Browser;",
        ),
        (
            Rule::ComponentsKnowNoWire,
            "src/components/mod.rs",
            "fn f() { crate::js::convert::out(); }",
        ),
        (Rule::ComponentsKnowNoWire, "src/signals.rs", "use crate::core::connection::Machine;"),
        (Rule::LibraryIsFaceless, "src/js/widget.rs", "use crate::i18n::Lang;"),
        (Rule::LibraryIsFaceless, "src/js/chat.rs", "fn f() -> leptos::prelude::Memo<u8> { g() }"),
        (Rule::JsonAtTheEdges, "src/js/convert.rs", "fn f() { serde_json::json!({}); }"),
        (Rule::JsonAtTheEdges, "src/core/session/chat.rs", "use serde_json::Value;"),
        (Rule::JsonAtTheEdges, "src/components/home/mod.rs", "fn f() { serde_json::json!({}); }"),
        (
            Rule::ServerIsIndependent,
            "demo/server/src/wire/mod.rs",
            "use tvox_widget::core::model::Step;",
        ),
        (
            Rule::ServerIsIndependent,
            "demo/server/Cargo.toml",
            "[dependencies]\ntvox-widget = { path = \"../..\" }",
        ),
        (
            Rule::NoHtmlStrings,
            "src/components/bubble/mod.rs",
            "fn f() { view! { <p inner_html=text/> }; }",
        ),
        (Rule::NoHtmlStrings, "src/element/element.js", "root.innerHTML = text;"),
        (
            Rule::NoHtmlStrings,
            "demo/server/console/chat.js",
            "list.insertAdjacentHTML('beforeend', text);",
        ),
        (Rule::NoSleeping, "tests/native/chat.rs", "fn f() { std::thread::sleep(A); }"),
        (
            Rule::NoSleeping,
            "demo/server/tests/routing.rs",
            "async fn f() { tokio::time::sleep(A).await; }",
        ),
        (
            Rule::NoSleeping,
            "src/core/session/chat.rs",
            "#[cfg(test)]\nmod tests { async fn f() { sleep(g(A)).await; } }",
        ),
        (Rule::Size, "src/components/panel/mod.rs", &long),
        (Rule::Size, "demo/server/src/routing.rs", &long),
    ];
    for (rule, path, text) in planted {
        let found = violations(path, text);
        assert!(found.iter().any(|(it, _)| it == rule), "{rule:?} let this pass in {path}: {text}");
    }
}

#[test]
fn what_is_allowed_is_not_called_a_violation() {
    let tests =
        format!("fn f() {{}}\n#[cfg(test)]\nmod tests {{\n{}}}\n", "fn f() {}\n".repeat(500));
    let allowed: &[(&str, &str)] = &[
        (
            "src/core/mod.rs",
            "//! Effects happen in [`platform`](crate::platform), never with tokio::spawn.",
        ),
        (
            "src/core/error.rs",
            "/* leptos::prelude */ const A: &str = \"web_sys::window\"; const B: char = '\"';",
        ),
        ("src/core/rpc/codec.rs", "use serde_json::value::RawValue; use crate::core::model::Step;"),
        ("src/core/connection/driver.rs", "async fn f() { port.dial().await }"),
        (
            "src/core/connection/mod.rs",
            "use crate::core::{error::Error, rpc::Codec, time::Timestamp};",
        ),
        ("src/core/session/view.rs", "#[cfg(test)] mod tests { use super::*; }"),
        (
            "src/core/observe/subject.rs",
            "#[cfg(test)] mod tests { fn f() { std::thread::spawn(g); } }",
        ),
        (
            "src/platform/browser/mod.rs",
            "use gloo_net::websocket::Message; use crate::core::ports::Link;",
        ),
        (
            "src/components/launcher/mod.rs",
            "use leptos::prelude::*; use crate::core::model::ChannelType;",
        ),
        ("src/components/video_tile/mod.rs", "use crate::platform::browser::media;"),
        ("demo/server/src/lib.rs", "use serde_json::Value; use tokio::time::sleep;"),
        (
            "demo/server/Cargo.toml",
            "[package]\nname = \"tvox-demo-server\"\ndescription = \"for tvox-widget\"",
        ),
        ("tests/native/chat.rs", "async fn f() { tokio::time::timeout(A, seen()).await; }"),
        (
            "tests/e2e/src/runner.rs",
            "async fn f() { select! { a = g() => a, () = sleep(LIMIT) => b } }",
        ),
        ("tests/e2e/src/wait.rs", "async fn f() { tokio::time::sleep(PAUSE).await; }"),
        ("src/core/session/mod.rs", &tests),
    ];
    for (path, text) in allowed {
        assert_eq!(violations(path, text), [], "{path}: {text}");
    }
}

type Violations = Vec<(Rule, String)>;

/// What a file breaks, by its path from the project's root and its text.
fn violations(path: &str, text: &str) -> Violations {
    if path.ends_with(".toml") {
        return in_manifest(path, text);
    }
    if path.ends_with(".js") {
        return in_script(text);
    }
    let file = File::new(path, text);
    let mut found = Vec::new();
    if path.starts_with("src/core/") {
        in_core(&file, &mut found);
    }
    if path.starts_with("src/components/") || path.starts_with("src/signals") {
        in_components(&file, &mut found);
    }
    if path.starts_with("src/js/") {
        for drawn in ["signals", "components", "element", "i18n"] {
            file.names(Rule::LibraryIsFaceless, &["crate", drawn], &mut found);
        }
        file.names(Rule::LibraryIsFaceless, &["leptos"], &mut found);
    }
    if path.starts_with("src/") {
        if !JSON.iter().any(|place| path.starts_with(place)) {
            file.names(Rule::JsonAtTheEdges, &["serde_json"], &mut found);
        }
        for word in ["inner_html", "set_inner_html", "set_outer_html", "insert_adjacent_html"] {
            file.says(Rule::NoHtmlStrings, word, &mut found);
        }
    }
    if path.starts_with("demo/server/") {
        file.names(Rule::ServerIsIndependent, &["tvox_widget"], &mut found);
    }
    if sleeps(file.tests()) && !MAY_SLEEP.iter().any(|(may, _)| path.ends_with(may)) {
        found.push((Rule::NoSleeping, "sleep".to_owned()));
    }
    let lines = file.plain().lines().filter(|line| !line.trim().is_empty()).count();
    if lines > MOST_LINES {
        found.push((Rule::Size, format!("{lines} lines")));
    }
    found
}

fn in_core(file: &File<'_>, found: &mut Violations) {
    for outside in OUTSIDE {
        file.names(Rule::CoreIsHeadless, &[outside], found);
    }
    for above in ABOVE {
        file.names(Rule::CoreIsHeadless, &["crate", above], found);
    }
    let module = file.path.split('/').nth(2).unwrap_or_default().trim_end_matches(".rs");
    if let Some(place) = ORDER.iter().position(|it| *it == module) {
        let apart =
            APART.iter().filter(|(name, _)| *name == module).flat_map(|(_, unknown)| *unknown);
        for unknown in ORDER[place + 1..].iter().chain(apart) {
            file.names(Rule::CoreOrder, &["crate", "core", unknown], found);
        }
    }
    // A test may start a thread to show that something can be shared.
    let plain = File::new(file.path, file.plain());
    for effect in ["fs", "net", "thread", "process", "env"] {
        plain.names(Rule::EffectsOutside, &["std", effect], found);
    }
    for effect in ["Instant", "SystemTime", "spawn", "spawn_local"] {
        plain.says(Rule::EffectsOutside, effect, found);
    }
    if file.path.ends_with("/machine.rs") || file.path.contains("/machine/") {
        for impure in ["async", "await", "Mutex", "RwLock", "RefCell", "Cell", "rand", "getrandom"]
        {
            file.says(Rule::MachinesArePure, impure, found);
        }
    }
}

fn in_components(file: &File<'_>, found: &mut Violations) {
    for unknown in ["rpc", "connection", "ports"] {
        file.names(Rule::ComponentsKnowNoWire, &["crate", "core", unknown], found);
    }
    for unknown in ["platform", "js", "element"] {
        file.names(Rule::ComponentsKnowNoWire, &["crate", unknown], found);
    }
    // The one thing of a browser that a component must have: a stream for its <video>.
    found.retain(|(rule, what)| {
        *rule != Rule::ComponentsKnowNoWire || !what.starts_with("crate::platform::browser::media")
    });
}

fn in_manifest(path: &str, text: &str) -> Violations {
    let depends = text.lines().any(|line| line.trim_start().starts_with("tvox-widget"));
    if depends && path.starts_with("demo/server/") {
        return vec![(Rule::ServerIsIndependent, "depends on the widget".to_owned())];
    }
    Vec::new()
}

fn in_script(text: &str) -> Violations {
    ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("]
        .into_iter()
        .filter(|word| text.contains(word))
        .map(|word| (Rule::NoHtmlStrings, word.to_owned()))
        .collect()
}

/// Whether time is let pass, and not merely raced against: `sleep(…).await`, `thread::sleep(…)`.
fn sleeps(code: &str) -> bool {
    code.match_indices("sleep(").any(|(at, _)| {
        let mut depth = 0_i32;
        let end = code[at..].find(|c| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            c == ')' && depth == 0
        });
        let after = end.map_or("", |end| &code[at + end + 1..]);
        code[..at].ends_with("thread::") || after.trim_start().starts_with(".await")
    })
}

struct File<'a> {
    path: &'a str,
    code: String,
    names: Vec<Vec<String>>,
}

impl<'a> File<'a> {
    fn new(path: &'a str, text: &str) -> Self {
        let code = without_text(text);
        let names = paths(path, &code);
        Self { path, code, names }
    }

    /// The file up to its tests.
    fn plain(&self) -> &str {
        if self.is_test() { "" } else { &self.code[..self.tests_begin()] }
    }

    fn tests(&self) -> &str {
        if self.is_test() { &self.code } else { &self.code[self.tests_begin()..] }
    }

    fn is_test(&self) -> bool {
        self.path.starts_with("tests/") || self.path.contains("/tests/")
    }

    fn tests_begin(&self) -> usize {
        self.code.find("#[cfg(test)]").unwrap_or(self.code.len())
    }

    /// Every path below `beginning` breaks `rule`.
    fn names(&self, rule: Rule, beginning: &[&str], found: &mut Violations) {
        let below = |path: &&Vec<String>| {
            path.len() >= beginning.len() && path.iter().zip(beginning).all(|(a, b)| a == b)
        };
        found.extend(self.names.iter().filter(below).map(|path| (rule, path.join("::"))));
    }

    /// The word itself breaks `rule`.
    fn says(&self, rule: Rule, word: &str, found: &mut Violations) {
        let mut words = self.code.split(|c: char| !c.is_alphanumeric() && c != '_');
        if words.any(|it| it == word) {
            found.push((rule, word.to_owned()));
        }
    }
}

/// Every file of the project that some rule is about: path from the root, text.
fn tree() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["src", "demo", "tests", "xtask"] {
        walk(root, &root.join(folder), &mut files);
    }
    files.sort();
    files
}

fn walk(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if !matches!(name.as_str(), "target" | "node_modules" | "dist") {
                walk(root, &path, files);
            }
        } else if [".rs", ".js", "Cargo.toml"].iter().any(|ending| name.ends_with(ending)) {
            let inside = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            files.push((inside, std::fs::read_to_string(&path).unwrap()));
        }
    }
}
