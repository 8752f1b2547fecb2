//! The package as its users meet it: packed, installed, type-checked, built into their pages, run.

use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha384};

use crate::browsers::Browser;
use crate::checks::{ALL_NATIVE, Options, counted};
use crate::command;
use crate::files::{copy, create, empty, files_below, read};
use crate::package;
use crate::problem::{Problem, Result};
use crate::tally::Tally;
use crate::workspace::Workspace;

const TESTS: &str = "tests/package";

/// The programs of the tests' own, with the versions that `package-lock.json` pins.
const TOOLBOX: [&str; 2] = ["package.json", "package-lock.json"];

/// Runs `tests/package` on what is in `dist/`.
///
/// # Errors
/// A program is missing, or the package cannot be packed.
pub(crate) fn test(workspace: &Workspace, options: &Options) -> Result<Tally> {
    let toolbox = toolbox(workspace)?;
    let chromium = Browser::Chromium.get(workspace)?;
    // Of the whole workspace, like all native builds: so its dependencies are built only once.
    command::run(workspace.cargo(&["build", "--bin", "tvox-demo-server"]).args(ALL_NATIVE))?;
    let staging = workspace.target.join("xtask/npm");
    let work = staging.join("work");
    empty(&work)?;
    let tarball = pack(workspace, &staging)?;
    let mut node = node(options);
    node.current_dir(&workspace.root).args(tests_in(&workspace.root.join(TESTS))?);
    node.env("TVOX_CLASSIC", package::classic_by_hand(workspace));
    node.env("TVOX_LIBRARY_TESTS", library_tests(workspace, &toolbox)?);
    node.env("TVOX_DIST", workspace.dist()).env("TVOX_TARBALL", tarball);
    node.env("TVOX_WORK", &work).env("TVOX_TOOLBOX", toolbox.join("node_modules"));
    node.env("TVOX_SERVER", workspace.program("tvox-demo-server"));
    node.env("TVOX_CHROMIUM", chromium.browser).env("TVOX_CHROMEDRIVER", chromium.driver);
    counted(&mut node, options)
}

/// Runs `tests/js`, the library's own tests, in Node on what is in `dist/`.
///
/// # Errors
/// A program is missing.
pub(crate) fn test_library(workspace: &Workspace, options: &Options) -> Result<Tally> {
    let tests = library_tests(workspace, &toolbox(workspace)?)?;
    let mut node = node(options);
    node.current_dir(&tests).args(tests_in(&tests)?);
    let entry = workspace.dist().join("core.node.js");
    node.env("TVOX_LIBRARY", format!("file://{}", entry.display()));
    counted(&mut node, options)
}

/// A copy of `tests/js` where it finds what it imports: Node and compilers look for packages beside a
/// file and above it, and nowhere else.
fn library_tests(workspace: &Workspace, toolbox: &Path) -> Result<PathBuf> {
    let copied = workspace.target.join("xtask/library");
    empty(&copied)?;
    for folder in ["src/js", "tests/js"] {
        let source = workspace.root.join(folder);
        for name in files_below(&source)? {
            let place = copied.join(folder).join(&name);
            create(place.parent().unwrap_or(&copied))?;
            copy(&source.join(&name), &place)?;
        }
    }
    link(&toolbox.join("node_modules"), &copied.join("node_modules"))?;
    Ok(copied.join("tests/js"))
}

/// A link to a folder, by Node: each system has its own kind.
fn link(folder: &Path, place: &Path) -> Result<()> {
    let mut node = Command::new("node");
    node.args(["-e", "fs.symlinkSync(process.argv[1], process.argv[2], 'junction')"]);
    command::run(node.arg(folder).arg(place))
}

/// Node's test runner, with its output in the form that we count.
fn node(options: &Options) -> Command {
    let mut node = Command::new("node");
    // A test that failed leaves its connections open: nobody waits for their end.
    node.args(["--test-force-exit", "--test-timeout=120000"]);
    // One file at a time: each of ours starts a server, some a browser.
    node.args(["--test", "--test-reporter=tap", "--test-concurrency=1"]);
    for filter in options.filters() {
        node.arg(format!("--test-name-pattern={filter}"));
    }
    node
}

/// Named one by one: what a folder stands for differs from one version of Node to the next.
fn tests_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let files = files_below(folder)?.into_iter().filter(|name| name.ends_with(".test.js"));
    Ok(files.map(|name| folder.join(name)).collect())
}

/// Packs `dist/` into `folder`, as the registry would be given it; gives the archive.
fn pack(workspace: &Workspace, folder: &Path) -> Result<PathBuf> {
    let packed = folder.join("packed");
    empty(&packed)?;
    let mut pack = npm("pack");
    pack.arg(workspace.dist()).arg("--pack-destination").arg(&packed);
    command::run(pack.args(["--ignore-scripts", "--loglevel=error"]))?;
    match files_below(&packed)?.as_slice() {
        [archive] => Ok(packed.join(archive)),
        others => Err(Problem::new(format!("npm pack left {others:?}, not one archive"))),
    }
}

/// What the tests compile, bundle and compare with: installed once for each lock file.
fn toolbox(workspace: &Workspace) -> Result<PathBuf> {
    let source = workspace.root.join(TESTS).join("toolbox");
    let mut sum = Sha384::new();
    for name in TOOLBOX {
        sum.update(read(&source.join(name))?);
    }
    let sum: String = sum.finalize().iter().take(5).map(|byte| format!("{byte:02x}")).collect();
    let folder = workspace.tools.join(format!("package-tests-{sum}"));
    // Written last: an installation that was broken off is begun again.
    let complete = folder.join("complete");
    if !complete.is_file() {
        create(&folder)?;
        for name in TOOLBOX {
            copy(&source.join(name), &folder.join(name))?;
        }
        // Not `ci`: that refuses a lock file which leaves out programs for systems that the registry
        // at hand does not serve.
        let mut install = npm("install");
        install.args(["--no-save", "--ignore-scripts", "--no-audit", "--no-fund"]);
        install.arg("--loglevel=error");
        command::run(install.arg("--prefix").arg(&folder))?;
        crate::files::write(&complete, b"")?;
    }
    Ok(folder)
}

fn npm(what: &str) -> Command {
    let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    npm.arg(what);
    npm
}
