//! `dist/`: the package of the library, from the modules, their scripts and `package/`.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::classic;
use crate::command;
use crate::files::{self, copy, create, files_below, read, write};
use crate::integrity;
use crate::notices;
use crate::problem::{Problem, Result};
use crate::split::LATER;
use crate::texts;
use crate::widget::{self, Optimise, Part, Tools};
use crate::workspace::Workspace;

/// The folders of the scripts that are written by hand. They lie beside each other before they are
/// joined, and import each other so.
const SCRIPTS: [&str; 3] = ["src/element", "src/js", "package"];

/// Of those, what no page can load as it is: it needs joining.
const NOT_FOR_PAGES: [&str; 5] =
    ["bundle.js", "core.node.js", "node-socket.js", "tvox-widget.node.js", CLASSIC];

/// The classic script: where it ships, and as it is made without esbuild.
const BUNDLE: &str = "bundle/tvox-widget.js";
const CLASSIC: &str = "classic.js";

/// What ships as it is.
const DOCUMENTS: [(&str, &str); 7] = [
    ("src/js/types.d.ts", "core.d.ts"),
    ("package/element.d.ts", "element.d.ts"),
    ("package/tvox-widget.d.ts", "tvox-widget.d.ts"),
    ("package/bundle.d.ts", "bundle/tvox-widget.d.ts"),
    ("package/README.md", "README.md"),
    ("LICENSE-MIT", "LICENSE-MIT"),
    ("LICENSE-APACHE", "LICENSE-APACHE"),
];

/// What the licences of others ask for.
const NOTICES: &str = "THIRD-PARTY.txt";

const MANIFEST: &str = "package/package.json";

/// The version of everything in this workspace.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Where the classic script is that was made without esbuild, after a build.
pub(crate) fn classic_by_hand(workspace: &Workspace) -> PathBuf {
    workspace.target.join("xtask/package/pieces").join(CLASSIC)
}

/// Builds the package into `dist/` and does nothing where nothing has changed.
///
/// # Errors
/// A tool cannot be had, or something does not build.
pub(crate) fn build(workspace: &Workspace, optimise: Optimise) -> Result<()> {
    let tools = Tools::get(workspace, optimise)?;
    let staging = workspace.target.join("xtask/package");
    let mut compiled = Vec::new();
    for part in Part::ALL {
        let folder = staging.join("compiled");
        compiled.push((part, widget::compile(workspace, part, optimise, &folder)?));
    }
    let whole = staging.join("whole");
    let stamp = Stamp::new(workspace, &compiled, &tools)?;
    if stamp.is_fresh(&whole, &workspace.dist())? {
        println!("dist/ is up to date");
        return Ok(());
    }
    let pieces = staging.join("pieces");
    for folder in [&pieces, &whole] {
        files::empty(folder)?;
    }
    for (part, compiled) in &compiled {
        widget::finish(*part, compiled, &tools, &pieces)?;
        copy(&pieces.join(part.file()), &whole.join(part.file()))?;
    }
    for (_, file) in LATER.iter().filter(|(_, file)| pieces.join(file).is_file()) {
        copy(&pieces.join(file), &whole.join(file))?;
    }
    for script in scripts(workspace)? {
        let name = script.file_name().unwrap_or_default();
        copy(&script, &pieces.join(name))?;
    }
    // For whoever has no Node; made always, so that it is tried always.
    write(&pieces.join(CLASSIC), classic::link(&pieces, "bundle.js", "TvoxWidget")?.as_bytes())?;
    create(&whole.join("bundle"))?;
    texts::put(workspace, &whole)?;
    match &tools.esbuild {
        Some(esbuild) => {
            join_all(esbuild, &pieces, &whole)?;
            for (from, name) in DOCUMENTS {
                copy(&workspace.root.join(from), &whole.join(name))?;
            }
            write(&whole.join(NOTICES), notices::text(workspace)?.as_bytes())?;
            write(&whole.join("package.json"), manifest(&workspace.read(MANIFEST)?)?.as_bytes())?;
            integrity::add_hashed(&whole)?;
            integrity::write_list(&whole)?;
        }
        None => leave_unjoined(&pieces, &whole)?,
    }
    publish(&whole, &workspace.dist())?;
    stamp.write()
}

/// The manifest with our version in it.
fn manifest(template: &str) -> Result<String> {
    let gap = "\"version\": \"0.0.0\"";
    if !template.contains(gap) {
        return Err(Problem::new(format!("{MANIFEST} has no `{gap}` to fill in")));
    }
    Ok(template.replace(gap, &format!("\"version\": \"{VERSION}\"")))
}

/// Joins the pieces into the scripts that ship.
fn join_all(esbuild: &Path, pieces: &Path, whole: &Path) -> Result<()> {
    let join = |entry: &str, to: &str, options: &[&str]| {
        let mut join = Command::new(esbuild);
        join.current_dir(pieces).arg(entry).args(["--minify", "--target=es2022"]);
        join.args(["--legal-comments=none", "--log-level=warning"]);
        join.arg(format!("--banner:js=/*! tvox-widget {VERSION}, MIT OR Apache-2.0 */"));
        join.args(options).arg(format!("--outfile={}", whole.join(to).display()));
        command::run(&mut join)
    };
    let module = ["--bundle", "--format=esm"];
    join("element.js", "element.js", &module)?;
    join("core.js", "core.js", &module)?;
    // Where the glue says WebSocket it gets that of node-socket.js.
    let node = ["--platform=node", "--inject:./node-socket.js"];
    join("core.node.js", "core.node.js", &[&module[..], &node].concat())?;
    // These only name their neighbours.
    join("tvox-widget.js", "tvox-widget.js", &["--format=esm"])?;
    join("tvox-widget.node.js", "tvox-widget.node.js", &["--format=esm"])?;
    let classic = ["--bundle", "--format=iife", "--global-name=TvoxWidget"];
    join("bundle.js", BUNDLE, &[&classic[..], &["--loader:.wasm=binary"]].concat())
}

/// The pieces as they are, enough for pages: the same files by the same names, and others beside them, but
/// not what Node and npm want.
fn leave_unjoined(pieces: &Path, whole: &Path) -> Result<()> {
    copy(&pieces.join(CLASSIC), &whole.join(BUNDLE))?;
    for name in files_below(pieces)? {
        if name.ends_with(".js") && !NOT_FOR_PAGES.contains(&name.as_str()) {
            copy(&pieces.join(&name), &whole.join(&name))?;
        }
    }
    Ok(())
}

/// The scripts that are written by hand.
fn scripts(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    let mut scripts = Vec::new();
    for folder in SCRIPTS.map(|folder| workspace.root.join(folder)) {
        let names = files_below(&folder)?;
        scripts.extend(
            names.iter().filter(|name| name.ends_with(".js")).map(|name| folder.join(name)),
        );
    }
    Ok(scripts)
}

/// Makes `dist` hold what `whole` holds, each file at once: a server may be reading there.
fn publish(whole: &Path, dist: &Path) -> Result<()> {
    create(dist)?;
    let wanted = files_below(whole)?;
    for name in &wanted {
        let place = dist.join(name);
        if let Some(folder) = place.parent() {
            create(folder)?;
        }
        let beside = dist.join(".new");
        copy(&whole.join(name), &beside)?;
        std::fs::rename(&beside, &place).map_err(|error| Problem::io("write", &place, &error))?;
    }
    for name in files_below(dist)?.iter().filter(|name| !wanted.contains(name)) {
        let path = dist.join(name);
        std::fs::remove_file(&path).map_err(|error| Problem::io("remove", &path, &error))?;
        // Fails, as it should, as long as there is something in the folder.
        let _ = path.parent().map(std::fs::remove_dir);
    }
    Ok(())
}

/// What is done to the files on their way: other steps make other files of the same modules.
const STEPS: [&str; 10] = [
    include_str!("classic.rs"),
    include_str!("glue.rs"),
    include_str!("integrity.rs"),
    include_str!("module.rs"),
    include_str!("names.rs"),
    include_str!("notices.rs"),
    include_str!("package.rs"),
    include_str!("split.rs"),
    include_str!("texts.rs"),
    include_str!("widget.rs"),
];

/// What the files in `dist/` were made from, written down beside the build.
struct Stamp {
    path: PathBuf,
    text: String,
}

impl Stamp {
    fn new(workspace: &Workspace, compiled: &[(Part, PathBuf)], tools: &Tools) -> Result<Self> {
        let mut hasher = DefaultHasher::new();
        STEPS.hash(&mut hasher);
        for (_part, path) in compiled {
            read(path)?.hash(&mut hasher);
        }
        let rest = DOCUMENTS.iter().map(|(from, _name)| *from).chain([MANIFEST]);
        let rest = rest.map(|from| workspace.root.join(from));
        let languages = texts::files(workspace)?;
        for source in scripts(workspace)?.into_iter().chain(rest).chain(languages) {
            read(&source)?.hash(&mut hasher);
        }
        let text = format!("{:016x} {tools:?}\n", hasher.finish());
        Ok(Self { path: workspace.target.join("xtask/package.stamp"), text })
    }

    fn is_fresh(&self, whole: &Path, dist: &Path) -> Result<bool> {
        if std::fs::read_to_string(&self.path).map_or(true, |text| text != self.text) {
            return Ok(false);
        }
        let there = |name: &String| dist.join(name).is_file();
        Ok(files_below(whole)?.iter().all(there))
    }

    fn write(&self) -> Result<()> {
        write(&self.path, self.text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{VERSION, manifest, publish};
    use crate::files::files_below;

    #[test]
    fn the_manifest_gets_the_version_of_the_workspace_and_needs_a_place_for_it() {
        let filled = manifest("{ \"version\": \"0.0.0\" }").unwrap();
        assert_eq!(filled, format!("{{ \"version\": \"{VERSION}\" }}"));
        assert!(manifest("{ \"version\": \"1.0.0\" }").is_err());
    }

    #[test]
    fn dist_holds_what_was_published_last_and_nothing_older() {
        let folder = std::env::temp_dir().join(format!("tvox-publish-{}", std::process::id()));
        let (whole, dist) = (folder.join("whole"), folder.join("dist"));
        for (path, text) in [("bundle/a.js", "new"), ("b.js", "b")] {
            let path = whole.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        std::fs::create_dir_all(dist.join("bundle")).unwrap();
        std::fs::write(dist.join("bundle/a.js"), "old").unwrap();
        std::fs::write(dist.join("b.js.br"), "compressed from an older b.js").unwrap();
        std::fs::create_dir_all(dist.join("hashed")).unwrap();
        std::fs::write(dist.join("hashed/b-0.js"), "an older b.js").unwrap();
        publish(&whole, &dist).unwrap();
        assert_eq!(files_below(&dist).unwrap(), ["b.js", "bundle/a.js"]);
        assert_eq!(std::fs::read_to_string(dist.join("bundle/a.js")).unwrap(), "new");
        assert!(!dist.join("hashed").exists());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
