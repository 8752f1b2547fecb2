//! Building WebAssembly: from Rust to a module and the glue that a page's scripts talk to it by.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command;
use crate::files::{copy, create, read, read_text, write};
use crate::glue;
use crate::module::Module;
use crate::names;
use crate::problem::{Problem, Result};
use crate::split::{self, LATER, LOADERS, Parted};
use crate::texts;
use crate::tool::Tool;
use crate::workspace::Workspace;

/// What the widget runs on.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// What is built of the crate for pages: two modules, of which neither holds what only the other needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// `<tvox-widget>`, the whole interface.
    Element,
    /// The documented library, without a face.
    Core,
}

/// What the page is to be handed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Optimise {
    /// What ships: the smallest there is. Needs the standard library's source, and npm.
    Always,
    /// What is quickly built, for the demo: made smaller where npm can bring the tools; a line says
    /// so where it cannot.
    IfPossible,
}

/// The programs that make files smaller, where they are there.
#[derive(Debug, Clone)]
pub(crate) struct Tools {
    wasm_bindgen: PathBuf,
    /// Parts what was compiled to be parted: the smallest.
    wasm_split: Option<PathBuf>,
    wasm_opt: Option<PathBuf>,
    /// Joins scripts into one and makes them smaller.
    pub(crate) esbuild: Option<PathBuf>,
}

/// The standard library is built along with the widget: for size, without the words of a panic (no
/// visitor reads them; the trap is the same) and without `Debug` texts. A sixth less.
const SMALLEST: &str =
    "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none";

/// The feature by which the element's source marks what may come later.
const SPLIT: &str = "split";

/// Of LLVM's optimisations those that copy code or make registers for it to run faster: a twentieth
/// less.
///
/// And a function that keeps something on the stack is not put into its only caller: the callers have
/// more local variables than one byte counts as it is.
const LEANER: [&str; 4] = [
    "-Cllvm-args=-inline-max-stacksize=40",
    "-Cllvm-args=-enable-pre=false",
    "-Cllvm-args=-enable-load-pre=false",
    "-Cllvm-args=-disable-lsr",
];

impl Part {
    /// Both.
    pub(crate) const ALL: [Self; 2] = [Self::Element, Self::Core];

    /// The features of the crate that it is built with, and no others.
    pub(crate) const fn features(self) -> &'static str {
        match self {
            Self::Element => "ui",
            Self::Core => "js",
        }
    }

    /// The name by which the scripts import its glue, without `.js`.
    pub(crate) const fn glue(self) -> &'static str {
        match self {
            Self::Element => "tvox-widget-glue",
            Self::Core => "tvox-widget-core-glue",
        }
    }

    /// Its file.
    pub(crate) const fn file(self) -> &'static str {
        match self {
            Self::Element => "element.wasm",
            Self::Core => "core.wasm",
        }
    }
}

impl Tools {
    /// The tools for `optimise`.
    ///
    /// # Errors
    /// One that is needed cannot be had.
    pub(crate) fn get(workspace: &Workspace, optimise: Optimise) -> Result<Self> {
        let wasm_bindgen = Tool::WasmBindgen.get(workspace)?;
        let wasm_split = match optimise {
            Optimise::Always => Some(Tool::WasmSplit.get(workspace)?),
            Optimise::IfPossible => None,
        };
        let found = |tool: Tool| tool.find(workspace);
        let (wasm_opt, esbuild) = match optimise {
            Optimise::Always => {
                (Some(Tool::WasmOpt.get(workspace)?), Some(Tool::Esbuild.get(workspace)?))
            }
            Optimise::IfPossible => {
                let brought = || {
                    let npm = command::on_path(&["npm"]);
                    npm.ok_or_else(|| Problem::new("no npm here, so no wasm-opt and no esbuild"))?;
                    Tool::WasmOpt.get(workspace).and(Tool::Esbuild.get(workspace)).map(drop)
                };
                if found(Tool::WasmOpt)?.and(found(Tool::Esbuild)?).is_none()
                    && let Err(why) = brought()
                {
                    println!("{why}: the widget is the same, larger and in more files");
                }
                (found(Tool::WasmOpt)?, found(Tool::Esbuild)?)
            }
        };
        Ok(Self { wasm_bindgen, wasm_split, wasm_opt, esbuild })
    }
}

/// Compiles a part, as large as the compiler leaves it, into `folder`; gives the file.
///
/// # Errors
/// The target cannot be had, or the widget does not build.
pub(crate) fn compile(
    workspace: &Workspace,
    part: Part,
    optimise: Optimise,
    folder: &Path,
) -> Result<PathBuf> {
    need_target(workspace)?;
    let built = match optimise {
        Optimise::Always => compile_smallest(workspace, part)?,
        Optimise::IfPossible => compile_quickly(workspace, part)?,
    };
    // The next module is built into the same place.
    let kept = folder.join(part.file());
    create(folder)?;
    copy(&built, &kept)?;
    Ok(kept)
}

/// Makes of a compiled module what ships: its file and its glue, in `folder`.
///
/// # Errors
/// A tool fails.
pub(crate) fn finish(part: Part, compiled: &Path, tools: &Tools, folder: &Path) -> Result<()> {
    create(folder)?;
    let parted = match (part, &tools.wasm_split) {
        (Part::Element, Some(tool)) => {
            Some(split::part(tool, compiled, part.glue(), &folder.join("parts"))?)
        }
        (Part::Element | Part::Core, _) => None,
    };
    let strip = ["--remove-name-section", "--remove-producers-section"];
    // What the parts share is exported for them alone.
    let kept = ["--keep-lld-exports", "--no-demangle"];
    let (main, options) = match &parted {
        Some(parted) => (&*parted.main, [strip, kept].concat()),
        None => (compiled, strip.to_vec()),
    };
    bind(&tools.wasm_bindgen, part, main, folder, &options)?;
    let Some(wasm_opt) = &tools.wasm_opt else { return Ok(()) };
    let (binary, glue) = (folder.join(part.file()), folder.join(format!("{}.js", part.glue())));
    shrink(part, wasm_opt, &binary, &glue, parted.as_ref())?;
    let later = parted.iter().flat_map(|parted| &parted.later);
    later
        .zip(LATER)
        .try_for_each(|(part, (_, file))| shrink_part(wasm_opt, part, &folder.join(file)))
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
fn shrink(
    part: Part,
    wasm_opt: &Path,
    binary: &Path,
    glue: &Path,
    parted: Option<&Parted>,
) -> Result<()> {
    let mut text = read_text(glue)?;
    if let Some(parted) = parted {
        text = parted.linked(&text)?;
        let own = format!("./{}_bg.js", part.glue());
        let bytes = read(binary)?;
        write(binary, &Module::read(&bytes)?.with_imports_moved(LOADERS, &own)?)?;
    }
    let text = match part {
        // For the streams of Leptos' server functions, which the widget has none of.
        Part::Element => glue::without_classes(&text, "IntoUnderlying")?,
        Part::Core => text,
    };
    let bytes = read(binary)?;
    write(binary, &Module::read(&bytes)?.keep_exports(&glue::used_exports(&text))?)?;
    command::run(smaller(wasm_opt, binary).arg("-o").arg(binary))?;

    let bytes = read(binary)?;
    write(binary, &Module::read(&bytes)?.named_by_likeness()?)?;
    let mut rename = Command::new(wasm_opt);
    rename.arg(binary).arg("-Oz").args(CAREFUL);
    rename.args(["--reorder-functions-by-name", "--strip-debug"]);
    rename.arg("--minify-imports-and-exports-and-modules").arg("-o").arg(binary);
    command::announce(&rename);
    let map = command::output_of(&mut rename)
        .ok_or_else(|| Problem::new("wasm-opt could not rename imports and exports"))?;
    let text = glue::without_imports(&text, &names::imported(&map)?)?;
    write(glue, names::shorten(&text, &map)?.as_bytes())
}

/// Makes a part as small: what it and the rest hand each other has few names.
fn shrink_part(wasm_opt: &Path, part: &Path, to: &Path) -> Result<()> {
    command::run(smaller(wasm_opt, part).arg("--strip-debug").arg("-o").arg(to))?;
    let bytes = read(to)?;
    write(to, &Module::read(&bytes)?.named_by_likeness()?)?;
    let mut order = Command::new(wasm_opt);
    order.arg(to).arg("-Oz").args(CAREFUL).args(["--reorder-functions-by-name", "--strip-debug"]);
    command::run(order.arg("-o").arg(to))
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

/// Builds the element quickly, with readable panics, straight into `folder`: for those who edit it.
///
/// # Errors
/// The target or a tool cannot be had, or the widget does not build.
pub(crate) fn build_dev(workspace: &Workspace, folder: &Path) -> Result<()> {
    need_target(workspace)?;
    let wasm_bindgen = Tool::WasmBindgen.get(workspace)?;
    let element = Part::Element;
    command::run(build_command(workspace, element).args(["--features", "panic-hook"]))?;
    let compiled = workspace.target.join(WASM).join("debug/tvox_widget.wasm");
    create(folder)?;
    bind(&wasm_bindgen, element, &compiled, folder, &["--keep-debug"])?;
    texts::put(workspace, folder)?;
    copy(&workspace.root.join("src/element/element.js"), &folder.join("element.js"))
}

/// Only a lone cdylib gets link-time optimisation; with the rlib beside it cargo leaves it out.
fn build_command(workspace: &Workspace, part: Part) -> Command {
    let mut cargo = workspace.cargo(&["rustc", "--package=tvox-widget", "--lib"]);
    cargo.args(["--crate-type=cdylib", "--target", WASM]);
    cargo.args(["--no-default-features", "--features", part.features()]);
    cargo
}

fn compile_quickly(workspace: &Workspace, part: Part) -> Result<PathBuf> {
    command::run(build_command(workspace, part).arg("--release"))?;
    Ok(workspace.target.join(WASM).join("release/tvox_widget.wasm"))
}

/// The same with a standard library of its own, in a folder of its own: other flags would build
/// everything else anew. The flags are not stable, so the compiler is told to take them.
fn compile_smallest(workspace: &Workspace, part: Part) -> Result<PathBuf> {
    need_source(workspace)?;
    let target = workspace.target.join("smallest");
    let mut cargo = build_command(workspace, part);
    if part == Part::Element {
        cargo.args(["--features", SPLIT]);
    }
    cargo.args([
        "--release",
        "-Zbuild-std=std,panic_abort",
        "-Zbuild-std-features=optimize_for_size",
    ]);
    cargo.arg("--target-dir").arg(&target).arg("--").args(LEANER);
    if part == Part::Element {
        // What the parting goes by.
        cargo.arg("-Clink-args=--emit-relocs").env("CARGO_PROFILE_RELEASE_STRIP", "none");
    }
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

fn bind(
    wasm_bindgen: &Path,
    part: Part,
    compiled: &Path,
    into: &Path,
    options: &[&str],
) -> Result<()> {
    let mut bind = Command::new(wasm_bindgen);
    // The scripts say where the module is; a second address in the glue would lead nowhere.
    bind.args(["--target", "web", "--no-typescript", "--omit-default-module-path"]);
    bind.args(["--out-name", part.glue()]).args(options);
    command::run(bind.arg("--out-dir").arg(into).arg(compiled))?;
    let bound = into.join(format!("{}_bg.wasm", part.glue()));
    let named = into.join(part.file());
    std::fs::rename(&bound, &named).map_err(|error| Problem::io("rename", &bound, &error))
}

#[cfg(test)]
mod tests {
    use super::Part;

    #[test]
    fn nothing_for_pages_is_built_with_mistakes_made_on_purpose() {
        for part in Part::ALL {
            assert!(!part.features().contains("mutants"), "{part:?}");
        }
    }
}
