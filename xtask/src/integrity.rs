//! Names and sums by which files can be told apart: for caches that never ask again, and for pages
//! that check what they load (Subresource Integrity).

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha384};

use crate::files::{create, files_below, read, write};
use crate::problem::{Problem, Result};

/// The list of sums: what stands in the `integrity` attribute, by file.
pub(crate) const LIST: &str = "integrity.json";

/// The folder of the files whose names change with what is in them.
const HASHED: &str = "hashed";

/// The list of those names, and their sums, by the plain name.
const NAMES: &str = "manifest.json";

/// What gets a second name, in an order in which each comes after those it loads; the languages' files
/// (`texts/`) before all of them.
const NAMED: [&str; 7] =
    ["calls.wasm", "element.wasm", "core.wasm", "element.js", "core.js", "tvox-widget.js", BUNDLE];

const BUNDLE: &str = "bundle/tvox-widget.js";

/// The files that get a second name.
fn named(package: &Path) -> Result<Vec<String>> {
    let mut named = files_below(package)?;
    named.retain(|name| name.starts_with("texts/") && name.ends_with(".json"));
    named.extend(NAMED.map(str::to_owned));
    Ok(named)
}

/// Puts what a page loads into `hashed/` once more, each file under a name that holds a sum of it,
/// and loading the others by such names: what has such a name never changes.
///
/// # Errors
/// A file is missing, or loads another in a way that is not understood.
pub(crate) fn add_hashed(package: &Path) -> Result<()> {
    let folder = package.join(HASHED);
    let mut names: Vec<(String, String)> = Vec::new();
    let mut manifest = Map::new();
    for name in named(package)? {
        let mut bytes = read(&package.join(&name))?;
        if name.ends_with(".js") {
            bytes = renamed(&String::from_utf8_lossy(&bytes), &names, &name)?.into_bytes();
        }
        let file = hashed_name(&name, &bytes);
        let place = folder.join(&file);
        create(place.parent().unwrap_or(&folder))?;
        write(&place, &bytes)?;
        manifest.insert(name.clone(), json!({ "file": file, "integrity": integrity(&bytes) }));
        names.push((name, file));
    }
    write_json(&folder.join(NAMES), &manifest)
}

/// Writes the list: each file of the package, by its plain name, with its sum.
///
/// # Errors
/// A file cannot be read.
pub(crate) fn write_list(package: &Path) -> Result<()> {
    let mut list = Map::new();
    for name in files_below(package)? {
        if name != LIST && !name.starts_with(HASHED) {
            let sum = integrity(&read(&package.join(&name))?);
            list.insert(name, sum.into());
        }
    }
    write_json(&package.join(LIST), &list)
}

fn write_json(path: &Path, map: &Map<String, Value>) -> Result<()> {
    let text = serde_json::to_string_pretty(map)
        .map_err(|error| Problem::new(format!("cannot write {}: {error}", path.display())))?;
    write(path, format!("{text}\n").as_bytes())
}

/// What stands in an `integrity` attribute.
fn integrity(bytes: &[u8]) -> String {
    format!("sha384-{}", STANDARD.encode(Sha384::digest(bytes)))
}

/// `core.js` becomes `core-0f1e2d3c4b.js`.
fn hashed_name(name: &str, bytes: &[u8]) -> String {
    let sum = Sha384::digest(bytes);
    let sum: String = sum.iter().take(5).map(|byte| format!("{byte:02x}")).collect();
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    format!("{stem}-{sum}.{ending}")
}

/// `script`, loading its neighbours by their second names.
fn renamed(script: &str, names: &[(String, String)], script_name: &str) -> Result<String> {
    let mut script = script.to_owned();
    for (name, hashed) in names {
        script = script.replace(&format!("\"./{name}\""), &format!("\"./{hashed}\""));
    }
    let plain = names.iter().map(|(name, _)| name.as_str()).chain(NAMED);
    match { plain }.find(|name| script.contains(&format!("./{name}"))) {
        None => Ok(script),
        Some(name) => Err(Problem::new(format!(
            "{script_name} loads ./{name} in a way that {HASHED}/ cannot follow"
        ))),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{
        HASHED, LIST, NAMED, NAMES, add_hashed, hashed_name, integrity, renamed, write_list,
    };
    use crate::files::files_below;

    #[test]
    fn a_sum_is_what_browsers_compute() {
        // openssl dgst -sha384 -binary | base64, of "alert('Hello, world.');" (the example of the
        // recommendation Subresource Integrity, section 3.1).
        let sum = "sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO";
        assert_eq!(integrity(b"alert('Hello, world.');"), sum);
    }

    #[test]
    fn another_content_has_another_name() {
        assert_ne!(hashed_name("core.js", b"a"), hashed_name("core.js", b"b"));
        assert!(hashed_name("bundle/a.js", b"a").starts_with("bundle/a-"));
    }

    #[test]
    fn a_neighbour_that_is_loaded_by_its_plain_name_is_an_error() {
        let names = [("core.wasm".to_owned(), "core-1.wasm".to_owned())];
        assert_eq!(renamed("f(\"./core.wasm\")", &names, "a.js").unwrap(), "f(\"./core-1.wasm\")");
        assert!(renamed("f('./core.wasm')", &names, "a.js").is_err());
    }

    #[test]
    fn a_change_in_a_module_changes_the_names_of_all_that_load_it() {
        let folder = std::env::temp_dir().join(format!("tvox-hashed-{}", std::process::id()));
        let build = |module: &str| {
            let _ = std::fs::remove_dir_all(&folder);
            std::fs::create_dir_all(folder.join("bundle")).unwrap();
            std::fs::create_dir_all(folder.join("texts")).unwrap();
            std::fs::write(folder.join("texts/it.json"), module).unwrap();
            for name in NAMED {
                std::fs::write(folder.join(name), name).unwrap();
            }
            std::fs::write(folder.join("core.wasm"), module).unwrap();
            std::fs::write(folder.join("core.js"), "f(\"./core.wasm\")").unwrap();
            std::fs::write(folder.join("tvox-widget.js"), "export * from\"./core.js\"").unwrap();
            std::fs::write(folder.join("element.js"), "f(\"./texts/it.json\")").unwrap();
            add_hashed(&folder).unwrap();
            write_list(&folder).unwrap();
            let json = |path: &str| -> serde_json::Value {
                serde_json::from_slice(&std::fs::read(folder.join(path)).unwrap()).unwrap()
            };
            let names = files_below(&folder.join(HASHED)).unwrap();
            (names, json(&format!("{HASHED}/{NAMES}")), json(LIST))
        };
        let ((first, manifest, list), (second, ..)) = (build("one"), build("two"));
        let changed: Vec<_> = first.iter().filter(|name| !second.contains(name)).collect();
        assert_eq!(changed.len(), 5, "{first:?} {second:?}");
        for name in NAMED.into_iter().chain(["texts/it.json"]) {
            let file = manifest[name]["file"].as_str().unwrap();
            let bytes = std::fs::read(folder.join(HASHED).join(file));
            if let Ok(bytes) = bytes {
                assert_eq!(manifest[name]["integrity"], integrity(&bytes));
            } else {
                assert!(changed.iter().any(|name| *name == file), "{file} is not there");
            }
            assert!(list[name].as_str().unwrap().starts_with("sha384-"), "{name}");
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
