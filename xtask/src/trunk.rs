//! `cargo xtask trunk …`: Trunk, and the step in which it builds the widget.

use std::path::PathBuf;
use std::process::Command;

use crate::command;
use crate::problem::{Problem, Result};
use crate::tool::Tool;
use crate::widget;
use crate::workspace::Workspace;

/// Runs Trunk with `words`, by default `serve`; it stays up until Ctrl-C.
///
/// # Errors
/// Trunk cannot be had, or ends with a failure.
pub(crate) fn run(workspace: &Workspace, words: &[String]) -> Result<()> {
    let mut trunk = Command::new(Tool::Trunk.get(workspace)?);
    trunk.current_dir(&workspace.root);
    if words.is_empty() {
        trunk.arg("serve")
    } else {
        trunk.args(words)
    };
    command::run(&mut trunk)
}

/// Trunk's build step: the widget, where the page asks for it.
///
/// # Errors
/// It is not run by Trunk, or the widget does not build.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    let staging = std::env::var_os("TRUNK_STAGING_DIR").map(PathBuf::from).ok_or_else(|| {
        Problem::new("this is a step of a Trunk build: run `cargo xtask trunk serve`")
    })?;
    widget::build_dev(workspace, &staging.join("widget"))
}
