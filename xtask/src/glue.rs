//! Cutting from wasm-bindgen's glue what no page of ours calls.
//!
//! By lines: wasm-bindgen is pinned, and writes each top-level item, and each function that it hands
//! to the module, from a line of its own to one that closes it at the same depth.

use std::collections::HashSet;

use crate::problem::{Problem, Result};

/// The glue without the classes whose names begin with `prefix`.
///
/// # Errors
/// There is no such class, or something else names one.
pub(crate) fn without_classes(glue: &str, prefix: &str) -> Result<String> {
    let class = format!("export class {prefix}");
    // What disposes of its objects, and what does so when they are forgotten.
    let symbol = format!("if (Symbol.dispose) {prefix}");
    let registry = format!("const {prefix}");
    let mut kept = String::with_capacity(glue.len());
    let mut end = None;
    for line in glue.split_inclusive('\n') {
        let text = line.trim_end();
        if end.is_none() {
            end = if text.starts_with(&class) {
                Some("}")
            } else if text.starts_with(&symbol) || text.starts_with(&registry) {
                Some(";")
            } else {
                kept.push_str(line);
                continue;
            };
        }
        let closing = if end == Some("}") { text == "}" } else { text.ends_with(';') };
        if closing {
            end = None;
        }
    }
    if !glue.contains(&class) || kept.contains(prefix) || end.is_some() {
        return Err(Problem::new(format!(
            "the glue does not have its {prefix}… classes where they can be cut out"
        )));
    }
    Ok(kept)
}

/// The names of the module's exports that the glue uses.
pub(crate) fn used_exports(glue: &str) -> HashSet<&str> {
    let after = glue.split("wasm.").skip(1);
    let name = |text: &'_ str| {
        text.find(|letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '_' | '$')))
    };
    after.map(|text| &text[..name(text).unwrap_or(text.len())]).collect()
}

/// The glue without the functions that the module does not import any more: `imported` has the names
/// of those that it does.
///
/// # Errors
/// The glue does not hand its functions to the module one by one.
pub(crate) fn without_imports(glue: &str, imported: &HashSet<String>) -> Result<String> {
    let mut kept = String::with_capacity(glue.len());
    let (mut cutting, mut seen) = (false, 0);
    for line in glue.split_inclusive('\n') {
        let entry = line.strip_prefix("        ").filter(|entry| !entry.starts_with(' '));
        let function = entry.and_then(|entry| entry.split_once(": function("));
        if let Some((name, _)) = function.filter(|_| !cutting) {
            seen += usize::from(imported.contains(name));
            cutting = !imported.contains(name);
        }
        if !cutting {
            kept.push_str(line);
        }
        // `},`, or `}, arguments); },` where errors are caught, or all in one line.
        let whole = function.is_some() && line.trim_end().ends_with("},");
        if whole || entry.is_some_and(|entry| entry.starts_with('}')) {
            cutting = false;
        }
    }
    if cutting || seen != imported.len() {
        return Err(Problem::new("the glue does not have its imports where they can be cut out"));
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::HashSet;

    use super::{used_exports, without_classes, without_imports};

    const GLUE: &str = "\
export class Gone {
    free() {
        wasm.__wbg_gone_free(this.ptr);
    }
}
if (Symbol.dispose) Gone.prototype[Symbol.dispose] = Gone.prototype.free;

export class Stays {
    free() {
        wasm.__wbg_stays_free(this.ptr);
    }
}
if (Symbol.dispose) Stays.prototype[Symbol.dispose] = Stays.prototype.free;

const GoneFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_gone_free(ptr, 1));
const memory = wasm.memory.buffer;
";

    #[test]
    fn a_class_goes_with_what_belongs_to_it_and_others_stay() {
        let less = without_classes(GLUE, "Gone").unwrap();
        assert!(
            !less.contains("gone") && less.contains("wasm.__wbg_stays_free(this.ptr);\n    }\n}")
        );
        assert!(less.contains("if (Symbol.dispose) Stays") && less.contains("wasm.memory.buffer;"));
        assert_eq!(used_exports(&less), HashSet::from(["__wbg_stays_free", "memory"]));
    }

    #[test]
    fn a_glue_of_another_shape_is_an_error() {
        assert!(without_classes(GLUE, "Absent").is_err());
        assert!(without_classes(&format!("{GLUE}new Gone();\n"), "Gone").is_err());
        assert!(without_classes(&GLUE.replace("\n}\n", "\n  }\n"), "Gone").is_err());
    }

    const IMPORTS: &str = "\
    const import0 = {
        __proto__: null,
        __wbg_a_1: function(arg0) {
            return arg0;
        },
        __wbg_b_2: function() { return handleError(function (arg0) {
            return { a: arg0,
            };
        }, arguments); },
        __wbg_c_3: function() {},
    };
";

    #[test]
    fn functions_that_are_not_imported_go() {
        let of = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let less = without_imports(IMPORTS, &of(&["__wbg_a_1", "__wbg_c_3"])).unwrap();
        assert!(less.contains("__wbg_a_1") && less.contains("__wbg_c_3"), "{less}");
        assert!(!less.contains("__wbg_b_2") && !less.contains("arguments"), "{less}");
        assert!(less.starts_with("const import0") && less.ends_with("    };\n"), "{less}");
        let only = without_imports(IMPORTS, &of(&["__wbg_b_2"])).unwrap();
        assert!(!only.contains("__wbg_a_1") && !only.contains("__wbg_c_3"), "{only}");
        assert!(only.contains("}, arguments); },\n    };\n"), "{only}");
        assert!(without_imports(IMPORTS, &of(&["__wbg_d_4"])).is_err());
    }
}
