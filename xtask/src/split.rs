//! Parting a module: what a page needs at once, and what it fetches when a visitor comes to need it.
//!
//! `wasm-split-cli` parts it, at the functions that carry `#[wasm_split(…)]` in the source. The script
//! that it writes beside the parts is not used: what that does is said here in the glue, in ten lines,
//! so that the names of the exports can be shortened and the part can be checked like the module.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command;
use crate::files::{empty, read_text};
use crate::problem::{Problem, Result};

/// What comes later, as its functions name it, and the file it ships in.
pub(crate) const LATER: [(&str, &str); 1] = [("calls", "calls.wasm")];

/// Where the module imports the functions from that load its parts.
pub(crate) const LOADERS: &str = "./__wasm_split.js";

/// A module in parts.
pub(crate) struct Parted {
    /// What a page needs at once.
    pub(crate) main: PathBuf,
    /// The rest, in the order of [`LATER`].
    pub(crate) later: Vec<PathBuf>,
    /// The exports of the first that the rest imports.
    shared: Vec<String>,
}

/// Parts a compiled module, which has its relocations in it, into `folder`.
///
/// # Errors
/// It cannot be parted, or not in this way.
pub(crate) fn part(tool: &Path, compiled: &Path, glue: &str, folder: &Path) -> Result<Parted> {
    empty(folder)?;
    let mut split = Command::new(tool);
    split.arg(compiled).arg(folder).args(["--target", "web", "--out-name", glue]);
    command::run(&mut split)?;
    let script = read_text(&folder.join(LOADERS))?;
    let shared = shared(&script)?;
    let later = LATER.map(|(name, _)| folder.join(format!("split_{name}.wasm")));
    match later.iter().find(|path| !path.is_file()) {
        Some(path) => {
            Err(Problem::new(format!("the module was parted without {}", path.display())))
        }
        None if script.contains("__chunk_") => {
            Err(Problem::new("two parts have something in common: the glue knows no such thing"))
        }
        None => {
            Ok(Parted { main: folder.join(format!("{glue}.wasm")), later: later.to_vec(), shared })
        }
    }
}

/// The exports that the tool's own script hands to the parts.
fn shared(script: &str) -> Result<Vec<String>> {
    let list = script.split_once("const { ").and_then(|(_, rest)| rest.split_once("} = initSync("));
    let list =
        list.ok_or_else(|| Problem::new("wasm-split-cli wrote a script of another shape"))?;
    let names = list.0.split(',').map(str::trim).filter(|name| !name.is_empty());
    Ok(names.map(str::to_owned).collect())
}

impl Parted {
    /// The glue, fetching the parts. What loads them stands among its other imports.
    ///
    /// # Errors
    /// The glue is not as wasm-bindgen 0.2.130 writes it.
    pub(crate) fn linked(&self, glue: &str) -> Result<String> {
        let strange = || Problem::new("the glue does not import the loaders where it used to");
        let rest = glue.strip_prefix("import * as import1 from \"./__wasm_split.js\"\n");
        let (head, rest) = rest.and_then(|rest| rest.split_once(IMPORTS)).ok_or_else(strange)?;
        let listed = format!("        \"{LOADERS}\": import1,\n");
        if !rest.contains(&listed) {
            return Err(strange());
        }
        let mut entries = String::new();
        for (name, file) in LATER {
            entries.push_str(&format!(
                "        __wasm_split_load_{name}: function(arg0, arg1) {{\n            \
                 loadPart(new URL(\"./{file}\", import.meta.url), arg0, arg1);\n        }},\n"
            ));
        }
        let mut shared = String::new();
        for name in &self.shared {
            shared.push_str(&format!("        \"{name}\": wasm.{name},\n"));
        }
        let load = LOAD.replace("SHARED", &shared);
        Ok(format!("{FETCH}{head}{IMPORTS}{entries}{}{load}", rest.replacen(&listed, "", 1)))
    }
}

/// Where the list of imports begins.
const IMPORTS: &str = "    const import0 = {\n        __proto__: null,\n";

const FETCH: &str = "import { fetchPart } from \"./part.js\";\n";

/// What links a part to the rest, and then tells the rest whether it is there.
const LOAD: &str = "
function loadPart(url, callback, data) {
    fetchPart(url, () => ({ __wasm_split: {
SHARED    } })).then((there) => wasm.__indirect_function_table.get(callback)(data, there));
}
";

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::path::PathBuf;

    use super::{IMPORTS, Parted, shared};
    use crate::glue::used_exports;

    const SCRIPT: &str = "const { __indirect_function_table, memory,  } = initSync(undefined);";

    fn parted() -> Parted {
        Parted { main: PathBuf::new(), later: Vec::new(), shared: shared(SCRIPT).unwrap() }
    }

    #[test]
    fn the_script_says_what_the_parts_share() {
        assert_eq!(shared(SCRIPT).unwrap(), ["__indirect_function_table", "memory"]);
        assert!(shared("nothing").is_err());
    }

    #[test]
    fn the_glue_fetches_the_parts_itself() {
        let glue = format!(
            "import * as import1 from \"./__wasm_split.js\"\n\nfunction get() {{\n{IMPORTS}    }};\n    \
             return {{\n        \"./g_bg.js\": import0,\n        \"./__wasm_split.js\": import1,\n    }};\n}}\n"
        );
        let linked = parted().linked(&glue).unwrap();
        assert!(!linked.contains("import1"), "{linked}");
        assert!(linked.contains("        __wasm_split_load_calls: function("), "{linked}");
        assert!(linked.contains("\"./calls.wasm\""), "{linked}");
        assert!(used_exports(&linked).contains("memory"), "{linked}");
        assert!(parted().linked("").is_err());
    }
}
