//! Building the widget: from Rust to the three files in `dist/` that a page loads.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command;
use crate::problem::{Problem, Result};
use crate::tool::Tool;
use crate::weight::FILES;
use crate::workspace::Workspace;

/// What the widget runs on.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";
const GLUE: &str = "tvox-widget-glue";

/// Whether a build without wasm-opt will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Optimise {
    /// It must be had, through npm if need be.
    Always,
    /// Where it can be had; a line says so where it cannot.
    IfPossible,
}

/// Builds the widget into `dist/` and does nothing where nothing has changed.
///
/// # Errors
/// The target or a tool cannot be had, or the widget does not build.
pub(crate) fn build(workspace: &Workspace, optimise: Optimise) -> Result<()> {
    need_target(workspace)?;
    let wasm_bindgen = Tool::WasmBindgen.get(workspace)?;
    let wasm_opt = match (optimise, Tool::WasmOpt.get(workspace)) {
        (_either, Ok(path)) => Some(path),
        (Optimise::Always, Err(problem)) => return Err(problem),
        (Optimise::IfPossible, Err(problem)) => {
            println!("{problem}\nwithout wasm-opt the widget is the same, about 2 % larger");
            None
        }
    };
    let module = compile(workspace)?;
    let element = workspace.root.join("src/element/element.js");
    let stamp = Stamp::new(workspace, &[&module, &element], wasm_opt.is_some())?;
    if stamp.is_fresh(&workspace.dist()) {
        println!("dist/ is up to date");
        return Ok(());
    }
    let staging = workspace.target.join("xtask/widget");
    create(&staging)?;
    bind(&wasm_bindgen, &module, &staging)?;
    let binary = staging.join(format!("{GLUE}_bg.wasm"));
    if let Some(wasm_opt) = wasm_opt {
        let mut shrink = Command::new(wasm_opt);
        command::run(shrink.arg("-Oz").arg(&binary).arg("-o").arg(&binary))?;
    }
    copy(&element, &staging.join("tvox-widget.js"))?;
    publish(&staging, &workspace.dist())?;
    stamp.write()
}

/// Adds the wasm target to the toolchain if it is not there.
///
/// # Errors
/// It is not there and rustup cannot add it.
pub(crate) fn need_target(workspace: &Workspace) -> Result<()> {
    let library = command::output_of(Command::new("rustc").current_dir(&workspace.root).args([
        "--print",
        "target-libdir",
        "--target",
        WASM,
    ]));
    if library.is_some_and(|folder| Path::new(folder.trim()).is_dir()) {
        return Ok(());
    }
    command::run(Command::new("rustup").current_dir(&workspace.root).args(["target", "add", WASM]))
}

fn compile(workspace: &Workspace) -> Result<PathBuf> {
    // Only a lone cdylib gets link-time optimisation; with the rlib beside it cargo leaves it out.
    command::run(&mut workspace.cargo(&[
        "rustc",
        "--package=tvox-widget",
        "--lib",
        "--crate-type=cdylib",
        "--release",
        "--target",
        WASM,
    ]))?;
    Ok(workspace.target.join(WASM).join("release/tvox_widget.wasm"))
}

fn bind(wasm_bindgen: &Path, module: &Path, into: &Path) -> Result<()> {
    let mut bind = Command::new(wasm_bindgen);
    bind.args(["--target", "web", "--out-name", GLUE, "--no-typescript"]);
    bind.args(["--remove-name-section", "--remove-producers-section", "--out-dir"]);
    command::run(bind.arg(into).arg(module))
}

/// Moves the files into `dist`, each at once: a server may be reading there.
fn publish(staging: &Path, dist: &Path) -> Result<()> {
    create(dist)?;
    for file in FILES {
        let beside = dist.join(format!(".{file}.new"));
        copy(&staging.join(file), &beside)?;
        let place = dist.join(file);
        std::fs::rename(&beside, &place).map_err(|error| Problem::io("write", &place, &error))?;
    }
    Ok(())
}

fn create(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|error| Problem::io("create", folder, &error))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::copy(from, to).map(drop).map_err(|error| Problem::io("copy", from, &error))
}

/// What the files in `dist/` were made from, written down beside the build.
struct Stamp {
    path: PathBuf,
    text: String,
}

impl Stamp {
    fn new(workspace: &Workspace, inputs: &[&Path], optimised: bool) -> Result<Self> {
        let mut hasher = DefaultHasher::new();
        for input in inputs {
            let bytes = std::fs::read(input).map_err(|error| Problem::io("read", input, &error))?;
            bytes.hash(&mut hasher);
        }
        let text = format!("{:016x} optimised={optimised}\n", hasher.finish());
        Ok(Self { path: workspace.target.join("xtask/widget.stamp"), text })
    }

    fn is_fresh(&self, dist: &Path) -> bool {
        std::fs::read_to_string(&self.path).is_ok_and(|text| text == self.text)
            && FILES.iter().all(|file| dist.join(file).is_file())
    }

    fn write(&self) -> Result<()> {
        std::fs::write(&self.path, &self.text)
            .map_err(|error| Problem::io("write", &self.path, &error))
    }
}
