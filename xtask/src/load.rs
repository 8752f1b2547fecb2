//! `cargo xtask load`: many visitors and operators at one demo server.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::checks::ALL_NATIVE;
use crate::command::run;
use crate::problem::Result;
use crate::workspace::Workspace;

/// What a machine with two cores is to carry, generator included.
const WHOLE: [&str; 6] = ["--visitors", "5000", "--rate", "500", "--seconds", "600"];

/// Runs it with these words, optimised.
///
/// # Errors
/// Something does not build, or went wrong under load.
pub(crate) fn optimised(workspace: &Workspace, words: &[String]) -> Result<()> {
    run(workspace
        .cargo(&["build", "--profile=simulator"])
        .args(["--package=tvox-demo-server", "--package=tvox-load"]))?;
    let mut load = load(workspace, &workspace.target.join("simulator"));
    run(load.arg("--json").arg(workspace.target.join("load.json")).args(words))
}

/// Ten minutes of what the server is to carry.
///
/// # Errors
/// As [`optimised`].
pub(crate) fn whole(workspace: &Workspace) -> Result<()> {
    optimised(workspace, &WHOLE.map(str::to_owned))
}

/// Ten seconds of little, as everything is built for the tests.
///
/// # Errors
/// As [`optimised`].
pub(crate) fn short(workspace: &Workspace) -> Result<()> {
    // Bins together with tests: the same choice of features as `cargo test`, so nothing is rebuilt.
    run(workspace.cargo(&["build", "--bins", "--tests"]).args(ALL_NATIVE))?;
    run(&mut load(workspace, &workspace.target.join("debug")))
}

/// The demo server, optimised.
///
/// # Errors
/// It does not build.
pub(crate) fn server(workspace: &Workspace) -> Result<PathBuf> {
    let mut build = workspace.cargo(&["build", "--profile=simulator"]);
    run(build.arg("--package=tvox-demo-server"))?;
    let name = format!("tvox-demo-server{}", std::env::consts::EXE_SUFFIX);
    Ok(workspace.target.join("simulator").join(name))
}

/// The program as it was built into this folder, beside the server.
fn load(workspace: &Workspace, folder: &Path) -> Command {
    let program = |name: &str| folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let mut load = Command::new(program("tvox-load"));
    load.current_dir(&workspace.root).arg("--server").arg(program("tvox-demo-server"));
    load
}
