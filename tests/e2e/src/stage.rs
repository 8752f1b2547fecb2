//! What a scenario plays on: a server with its own data, a site, and people with browsers.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use tvox_faults::Proxy;

use crate::browser::{Browser, Look};
use crate::fault::{Fault, Outcome};
use crate::folder::{Folder, copy_files, copy_tree};
use crate::media::Media;
use crate::options::Options;
use crate::relay::Relay;
use crate::server::Server;

/// The path of the widgets' WebSockets.
pub(crate) const WIDGETS: &str = "/tvox/widget";
/// The path of the consoles' WebSockets.
pub(crate) const OPERATORS: &str = "/tvox/operator";

/// How a scenario wants its server.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Setup {
    /// The automatic operator answers where no person does.
    pub(crate) echo: bool,
    /// A file of settings, from the project's root.
    pub(crate) config: Option<&'static str>,
    /// Coturn relays calls; nothing can be played where it is not installed.
    pub(crate) coturn: bool,
    /// Nothing can be played without the text of the reference.
    pub(crate) reference: bool,
    /// Takes many minutes: only where everything is wanted.
    pub(crate) long: bool,
}

/// Everything of one scenario; taken down when it is over.
#[derive(Debug)]
pub(crate) struct Stage {
    /// The words on the command line.
    pub(crate) options: Options,
    /// The path between browsers and server.
    pub(crate) gate: Proxy,
    relay: Option<Relay>,
    setup: Setup,
    data: Folder,
    site: Folder,
    server: tokio::sync::Mutex<Option<Server>>,
    browsers: Mutex<Vec<Arc<Browser>>>,
    logs: Mutex<Vec<String>>,
}

impl Stage {
    /// Builds the site and starts the server.
    ///
    /// # Errors
    /// A page is missing or the server does not start.
    pub(crate) async fn new(options: Options, setup: Setup) -> Outcome<Self> {
        let site = Folder::new("site")?;
        std::fs::copy(options.site.join("index.html"), site.path().join("index.html"))?;
        let pages = site.path().join("demo");
        copy_files(&options.site.join("demo"), &pages)?;
        copy_files(&options.site.join("tests/js"), &pages.join("js"))?;
        copy_tree(&options.site.join("demo/lib"), &pages.join("lib"))?;
        copy_tree(&options.site.join("demo/rust"), &pages.join("rust"))?;
        copy_tree(&options.site.join("demo/site"), &pages.join("site"))?;
        copy_tree(&options.site.join("tests/e2e/pages"), &pages.join("e2e"))?;
        let stage = Self {
            options,
            gate: Proxy::open().await?,
            relay: if setup.coturn { Some(Relay::start().await?) } else { None },
            setup,
            data: Folder::new("data")?,
            site,
            server: tokio::sync::Mutex::default(),
            browsers: Mutex::default(),
            logs: Mutex::default(),
        };
        stage.start_server().await?;
        Ok(stage)
    }

    /// Host and port, as pages see them.
    pub(crate) fn host(&self) -> String {
        self.gate.address().to_string()
    }

    /// The address of a page, by its path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.host())
    }

    /// The folder of the server's data.
    pub(crate) fn data_folder(&self) -> &Path {
        self.data.path()
    }

    /// The folder of the pages below `/demo/<name>/`.
    pub(crate) fn page_folder(&self, name: &str) -> PathBuf {
        self.site.path().join("demo").join(name)
    }

    /// Gives a person a browser.
    ///
    /// # Errors
    /// It does not start.
    pub(crate) async fn browser(&self, person: &str, look: Look) -> Outcome<Arc<Browser>> {
        self.browser_with(person, look, Media::FAKE).await
    }

    /// Gives a person a browser with these devices.
    ///
    /// # Errors
    /// It does not start.
    pub(crate) async fn browser_with(
        &self,
        person: &str,
        look: Look,
        media: Media,
    ) -> Outcome<Arc<Browser>> {
        let browser = Browser::open(&self.options, person, look, media, &self.host()).await?;
        let browser = Arc::new(browser);
        if let Ok(mut browsers) = self.browsers.lock() {
            browsers.push(Arc::clone(&browser));
        }
        Ok(browser)
    }

    /// Starts the server on the data that is there.
    ///
    /// # Errors
    /// It does not start.
    pub(crate) async fn start_server(&self) -> Outcome {
        let mut more = Vec::new();
        if !self.setup.echo {
            more.push("--no-echo".into());
        }
        if let Some(config) = self.setup.config {
            more.extend(["--config".into(), self.options.site.join(config).into_os_string()]);
        } else if let Some(relay) = &self.relay {
            let config = self.data.path().join("relay.toml");
            std::fs::write(&config, relay.settings())?;
            more.extend(["--config".into(), config.into_os_string()]);
        }
        let server =
            Server::start(&self.options, self.data.path(), self.site.path(), &more).await?;
        self.gate.lead_to(Some(server.address));
        *self.server.lock().await = Some(server);
        Ok(())
    }

    /// Kills the server (SIGKILL) and with it every connection.
    ///
    /// # Errors
    /// There is none, or it cannot be ended.
    pub(crate) async fn kill_server(&self) -> Outcome {
        let server = self.server.lock().await.take();
        let lines = server.ok_or_else(|| Fault::new("no server is running"))?.kill().await?;
        self.gate.lead_to(None);
        if let Ok(mut logs) = self.logs.lock() {
            logs.extend(lines);
        }
        Ok(())
    }

    /// Coturn.
    ///
    /// # Errors
    /// The setup has none.
    pub(crate) fn relay(&self) -> Outcome<&Relay> {
        self.relay.as_ref().ok_or_else(|| Fault::new("there is no relay"))
    }

    /// Where the server itself listens: the way around the gate.
    ///
    /// # Errors
    /// There is none.
    pub(crate) async fn server_host(&self) -> Outcome<String> {
        let server = self.server.lock().await;
        let server = server.as_ref().ok_or_else(|| Fault::new("no server is running"))?;
        Ok(server.address.to_string())
    }

    /// All that the servers of this scenario have logged.
    pub(crate) async fn server_log(&self) -> Vec<String> {
        let mut lines = self.logs.lock().map(|logs| logs.clone()).unwrap_or_default();
        if let Some(server) = self.server.lock().await.as_ref() {
            lines.extend(server.lines());
        }
        lines.extend(self.relay.iter().flat_map(Relay::lines));
        lines
    }

    /// All browsers that are open.
    pub(crate) fn browsers(&self) -> Vec<Arc<Browser>> {
        self.browsers.lock().map(|browsers| browsers.clone()).unwrap_or_default()
    }

    /// Holds if no page of any browser did anything wrong.
    ///
    /// # Errors
    /// The list of what was seen.
    pub(crate) fn verdict(&self) -> Outcome {
        let seen: Vec<String> = self
            .browsers()
            .iter()
            .flat_map(|browser| {
                let incidents = browser.watch.incidents();
                incidents
                    .into_iter()
                    .map(|incident| format!("{}: {incident}", browser.person))
                    .collect::<Vec<_>>()
            })
            .collect();
        if seen.is_empty() {
            Ok(())
        } else {
            Err(Fault::new(format!("pages did wrong: {}", seen.join(" | "))))
        }
    }

    /// Ends all browsers.
    pub(crate) async fn close(&self) {
        for browser in self.browsers() {
            browser.close().await;
        }
    }
}
