//! `cargo xtask trunk …`: Trunk with the tools it needs on its `PATH`, and its last build step.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command;
use crate::problem::{Problem, Result};
use crate::tool::Tool;
use crate::workspace::Workspace;

/// Runs Trunk with `words`, by default `serve`; it stays up until Ctrl-C.
///
/// # Errors
/// Trunk or a tool it needs cannot be had, or Trunk ends with a failure.
pub(crate) fn run(workspace: &Workspace, words: &[String]) -> Result<()> {
    crate::widget::need_target(workspace)?;
    let trunk = Tool::Trunk.get(workspace)?;
    let bindgen = Tool::WasmBindgen.get(workspace)?;
    let mut path: Vec<PathBuf> = [&trunk, &bindgen]
        .into_iter()
        .filter_map(|tool| Some(tool.parent()?.to_path_buf()))
        .collect();
    path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let path = std::env::join_paths(path)
        .map_err(|error| Problem::new(format!("cannot set the PATH: {error}")))?;
    let mut command = Command::new(trunk);
    command.current_dir(&workspace.root);
    if words.is_empty() {
        command.arg("serve")
    } else {
        command.args(words)
    };
    command::announce(&command);
    command::run(command.env("PATH", path))
}

/// Trunk's post-build step: gives its output the names that the page asks for, `/widget/…`.
///
/// # Errors
/// It is not run by Trunk, or a file is missing.
pub(crate) fn place(workspace: &Workspace) -> Result<()> {
    let staging = std::env::var_os("TRUNK_STAGING_DIR").map(PathBuf::from).ok_or_else(|| {
        Problem::new("this is the last step of a Trunk build: run `cargo xtask trunk serve`")
    })?;
    let widget = staging.join("widget");
    std::fs::create_dir_all(&widget).map_err(|error| Problem::io("create", &widget, &error))?;
    let take = |from: &Path, to: &str| {
        std::fs::copy(from, widget.join(to))
            .map(drop)
            .map_err(|error| Problem::io("copy", from, &error))
    };
    // Without hashes Trunk names the glue by the package.
    take(&staging.join("tvox-widget.js"), "tvox-widget-glue.js")?;
    take(&staging.join("tvox-widget_bg.wasm"), "tvox-widget-glue_bg.wasm")?;
    take(&workspace.root.join("src/element/element.js"), "tvox-widget.js")
}
