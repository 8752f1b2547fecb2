//! A headless browser of its own for each person of a scenario.

use std::path::Path;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use serde_json::{Map, Value, json};
use thirtyfour::{Capabilities, WebDriver};
use tokio::process::Command;
use tokio::sync::Mutex;

use crate::bidi::Bidi;
use crate::fault::{Fault, Outcome};
use crate::folder::Folder;
use crate::media::{self, Devices, Media};
use crate::options::{Kind, Options};
use crate::process::Process;
use crate::watch::Watch;

const START: Duration = Duration::from_secs(60);

/// How the system of a person looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Look {
    /// The person prefers dark pages.
    pub(crate) dark: bool,
    /// The person prefers reduced motion.
    pub(crate) still: bool,
}

/// A browser with one window.
#[derive(Debug)]
pub(crate) struct Browser {
    /// Who sits before it; names its pictures.
    pub(crate) person: String,
    /// What its pages did wrong.
    pub(crate) watch: Watch,
    /// Plain WebDriver: find, click, type.
    pub(crate) driver: WebDriver,
    bidi: Bidi,
    context: String,
    process: Mutex<Process>,
    _profile: Folder,
}

impl Browser {
    /// Starts driver and browser; `home` is the host of the demo server.
    ///
    /// # Errors
    /// One of them does not start.
    pub(crate) async fn open(
        options: &Options,
        person: &str,
        look: Look,
        media: Media,
        home: &str,
    ) -> Outcome<Self> {
        let profile = Folder::new("profile")?;
        // The port that a driver is given may be taken by another program before it is used.
        let (process, port) = match drive(options, profile.path()).await {
            Ok(driver) => driver,
            Err(_taken) => drive(options, profile.path()).await?,
        };
        let capabilities = capabilities(options, look, media, profile.path())?;
        let driver =
            WebDriver::builder(format!("http://127.0.0.1:{port}"), capabilities).connect().await?;
        let address = driver
            .capabilities()
            .get("webSocketUrl")
            .and_then(Value::as_str)
            .ok_or_else(|| Fault::new("the browser speaks no WebDriver BiDi"))?
            .to_owned();
        let watch = Watch::default();
        let (record, host) = (watch.clone(), home.to_owned());
        let bidi =
            Bidi::connect(&address, move |method, params| record.note(&host, method, params))
                .await?;
        Watch::attach(&bidi).await?;
        if media.devices != Devices::AsIs {
            let probe = json!({ "functionDeclaration": media::PROBE });
            bidi.call("script.addPreloadScript", &probe).await?;
        }
        let context = driver.window().await?.to_string();
        let browser = Self {
            person: person.to_owned(),
            watch,
            driver,
            bidi,
            context,
            process: Mutex::new(process),
            _profile: profile,
        };
        browser.resize(1280, 860).await?;
        Ok(browser)
    }

    /// Gives the page exactly this much room, in CSS pixels.
    ///
    /// # Errors
    /// The browser refuses.
    pub(crate) async fn resize(&self, width: u32, height: u32) -> Outcome {
        let viewport = json!({ "width": width, "height": height });
        let params = json!({ "context": self.context, "viewport": viewport });
        self.bidi.call("browsingContext.setViewport", &params).await.map(drop)
    }

    /// Runs the body of a function in the page and gives what it returns.
    ///
    /// # Errors
    /// It throws, or there is no page.
    pub(crate) async fn run(&self, script: &str, arguments: Vec<Value>) -> Outcome<Value> {
        Ok(self.driver.execute(script.to_owned(), arguments).await?.json().clone())
    }

    /// Like `run`, for a script that answers by calling its last argument.
    ///
    /// # Errors
    /// It throws, or does not answer in time.
    pub(crate) async fn run_async(&self, script: &str, arguments: Vec<Value>) -> Outcome<Value> {
        Ok(self.driver.execute_async(script.to_owned(), arguments).await?.json().clone())
    }

    /// Runs an expression as the page's own scripts run, where [`run`](Self::run) may have a world of
    /// its own: what is changed there the page does not see.
    ///
    /// # Errors
    /// There is no page.
    pub(crate) async fn evaluate(&self, expression: &str) -> Outcome {
        let target = json!({ "context": self.context });
        let params = json!({ "expression": expression, "target": target, "awaitPromise": false });
        self.bidi.call("script.evaluate", &params).await.map(drop)
    }

    /// Puts the window out of sight and freezes its page, as a browser does in time: no timer runs and
    /// no event arrives. Nothing may be asked of it meanwhile.
    ///
    /// # Errors
    /// The browser cannot do that.
    pub(crate) async fn freeze(&self) -> Outcome {
        self.hide().await?;
        self.live("frozen").await
    }

    /// Wakes a page that was frozen, and shows it.
    ///
    /// # Errors
    /// The browser cannot do that.
    pub(crate) async fn thaw(&self) -> Outcome {
        self.live("active").await?;
        self.show().await
    }

    /// Puts the window out of sight.
    ///
    /// # Errors
    /// The browser cannot do that.
    pub(crate) async fn hide(&self) -> Outcome {
        self.put("minimized").await
    }

    /// Shows the window again.
    ///
    /// # Errors
    /// The browser cannot do that.
    pub(crate) async fn show(&self) -> Outcome {
        self.put("normal").await
    }

    /// Source: Chrome DevTools Protocol, `Browser.setWindowBounds`.
    async fn put(&self, state: &str) -> Outcome {
        let tools = self.driver.cdp();
        let window = tools.send_raw("Browser.getWindowForTarget", json!({})).await?;
        let window = window.get("windowId").cloned().unwrap_or_default();
        let bounds = json!({ "windowId": window, "bounds": { "windowState": state } });
        tools.send_raw("Browser.setWindowBounds", bounds).await?;
        Ok(())
    }

    /// Source: Chrome DevTools Protocol, `Page.setWebLifecycleState`.
    async fn live(&self, state: &str) -> Outcome {
        let state = json!({ "state": state });
        self.driver.cdp().send_raw("Page.setWebLifecycleState", state).await?;
        Ok(())
    }

    /// Saves a picture of what is seen.
    ///
    /// # Errors
    /// There is no page, or the file cannot be written.
    pub(crate) async fn picture(&self, path: &Path) -> Outcome {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        Ok(self.driver.screenshot(path).await?)
    }

    /// Ends browser and driver.
    pub(crate) async fn close(&self) {
        let quit = self.driver.clone().quit();
        let _ = tokio::time::timeout(Duration::from_secs(10), quit).await;
        let _ = self.process.lock().await.kill().await;
    }
}

/// A driver, and the port at which it listens.
async fn drive(options: &Options, profile: &Path) -> Outcome<(Process, u16)> {
    let mut command = driver_command(options, profile)?;
    let mut process = Process::start("the driver", command.env("TMPDIR", profile))?;
    let port = process.hear(START, listening_port).await?;
    Ok((process, port))
}

fn driver_command(options: &Options, profile: &Path) -> Outcome<Command> {
    let mut command = Command::new(&options.driver);
    command.arg("--port=0");
    if options.kind == Kind::Firefox {
        // Geckodriver always asks for the same BiDi port unless told: two browsers need two.
        command.arg(format!("--websocket-port={}", free_port()?));
        command.arg("--profile-root").arg(profile);
    }
    Ok(command)
}

/// A port that nobody has and, being none that the system gives out, nobody gets until it is used.
fn free_port() -> Outcome<u16> {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = u16::try_from(std::process::id() % 8_000).unwrap_or(0);
    for _ in 0..1_000 {
        let port = 21_000 + (first + NEXT.fetch_add(1, Ordering::Relaxed)) % 10_000;
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    Err(Fault::new("no port is free between 21000 and 31000"))
}

/// From "… started successfully on port 1234." and "… Listening on 127.0.0.1:1234".
fn listening_port(line: &str) -> Option<u16> {
    let (_, after) = line
        .split_once("successfully on port ")
        .or_else(|| line.split_once("Listening on 127.0.0.1:"))?;
    after.trim_end_matches('.').trim().parse().ok()
}

fn capabilities(
    options: &Options,
    look: Look,
    media: Media,
    profile: &Path,
) -> Outcome<Capabilities> {
    let mut capabilities = Capabilities::new();
    capabilities.set("webSocketUrl", true)?;
    // A leave-the-page question is part of a scenario, not something to click away.
    capabilities.set("unhandledPromptBehavior", "ignore")?;
    match options.kind {
        Kind::Chromium => {
            let mut arguments = vec![
                "--headless".to_owned(),
                // Containers have no user namespaces; the pages are our own.
                "--no-sandbox".to_owned(),
                "--disable-gpu".to_owned(),
                "--disable-quic".to_owned(),
                "--disable-dev-shm-usage".to_owned(),
                "--no-first-run".to_owned(),
                "--disable-background-networking".to_owned(),
                "--disable-component-update".to_owned(),
                "--disable-sync".to_owned(),
                format!("--blink-settings=preferredColorScheme={}", u8::from(!look.dark)),
                format!("--user-data-dir={}", profile.join("chromium").display()),
            ];
            if look.still {
                arguments.push("--force-prefers-reduced-motion".to_owned());
            }
            arguments.extend(media.arguments().into_iter().map(str::to_owned));
            capabilities.set("browserName", "chrome")?;
            let chrome = json!({ "binary": options.browser, "args": arguments });
            capabilities.set("goog:chromeOptions", chrome)?;
        }
        Kind::Firefox => {
            capabilities.set("browserName", "firefox")?;
            let mut preferences = Map::from_iter([
                // A headless window has the focus, as the one before a person has.
                ("focusmanager.testmode".to_owned(), json!(true)),
                (
                    "layout.css.prefers-color-scheme.content-override".to_owned(),
                    json!(i32::from(!look.dark)),
                ),
                ("ui.prefersReducedMotion".to_owned(), json!(i32::from(look.still))),
            ]);
            if media != Media::default() {
                let more = media.preferences().into_iter();
                preferences.extend(more.map(|(name, value)| (name.to_owned(), value)));
            }
            let firefox =
                json!({ "binary": options.browser, "args": ["-headless"], "prefs": preferences });
            capabilities.set("moz:firefoxOptions", firefox)?;
        }
    }
    Ok(capabilities)
}

#[cfg(test)]
mod tests {
    use super::listening_port;

    #[test]
    fn the_port_is_read_from_what_either_driver_says() {
        assert_eq!(
            listening_port("ChromeDriver was started successfully on port 40123."),
            Some(40123)
        );
        let gecko = "1795342200000\tgeckodriver\tINFO\tListening on 127.0.0.1:38741";
        assert_eq!(listening_port(gecko), Some(38741));
        assert_eq!(listening_port("Starting ChromeDriver on port 0"), None);
    }
}
