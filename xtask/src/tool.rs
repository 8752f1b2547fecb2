//! The programs that a build or a test needs and cargo does not bring: found, or put into a cache.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command;
use crate::lock;
use crate::problem::{Problem, Result};
use crate::workspace::Workspace;

/// A tool from a package registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    /// Makes the JavaScript side of a wasm module.
    WasmBindgen,
    /// Runs wasm tests in a browser; comes with `WasmBindgen`.
    WasmTestRunner,
    /// Parts a wasm module into what a page needs at once and what it may need later.
    WasmSplit,
    /// Makes a wasm module smaller.
    WasmOpt,
    /// Makes JavaScript smaller.
    Esbuild,
    /// Steers Firefox.
    Geckodriver,
    /// Serves the page and reloads it on an edit.
    Trunk,
    /// The accessibility rules; a script, not a program.
    Axe,
}

/// How a tool is had.
enum Source {
    /// A crate, by name, with the `cargo install` options it needs.
    Cargo { package: &'static str, options: &'static [&'static str] },
    /// An npm package, by name.
    Npm { package: &'static str },
}

impl Tool {
    /// All of them, in the order of use.
    pub(crate) const ALL: [Self; 8] = [
        Self::WasmBindgen,
        Self::WasmTestRunner,
        Self::WasmSplit,
        Self::WasmOpt,
        Self::Esbuild,
        Self::Geckodriver,
        Self::Trunk,
        Self::Axe,
    ];

    /// The name of its program or file.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::WasmBindgen => "wasm-bindgen",
            Self::WasmTestRunner => "wasm-bindgen-test-runner",
            Self::WasmSplit => "wasm-split-cli",
            Self::WasmOpt => "wasm-opt",
            Self::Esbuild => "esbuild",
            Self::Geckodriver => "geckodriver",
            Self::Trunk => "trunk",
            Self::Axe => "axe.min.js",
        }
    }

    /// The version we build and test with.
    ///
    /// # Errors
    /// `Cargo.lock` does not say which wasm-bindgen the widget uses.
    pub(crate) fn version(self, workspace: &Workspace) -> Result<String> {
        Ok(match self {
            Self::WasmBindgen | Self::WasmTestRunner => {
                return lock::version_of(&workspace.read("Cargo.lock")?, "wasm-bindgen");
            }
            // What wasm_split_helpers 0.2.3 speaks.
            Self::WasmSplit => "0.2.4",
            // Debian's 108 breaks externref tables; this one was run.
            Self::WasmOpt => "132.0.0",
            Self::Esbuild => "0.28.2",
            Self::Geckodriver => "0.37.1",
            // The last that our compiler builds.
            Self::Trunk => "0.21.14",
            Self::Axe => "4.14.1",
        }
        .to_owned())
    }

    /// Where the tool is, if it is there already: on the `PATH` in the right version, or cached.
    ///
    /// # Errors
    /// The version is unknown.
    pub(crate) fn find(self, workspace: &Workspace) -> Result<Option<PathBuf>> {
        let version = self.version(workspace)?;
        Ok(self
            .on_path(&version)
            .or_else(|| Some(self.cached(workspace, &version)).filter(|path| path.is_file())))
    }

    /// Where the tool is, after installing it into the cache if need be.
    ///
    /// # Errors
    /// It cannot be installed; the message says what was tried.
    pub(crate) fn get(self, workspace: &Workspace) -> Result<PathBuf> {
        if let Some(path) = self.find(workspace)? {
            return Ok(path);
        }
        let version = self.version(workspace)?;
        println!(
            "{} {version} is neither on the PATH nor in the cache: installing it once",
            self.name()
        );
        let folder = self.folder(workspace, &version);
        match self.source() {
            Source::Cargo { package, options } => {
                cargo_install(workspace, package, &version, options, &folder)?;
            }
            Source::Npm { package } => npm_install(package, &version, &folder)?,
        }
        let path = self.cached(workspace, &version);
        if path.is_file() {
            Ok(path)
        } else {
            Err(Problem::new(format!(
                "{} was installed but {} is not there",
                self.name(),
                path.display()
            )))
        }
    }

    /// On the `PATH`, if it is of `version`. A wasm-opt or a script is only taken from the cache:
    /// distributions carry a wasm-opt that breaks the module.
    fn on_path(self, version: &str) -> Option<PathBuf> {
        match self {
            // It does not say which version it is.
            Self::WasmSplit | Self::WasmOpt | Self::Esbuild | Self::Axe => None,
            Self::WasmBindgen | Self::WasmTestRunner | Self::Geckodriver | Self::Trunk => {
                let path = command::on_path(&[self.name()])?;
                let said = command::output_of(Command::new(&path).arg("--version"))?;
                said.split_whitespace().any(|word| word == version).then_some(path)
            }
        }
    }

    fn source(self) -> Source {
        match self {
            // Its own lock file asks for a crate version that the registry no longer has.
            Self::WasmBindgen | Self::WasmTestRunner => {
                Source::Cargo { package: "wasm-bindgen-cli", options: &[] }
            }
            Self::WasmSplit => Source::Cargo {
                package: "wasm_split_cli_support",
                options: &["--features=build-binary"],
            },
            Self::Geckodriver => Source::Cargo { package: "geckodriver", options: &["--locked"] },
            Self::Trunk => Source::Cargo { package: "trunk", options: &["--locked"] },
            Self::WasmOpt => Source::Npm { package: "binaryen" },
            Self::Esbuild => Source::Npm { package: "esbuild" },
            Self::Axe => Source::Npm { package: "axe-core" },
        }
    }

    fn folder(self, workspace: &Workspace, version: &str) -> PathBuf {
        let package = match self.source() {
            Source::Cargo { package, .. } | Source::Npm { package } => package,
        };
        workspace.tools.join(format!("{package}-{version}"))
    }

    fn cached(self, workspace: &Workspace, version: &str) -> PathBuf {
        let folder = self.folder(workspace, version);
        match self {
            Self::WasmOpt => folder.join("node_modules/.bin/wasm-opt"),
            Self::Esbuild => folder.join("node_modules/.bin/esbuild"),
            Self::Axe => folder.join("node_modules/axe-core/axe.min.js"),
            Self::WasmBindgen
            | Self::WasmTestRunner
            | Self::WasmSplit
            | Self::Geckodriver
            | Self::Trunk => {
                folder.join("bin").join(format!("{}{}", self.name(), std::env::consts::EXE_SUFFIX))
            }
        }
    }
}

/// Prints where each tool comes from; with `install`, gets those that are missing and prints the
/// line that puts them on the `PATH`.
///
/// # Errors
/// A tool cannot be installed.
pub(crate) fn report(workspace: &Workspace, install: bool) -> Result<()> {
    let mut folders: Vec<PathBuf> = Vec::new();
    for tool in Tool::ALL {
        let path = if install { Some(tool.get(workspace)?) } else { tool.find(workspace)? };
        let place = path
            .as_ref()
            .map_or_else(|| "not here yet".to_owned(), |path| path.display().to_string());
        println!("{:<26}{:<10}{place}", tool.name(), tool.version(workspace)?);
        let folder = path.as_deref().and_then(Path::parent).map(Path::to_path_buf);
        folders.extend(folder.filter(|folder| tool != Tool::Axe && !folders.contains(folder)));
    }
    if install {
        let folders: Vec<_> = folders.iter().map(|folder| folder.display().to_string()).collect();
        println!("\nexport PATH=\"{}:$PATH\"", folders.join(":"));
    }
    Ok(())
}

fn cargo_install(
    workspace: &Workspace,
    package: &str,
    version: &str,
    options: &[&str],
    folder: &Path,
) -> Result<()> {
    let mut install = workspace.cargo(&["install", package, "--version", version]);
    install.args(options).arg("--root").arg(folder);
    // One build folder for all tools: they share many crates.
    install.arg("--target-dir").arg(workspace.target.join("tools"));
    // They run for seconds: building them quickly matters more than their speed.
    install.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
    install.env("CARGO_PROFILE_RELEASE_LTO", "off");
    install.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    command::run(&mut install)
}

fn npm_install(package: &str, version: &str, folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|error| Problem::io("create", folder, &error))?;
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let mut install = Command::new(npm);
    install.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]);
    command::run(install.arg(folder).arg(format!("{package}@{version}")))
}
