//! The demo server as a program.

use clap::Parser;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;
use tvox_demo_server::{Error, Running, Server, Settings};

/// Stands in for a TVox on one machine: queue, operators, transcripts, the operator console and the demo page.
///
/// For development, demos and tests. Without a configuration file there are three services, always open, and an automatic operator who answers where
/// nobody else does. What it logs is set by RUST_LOG (default: info) and never holds names, texts or tokens.
#[derive(Debug, Parser)]
#[command(name = "tvox-demo-server", version)]
struct Arguments {
    /// Where to listen; port 0 takes any free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Services, limits and times; see tvox-demo.toml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where visitors, conversations, operators, files and mail are kept [default: target/demo-data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The folder with index.html and demo/ [default: .]
    #[arg(long, value_name = "DIR")]
    site: Option<PathBuf>,
    /// The folder with the built widget [default: dist in the site's folder]
    #[arg(long, value_name = "DIR")]
    widget: Option<PathBuf>,
    /// Read the console's files from here at each request instead of those built in
    #[arg(long, value_name = "DIR")]
    console: Option<PathBuf>,
    /// No automatic operator
    #[arg(long)]
    no_echo: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_env_filter(log_filter())
        .with_writer(std::io::stderr)
        .with_target(false)
        .init();
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "tvox-demo-server: {error}");
            ExitCode::FAILURE
        }
    }
}

/// RUST_LOG, except that the libraries below never log frames, whatever it says: they hold what people write, and the addresses that they are at.
fn log_filter() -> EnvFilter {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let quiet = ["tungstenite=info", "tokio_tungstenite=info", "hyper=info", "axum=info"];
    let media = ["str0m", "is", "dimpl", "sctp_proto", "turn_server_proto", "stun_proto"];
    quiet
        .map(str::to_owned)
        .into_iter()
        .chain(media.map(|library| format!("{library}=error")))
        .filter_map(|directive| directive.parse().ok())
        .fold(filter, EnvFilter::add_directive)
}

async fn run(arguments: Arguments) -> Result<(), Error> {
    let mut running = Server::start(arguments.settings()?).await?;
    announce(&running);
    tokio::select! {
        ended = running.ended() => ended,
        () = told_to_stop() => {
            tracing::info!("stopping");
            running.shutdown().await
        }
    }
}

impl Arguments {
    /// The file's settings, and over them what was said on the command line.
    fn settings(self) -> Result<Settings, Error> {
        let mut settings = match &self.config {
            Some(file) => Settings::read(file)?,
            None => Settings::default(),
        };
        settings.http.listen = self.listen.unwrap_or(settings.http.listen);
        settings.paths.data = self.data.unwrap_or(settings.paths.data);
        settings.paths.site = self.site.unwrap_or(settings.paths.site);
        settings.paths.widget = self.widget.or(settings.paths.widget);
        settings.paths.console = self.console.or(settings.paths.console);
        settings.echo.enabled &= !self.no_echo;
        Ok(settings)
    }
}

/// To the standard output, where programs look for the port.
fn announce(running: &Running) {
    let address = running.address();
    let text = format!(
        "listening on http://{address}\n  demo page         http://{address}/\n  operator console  http://{address}/operator\n"
    );
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Ctrl-C, or a polite `kill`.
async fn told_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            },
            Err(_) => {
                let _ = interrupt.await;
            }
        }
    }
    #[cfg(not(unix))]
    let _ = interrupt.await;
}
