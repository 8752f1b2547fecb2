//! Short names between the module and its glue.
//!
//! wasm-bindgen names what the two sides hand each other at length, for people; in the page nobody
//! reads it, and it is four per cent of the download.

use std::collections::{HashMap, HashSet};

use crate::problem::{Problem, Result};

/// The glue with the names that wasm-opt says it has given. `map` is what it prints for
/// `--minify-imports-and-exports-and-modules`: the renamed imports as module, old name, new name, and
/// the exports as old name, new name. All imports are of module `a` afterwards.
///
/// # Errors
/// The map is not what wasm-opt 132 prints, or the glue does not name its module.
pub(crate) fn shorten(glue: &str, map: &str) -> Result<String> {
    let map = Map::parse(map)?;
    let module = format!("\"{}\"", map.module);
    if !glue.contains(&module) {
        return Err(Problem::new(format!("the glue does not import {module}")));
    }
    let mut short = String::with_capacity(glue.len());
    let mut rest = glue;
    while let Some(at) = rest.find(|letter: char| is_first(letter)) {
        short.push_str(&rest[..at]);
        let word = &rest[at..];
        let end = word.find(|letter: char| !is_first(letter) && !letter.is_ascii_digit());
        let (name, after) = word.split_at(end.unwrap_or(word.len()));
        let names = if short.ends_with("wasm.") { &map.exports } else { &map.imports };
        short.push_str(names.get(name).map_or(name, String::as_str));
        rest = after;
    }
    short.push_str(rest);
    Ok(short.replace(&module, "\"a\""))
}

/// What the module still imports, by the old names.
///
/// # Errors
/// The map is not what wasm-opt 132 prints.
pub(crate) fn imported(map: &str) -> Result<HashSet<String>> {
    Ok(Map::parse(map)?.imports.into_keys().collect())
}

struct Map {
    module: String,
    imports: HashMap<String, String>,
    exports: HashMap<String, String>,
}

impl Map {
    fn parse(map: &str) -> Result<Self> {
        let map: Option<serde_json::Value> = serde_json::from_str(map).ok();
        map.and_then(|map| Self::read(&map))
            .ok_or_else(|| Problem::new("wasm-opt named its new names in a way that is not known"))
    }

    fn read(map: &serde_json::Value) -> Option<Self> {
        let rows = |name: &str| map.get(name)?.as_array();
        let text = |row: &serde_json::Value, at: usize| Some(row.get(at)?.as_str()?.to_owned());
        let imports = rows("imports")?;
        let module = text(imports.first()?, 0)?;
        if imports.iter().any(|row| text(row, 0).as_ref() != Some(&module)) {
            return None;
        }
        let imports = imports.iter().map(|row| Some((text(row, 1)?, text(row, 2)?)));
        let exports = rows("exports")?.iter().map(|row| Some((text(row, 0)?, text(row, 1)?)));
        Some(Self {
            module,
            imports: imports.collect::<Option<_>>()?,
            exports: exports.collect::<Option<_>>()?,
        })
    }
}

/// Whether a JavaScript name may begin with it (ASCII: the glue has no other names).
const fn is_first(letter: char) -> bool {
    letter.is_ascii_alphabetic() || letter == '_' || letter == '$'
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{imported, shorten};

    const MAP: &str = r#"{ "imports": [["./g_bg.js", "__wbg_now_1", "$"]],
        "exports": [["memory", "b"], ["__wbg_now_1", "c"]] }"#;

    #[test]
    fn imports_and_exports_get_their_own_new_names() {
        let glue = r#"const import0 = { __wbg_now_1: f }; wasm.memory.x(memory, wasm.__wbg_now_1);
            return { "./g_bg.js": import0 };"#;
        let short = r#"const import0 = { $: f }; wasm.b.x(memory, wasm.c);
            return { "a": import0 };"#;
        assert_eq!(shorten(glue, MAP).unwrap(), short);
    }

    #[test]
    fn a_name_that_only_begins_like_another_is_left_alone() {
        let glue = r#"__wbg_now_12(); my__wbg_now_1(); wasm.memory2; "./g_bg.js""#;
        let short = r#"__wbg_now_12(); my__wbg_now_1(); wasm.memory2; "a""#;
        assert_eq!(shorten(glue, MAP).unwrap(), short);
    }

    #[test]
    fn a_map_of_another_shape_and_a_glue_of_another_module_are_errors() {
        assert!(imported(MAP).unwrap().contains("__wbg_now_1"));
        assert!(imported("{}").is_err());
        assert!(shorten("\"./g_bg.js\"", "{}").is_err());
        assert!(shorten("\"./other_bg.js\"", MAP).is_err());
    }
}
