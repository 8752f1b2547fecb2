//! Building the widget: from Rust to the files in `dist/` that a page loads.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command;
use crate::glue;
use crate::module::Module;
use crate::names;
use crate::problem::{Problem, Result};
use crate::tool::Tool;
use crate::weight::FILES;
use crate::workspace::Workspace;

/// What the widget runs on.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";
const GLUE: &str = "tvox-widget-glue";
const SCRIPT: &str = FILES[0];

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

/// Of LLVM's optimisations those that copy code or make registers for it to run faster: a hundredth less.
///
/// And a function that keeps something on the stack is not put into its only caller: the callers have
/// more local variables than one byte counts as it is.
const LEANER: [&str; 4] = [
    "-Cllvm-args=-inline-max-stacksize=40",
    "-Cllvm-args=-enable-pre=false",
    "-Cllvm-args=-enable-load-pre=false",
    "-Cllvm-args=-disable-lsr",
];

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
    create(&staging)?;
    let strip = ["--remove-name-section", "--remove-producers-section"];
    bind(&wasm_bindgen, &module, &staging, &strip)?;
    let script = staging.join(SCRIPT);
    copy(&element, &script)?;
    let binary = staging.join(format!("{GLUE}_bg.wasm"));
    let glue = staging.join(format!("{GLUE}.js"));
    match (&wasm_opt, shrink_script) {
        (Some(wasm_opt), Some(esbuild)) => {
            shrink(wasm_opt, &binary, &glue)?;
            join(&esbuild, &script)?;
            publish(&staging, &workspace.dist(), &FILES)?;
            // Of an earlier build, for the demo.
            let _ = std::fs::remove_file(workspace.dist().join(format!("{GLUE}.js")));
        }
        (wasm_opt, _) => {
            if let Some(wasm_opt) = wasm_opt {
                command::run(smaller(wasm_opt, &binary).arg("-o").arg(&binary))?;
            }
            let glue = format!("{GLUE}.js");
            publish(&staging, &workspace.dist(), &[FILES[0], FILES[1], &glue])?;
        }
    }
    stamp.write()
}

/// How wasm-opt goes about it. A function with one caller is put into that caller only where it is
/// short. Nothing lives in the lowest kilobyte of the memory, the far end of the stack.
const CAREFUL: [&str; 3] = ["--one-caller-inline-max-function-size", "50", "--low-memory-unused"];

/// The optimiser on its way from `binary`.
fn smaller(wasm_opt: &Path, binary: &Path) -> Command {
    let mut smaller = Command::new(wasm_opt);
    // Flattened and put together again first, then twice for size: a hundredth less.
    smaller.arg(binary).args(["--flatten", "--rereloop", "-Oz", "-Oz"]).args(CAREFUL);
    smaller
}

/// Makes module and glue as small as they get: without what nobody calls, with functions that
/// resemble each other side by side, and with short names for what they hand each other.
fn shrink(wasm_opt: &Path, binary: &Path, glue: &Path) -> Result<()> {
    // For the streams of Leptos' server functions, which the widget has none of.
    let text = glue::without_classes(&read_text(glue)?, "IntoUnderlying")?;
    let bytes = read(binary)?;
    let bytes = Module::read(&bytes)?.keep_exports(&glue::used_exports(&text))?;
    write(binary, bytes)?;
    command::run(smaller(wasm_opt, binary).arg("-o").arg(binary))?;

    let bytes = read(binary)?;
    write(binary, Module::read(&bytes)?.named_by_likeness()?)?;
    let mut rename = Command::new(wasm_opt);
    rename.arg(binary).arg("-Oz").args(CAREFUL);
    rename.args(["--reorder-functions-by-name", "--strip-debug"]);
    rename.arg("--minify-imports-and-exports-and-modules").arg("-o").arg(binary);
    command::announce(&rename);
    let map = command::output_of(&mut rename)
        .ok_or_else(|| Problem::new("wasm-opt could not rename imports and exports"))?;
    let text = glue::without_imports(&text, &names::imported(&map)?)?;
    write(glue, names::shorten(&text, &map)?.into_bytes())
}

/// Makes the script and the glue that it imports one small file, in the script's place.
fn join(esbuild: &Path, script: &Path) -> Result<()> {
    let mut join = Command::new(esbuild);
    join.arg(script).args(["--bundle", "--minify", "--format=esm", "--log-level=warning"]);
    join.arg("--allow-overwrite").arg(format!("--outfile={}", script.display()));
    command::run(&mut join)
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
    copy(&workspace.root.join("src/element/element.js"), &folder.join(SCRIPT))
}

/// The element alone, without the library. Only a lone cdylib gets link-time optimisation; with the
/// rlib beside it cargo leaves it out.
const BUILD: [&str; 8] = [
    "rustc",
    "--package=tvox-widget",
    "--lib",
    "--crate-type=cdylib",
    "--no-default-features",
    "--features=ui",
    "--target",
    WASM,
];

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
    cargo.arg("--target-dir").arg(&target).arg("--").args(LEANER);
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
fn publish(staging: &Path, dist: &Path, files: &[&str]) -> Result<()> {
    create(dist)?;
    for file in files {
        let beside = dist.join(format!(".{file}.new"));
        copy(&staging.join(file), &beside)?;
        let place = dist.join(file);
        std::fs::rename(&beside, &place).map_err(|error| Problem::io("write", &place, &error))?;
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| Problem::io("read", path, &error))
}

fn read_text(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| Problem::io("read", path, &error))
}

fn write(path: &Path, bytes: Vec<u8>) -> Result<()> {
    std::fs::write(path, bytes).map_err(|error| Problem::io("write", path, &error))
}

fn create(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|error| Problem::io("create", folder, &error))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::copy(from, to).map(drop).map_err(|error| Problem::io("copy", from, &error))
}

/// What is done to the files on their way: other steps make other files of the same module.
const STEPS: [&str; 4] = [
    include_str!("glue.rs"),
    include_str!("module.rs"),
    include_str!("names.rs"),
    include_str!("widget.rs"),
];

/// What the files in `dist/` were made from, written down beside the build.
struct Stamp {
    path: PathBuf,
    text: String,
}

impl Stamp {
    fn new(workspace: &Workspace, inputs: &[&Path], optimised: bool) -> Result<Self> {
        let mut hasher = DefaultHasher::new();
        STEPS.hash(&mut hasher);
        for input in inputs {
            read(input)?.hash(&mut hasher);
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
