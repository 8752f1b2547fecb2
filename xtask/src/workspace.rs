//! Where things are: the project, its build folder, the cache of tools.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command;
use crate::problem::{Problem, Result};

/// The folders that every command works in.
#[derive(Debug, Clone)]
pub(crate) struct Workspace {
    /// The project's root, where `Cargo.lock` is.
    pub(crate) root: PathBuf,
    /// Cargo's build folder, wherever the environment has put it.
    pub(crate) target: PathBuf,
    /// Tools that outlive a `cargo clean`: `$XDG_CACHE_HOME/tvox-widget/tools`.
    pub(crate) tools: PathBuf,
}

impl Workspace {
    /// Asks cargo and the environment.
    ///
    /// # Errors
    /// Cargo does not answer, or there is no home folder to keep a cache in.
    pub(crate) fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .ok_or_else(|| Problem::new("xtask is not inside a project"))?
            .to_path_buf();
        let metadata = metadata(&root, &["--no-deps"])?;
        let target = metadata
            .get("target_directory")
            .and_then(serde_json::Value::as_str)
            .ok_or_else(|| Problem::new("cargo metadata names no target folder"))?
            .into();
        Ok(Self { root, target, tools: cache_folder()?.join("tvox-widget").join("tools") })
    }

    /// The folder that holds what pages load: `dist/`.
    pub(crate) fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// A program of this project as built in the dev profile.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.target.join("debug").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    /// A cargo command in the project's root.
    pub(crate) fn cargo(&self, words: &[&str]) -> Command {
        let mut command = Command::new(cargo());
        command.current_dir(&self.root).args(words);
        command
    }

    /// The text of a file of the project.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn read(&self, path: &str) -> Result<String> {
        let path = self.root.join(path);
        std::fs::read_to_string(&path).map_err(|error| Problem::io("read", &path, &error))
    }
}

/// What `cargo metadata` says of the project at `root`.
///
/// # Errors
/// Cargo fails, or what it says is no JSON.
pub(crate) fn metadata(root: &Path, words: &[&str]) -> Result<serde_json::Value> {
    let mut command = Command::new(cargo());
    command.current_dir(root).args(["metadata", "--format-version=1"]).args(words);
    let text = command::output_of(&mut command)
        .ok_or_else(|| Problem::new("cargo metadata failed: is Cargo.toml in order?"))?;
    serde_json::from_str(&text)
        .map_err(|error| Problem::new(format!("cargo metadata cannot be read: {error}")))
}

/// The cargo that runs us, so that all is built by one toolchain.
fn cargo() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

fn cache_folder() -> Result<PathBuf> {
    let from =
        |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    from("XDG_CACHE_HOME")
        .filter(|path| path.is_absolute())
        .or_else(|| from("HOME").map(|home| home.join(".cache")))
        .or_else(|| from("LOCALAPPDATA"))
        .ok_or_else(|| {
            Problem::new("set HOME or XDG_CACHE_HOME: tools are kept in a cache below it")
        })
}
