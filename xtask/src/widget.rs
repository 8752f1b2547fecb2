//! Building the widget: from Rust to the three files in `dist/` that a page loads.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command;
use crate::names;
use crate::problem::{Problem, Result};
use crate::tool::Tool;
use crate::weight::FILES;
use crate::workspace::Workspace;

/// What the widget runs on.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";
const GLUE: &str = "tvox-widget-glue";

/// What the page is to be handed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Optimise {
    /// What ships: the smallest there is. Needs the standard library's source, and npm.
    Always,
    /// What is quickly built, for the demo: wasm-opt where it can be had; a line says so where it
    /// cannot.
    IfPossible,
}

/// The standard library is built along with the widget: for size, without the words of a panic (no
/// visitor reads them; the trap is the same) and without `Debug` texts. A sixth less.
const SMALLEST: &str =
    "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none";

/// Builds the widget into `dist/` and does nothing where nothing has changed.
///
/// # Errors
/// The target or a tool cannot be had, or the widget does not build.
pub(crate) fn build(workspace: &Workspace, optimise: Optimise) -> Result<()> {
    need_target(workspace)?;
    let wasm_bindgen = Tool::WasmBindgen.get(workspace)?;
    let wasm_opt = match optimise {
        Optimise::Always => Some(Tool::WasmOpt.get(workspace)?),
        Optimise::IfPossible => wasm_opt_if_possible(workspace)?,
    };
    let shrink_script = match optimise {
        Optimise::Always => Some(Tool::Esbuild.get(workspace)?),
        Optimise::IfPossible => None,
    };
    let module = match optimise {
        Optimise::Always => compile_smallest(workspace)?,
        Optimise::IfPossible => compile(workspace)?,
    };
    let element = workspace.root.join("src/element/element.js");
    let stamp = Stamp::new(workspace, &[&module, &element], wasm_opt.is_some())?;
    if stamp.is_fresh(&workspace.dist()) {
        println!("dist/ is up to date");
        return Ok(());
    }
    let staging = workspace.target.join("xtask/widget");
    let glue = staging.join(format!("{GLUE}.js"));
    create(&staging)?;
    let strip = ["--remove-name-section", "--remove-producers-section"];
    bind(&wasm_bindgen, &module, &staging, &strip)?;
    let binary = staging.join(format!("{GLUE}_bg.wasm"));
    if let Some(wasm_opt) = &wasm_opt {
        let mut shrink = Command::new(wasm_opt);
        // Flattened and put together again first, then twice for size: a hundredth less.
        shrink.args(["--flatten", "--rereloop", "-Oz", "-Oz"]);
        command::run(shrink.arg(&binary).arg("-o").arg(&binary))?;
    }
    let script = staging.join("tvox-widget.js");
    copy(&element, &script)?;
    if let (Some(esbuild), Some(wasm_opt)) = (shrink_script, wasm_opt) {
        shorten_names(&wasm_opt, &binary, &glue)?;
        for file in [&glue, &script] {
            let mut shrink = Command::new(&esbuild);
            shrink.arg(file).args(["--minify", "--format=esm", "--log-level=warning"]);
            shrink.arg("--allow-overwrite").arg(format!("--outfile={}", file.display()));
            command::run(&mut shrink)?;
        }
    }
    publish(&staging, &workspace.dist())?;
    stamp.write()
}

/// Gives what the module and its glue hand each other short names, on both sides.
fn shorten_names(wasm_opt: &Path, binary: &Path, glue: &Path) -> Result<()> {
    let mut rename = Command::new(wasm_opt);
    rename.arg("--minify-imports-and-exports-and-modules").arg(binary).arg("-o").arg(binary);
    command::announce(&rename);
    let map = command::output_of(&mut rename)
        .ok_or_else(|| Problem::new("wasm-opt could not rename imports and exports"))?;
    let text = std::fs::read_to_string(glue).map_err(|error| Problem::io("read", glue, &error))?;
    let short = names::shorten(&text, &map)?;
    std::fs::write(glue, short).map_err(|error| Problem::io("write", glue, &error))
}

/// The optimiser where it is there, or where there is an npm to bring it.
fn wasm_opt_if_possible(workspace: &Workspace) -> Result<Option<PathBuf>> {
    let found = Tool::WasmOpt.find(workspace)?;
    if found.is_some() {
        return Ok(found);
    }
    let brought = match command::on_path(&["npm"]) {
        Some(_npm) => Tool::WasmOpt.get(workspace).map_err(|problem| problem.to_string()),
        None => Err("no npm here, so no wasm-opt".to_owned()),
    };
    match brought {
        Ok(path) => Ok(Some(path)),
        Err(why) => {
            println!("{why}: the widget is the same without it, and a little larger");
            Ok(None)
        }
    }
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

/// Builds the widget quickly, with readable panics, straight into `folder`: for those who edit it.
///
/// # Errors
/// The target or a tool cannot be had, or the widget does not build.
pub(crate) fn build_dev(workspace: &Workspace, folder: &Path) -> Result<()> {
    need_target(workspace)?;
    let wasm_bindgen = Tool::WasmBindgen.get(workspace)?;
    command::run(workspace.cargo(&BUILD).args(["--features", "panic-hook"]))?;
    let module = workspace.target.join(WASM).join("debug/tvox_widget.wasm");
    create(folder)?;
    bind(&wasm_bindgen, &module, folder, &["--keep-debug"])?;
    copy(&workspace.root.join("src/element/element.js"), &folder.join("tvox-widget.js"))
}

/// Only a lone cdylib gets link-time optimisation; with the rlib beside it cargo leaves it out.
const BUILD: [&str; 6] =
    ["rustc", "--package=tvox-widget", "--lib", "--crate-type=cdylib", "--target", WASM];

fn compile(workspace: &Workspace) -> Result<PathBuf> {
    command::run(workspace.cargo(&BUILD).arg("--release"))?;
    Ok(workspace.target.join(WASM).join("release/tvox_widget.wasm"))
}

/// The same with a standard library of its own, in a folder of its own: other flags would build
/// everything else anew. The flags are not stable, so the compiler is told to take them.
fn compile_smallest(workspace: &Workspace) -> Result<PathBuf> {
    need_source(workspace)?;
    let target = workspace.target.join("smallest");
    let mut cargo = workspace.cargo(&BUILD);
    cargo.args([
        "--release",
        "-Zbuild-std=std,panic_abort",
        "-Zbuild-std-features=optimize_for_size",
    ]);
    cargo.arg("--target-dir").arg(&target);
    cargo.env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", SMALLEST);
    command::run(&mut cargo)?;
    Ok(target.join(WASM).join("release/tvox_widget.wasm"))
}

/// Adds the standard library's source to the toolchain if it is not there.
fn need_source(workspace: &Workspace) -> Result<()> {
    let sysroot = command::output_of(
        Command::new("rustc").current_dir(&workspace.root).args(["--print", "sysroot"]),
    );
    let source = "lib/rustlib/src/rust/library/std/Cargo.toml";
    if sysroot.is_some_and(|sysroot| Path::new(sysroot.trim()).join(source).is_file()) {
        return Ok(());
    }
    command::run(Command::new("rustup").current_dir(&workspace.root).args([
        "component",
        "add",
        "rust-src",
    ]))
}

fn bind(wasm_bindgen: &Path, module: &Path, into: &Path, options: &[&str]) -> Result<()> {
    let mut bind = Command::new(wasm_bindgen);
    bind.args(["--target", "web", "--out-name", GLUE, "--no-typescript"]);
    command::run(bind.args(options).arg("--out-dir").arg(into).arg(module))
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
