//! The browsers that the tests run in, and their drivers.

use std::path::PathBuf;
use std::process::Command;

use crate::command::{self, on_path};
use crate::problem::{Problem, Result};
use crate::tool::Tool;
use crate::workspace::Workspace;

/// A browser we test in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Browser {
    /// Chromium, or the Chrome that is there.
    Chromium,
    /// Firefox, the extended support release on Debian.
    Firefox,
}

/// A browser and the driver that steers it.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    /// The browser itself.
    pub(crate) browser: PathBuf,
    /// chromedriver or geckodriver.
    pub(crate) driver: PathBuf,
}

impl Browser {
    /// Both.
    pub(crate) const ALL: [Self; 2] = [Self::Chromium, Self::Firefox];

    /// The name that the suite and its filters use.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
        }
    }

    /// The variable that names the driver to wasm-bindgen-test-runner.
    pub(crate) const fn driver_variable(self) -> &'static str {
        match self {
            Self::Chromium => "CHROMEDRIVER",
            Self::Firefox => "GECKODRIVER",
        }
    }

    /// The browser and its driver, installed first where they are missing and can be had.
    ///
    /// # Errors
    /// They are missing and neither apt-get nor cargo can bring them.
    pub(crate) fn get(self, workspace: &Workspace) -> Result<Pair> {
        let (names, packages): (&[&str], &[&str]) = match self {
            Self::Chromium => (
                &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
                &["chromium", "chromium-driver"],
            ),
            Self::Firefox => (&["firefox-esr", "firefox"], &["firefox-esr"]),
        };
        let driver = || (self == Self::Chromium).then(|| on_path(&["chromedriver"]));
        if on_path(names).is_none() || driver() == Some(None) {
            apt_install(packages)?;
        }
        let browser = on_path(names).ok_or_else(|| gone(names))?;
        let driver = match driver() {
            Some(found) => found.ok_or_else(|| gone(&["chromedriver"]))?,
            None => Tool::Geckodriver.get(workspace)?,
        };
        Ok(Pair { browser, driver })
    }
}

/// Installs Debian packages.
///
/// # Errors
/// There is no apt-get, or it fails.
pub(crate) fn apt_install(packages: &[&str]) -> Result<()> {
    if on_path(&["apt-get"]).is_none() {
        let packages = packages.join(" and ");
        return Err(Problem::new(format!(
            "{packages} missing, and no apt-get: install them yourself"
        )));
    }
    command::run(apt().args(["update", "--quiet"]))?;
    command::run(
        apt().args(["install", "--yes", "--quiet", "--no-install-recommends"]).args(packages),
    )
}

/// `apt-get`, by way of sudo for whoever is not root.
fn apt() -> Command {
    let root = command::output_of(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0");
    let mut command = if root {
        Command::new("apt-get")
    } else {
        // `-n`: there is nobody to type a password.
        let mut sudo = Command::new("sudo");
        sudo.args(["-n", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        sudo
    };
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn gone(names: &[&str]) -> Problem {
    Problem::new(format!("{} is not on the PATH even after installing it", names.join(" or ")))
}
