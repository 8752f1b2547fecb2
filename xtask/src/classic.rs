//! The classic script where there is no Node, and so no esbuild to make it: the modules one after the
//! other in one file, each in a function of its own. Larger than esbuild's, and the same to a page.
//!
//! By lines: our scripts and wasm-bindgen's glue write `import` and `export` at the beginning of a line
//! and nowhere else. What is written otherwise is an error, not a guess.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::files::{read, read_text};
use crate::problem::{Problem, Result};

/// The script that runs `entry`, of the modules in `folder`, and puts what it exports under the global
/// name `name`.
///
/// # Errors
/// A module is missing, imports or exports in an unknown way, or imports itself by way of others.
pub(crate) fn link(folder: &Path, entry: &str, name: &str) -> Result<String> {
    let mut linked = Linked { folder, done: Vec::new(), open: Vec::new(), script: String::new() };
    linked.add(entry)?;
    let entry = linked.place(entry)?;
    Ok(format!(
        "var {name} = (() => {{\n\"use strict\";\n{}return Object.freeze(m{entry});\n}})();\n",
        linked.script
    ))
}

struct Linked<'a> {
    folder: &'a Path,
    /// Modules that are in the script: the one at place 3 is the constant `m3` there.
    done: Vec<String>,
    /// Those whose imports are being added.
    open: Vec<String>,
    script: String,
}

impl Linked<'_> {
    fn add(&mut self, name: &str) -> Result<()> {
        if self.done.iter().any(|done| done == name) {
            return Ok(());
        }
        if self.open.iter().any(|open| open == name) {
            return Err(Problem::new(format!("{name} imports itself, by way of {:?}", self.open)));
        }
        self.open.push(name.to_owned());
        let path = self.folder.join(name);
        let body = if name.ends_with(".wasm") { binary(&path)? } else { self.module(&path)? };
        self.open.pop();
        let place = self.done.len();
        self.done.push(name.to_owned());
        self.script += &format!("// {name}\nconst m{place} = (() => {{\n{body}}})();\n");
        Ok(())
    }

    /// A module as the body of a function that returns what it exports.
    fn module(&mut self, path: &Path) -> Result<String> {
        let text = read_text(path)?;
        let (mut imports, mut body, mut exports) = (String::new(), String::new(), Vec::new());
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let is_import = line.starts_with("import ");
            if is_import || line.starts_with("export {") || line.starts_with("export *") {
                let mut statement = line.to_owned();
                while !statement.ends_with(';') {
                    let next = lines.next().ok_or_else(|| unknown(path, line))?;
                    statement.push(' ');
                    statement.push_str(next.trim());
                }
                if is_import {
                    imports += &self.import(&statement).ok_or_else(|| unknown(path, line))??;
                } else {
                    exports.push(self.export(&statement).ok_or_else(|| unknown(path, line))??);
                }
            } else if let Some(declaration) = line.strip_prefix("export ") {
                exports.push(declared(declaration).ok_or_else(|| unknown(path, line))?);
                body += &format!("{declaration}\n");
            } else {
                body += &format!("{line}\n");
            }
        }
        Ok(format!("{imports}{body}return {{ {} }};\n", exports.join(", ")))
    }

    /// `import a, { b as c } from "./d.js";` as a declaration; `None` if it is of another shape.
    fn import(&mut self, statement: &str) -> Option<Result<String>> {
        let (what, from) = statement.strip_prefix("import ")?.rsplit_once(" from ")?;
        let from = local(from)?;
        let pattern = if let Some(name) = what.strip_prefix("* as ") {
            name.to_owned()
        } else {
            let (default, named) = match what.split_once('{') {
                Some((default, named)) => (default.trim_end_matches([',', ' ']), named),
                None => (what, "}"),
            };
            let mut names = renamed(named.strip_suffix('}')?, ": ");
            if !default.is_empty() {
                names.insert(0, format!("default: {default}"));
            }
            format!("{{ {} }}", names.join(", "))
        };
        Some(
            self.add(from)
                .and_then(|()| Ok(format!("const {pattern} = m{};\n", self.place(from)?))),
        )
    }

    /// `export { a as b } from "./c.js";`, the same of what is here, and `export * from "./c.js";` as
    /// members of an object; `None` if it is of another shape.
    fn export(&mut self, statement: &str) -> Option<Result<String>> {
        let what = statement.strip_prefix("export ")?;
        let Some((what, from)) = what.rsplit_once(" from ") else {
            let names = what.strip_prefix('{')?.strip_suffix("};")?;
            return Some(Ok(members(names, "")));
        };
        let from = local(from)?;
        let names = match what {
            "*" => None,
            names => Some(names.strip_prefix('{')?.strip_suffix('}')?),
        };
        Some(self.add(from).and_then(|()| {
            let place = self.place(from)?;
            Ok(names
                .map_or_else(|| format!("...m{place}"), |it| members(it, &format!("m{place}."))))
        }))
    }

    fn place(&self, name: &str) -> Result<usize> {
        let place = self.done.iter().position(|done| done == name);
        place.ok_or_else(|| Problem::new(format!("{name} is not in the script")))
    }
}

/// A file's bytes as the body of a function that returns them as a module's default export.
fn binary(path: &Path) -> Result<String> {
    let text = STANDARD.encode(read(path)?);
    Ok(format!(
        "const text = atob(\"{text}\");\nreturn {{ default: Uint8Array.from(text, (byte) => byte.charCodeAt(0)) }};\n"
    ))
}

/// The names that a declaration declares, as members of an object.
fn declared(declaration: &str) -> Option<String> {
    let kinds = ["const ", "class ", "function ", "async function "];
    let rest = kinds.iter().find_map(|kind| declaration.strip_prefix(kind))?;
    if let Some(pattern) = rest.strip_prefix('{') {
        let (names, _) = pattern.split_once('}')?;
        let plain = names.split(',').all(|name| is_name(name.trim()));
        return plain.then(|| names.trim().to_owned());
    }
    let end = rest.find(|letter: char| !is_name_letter(letter)).unwrap_or(rest.len());
    is_name(&rest[..end]).then(|| rest[..end].to_owned())
}

/// `a, b as c` as `b: a`-like members, each value preceded by `of`.
fn members(names: &str, of: &str) -> String {
    let member = |name: &str| match name.split_once(" as ") {
        Some((inside, outside)) => format!("{outside}: {of}{inside}"),
        None => format!("{name}: {of}{name}"),
    };
    each(names).map(member).collect::<Vec<_>>().join(", ")
}

/// `a, b as c` with another word for ` as `.
fn renamed(names: &str, word: &str) -> Vec<String> {
    each(names).map(|name| name.replace(" as ", word)).collect()
}

fn each(names: &str) -> impl Iterator<Item = &str> {
    names.split(',').map(str::trim).filter(|name| !name.is_empty())
}

/// The file that `"./file";` names.
fn local(from: &str) -> Option<&str> {
    from.strip_prefix("\"./")?.strip_suffix("\";")
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(is_name_letter)
}

fn is_name_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '$')
}

fn unknown(path: &Path, line: &str) -> Problem {
    Problem::new(format!("{}: `{line}` is of a shape that cannot be linked", path.display()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::link;

    fn linked(modules: &[(&str, &str)]) -> Result<String, String> {
        let name = format!("tvox-classic-{:?}", std::thread::current().id());
        let folder = std::env::temp_dir().join(name).join(std::process::id().to_string());
        std::fs::create_dir_all(&folder).unwrap();
        for (name, text) in modules {
            std::fs::write(folder.join(name), text).unwrap();
        }
        let script = link(&folder, modules[0].0, "It").map_err(|problem| problem.to_string());
        std::fs::remove_dir_all(&folder).unwrap();
        script
    }

    #[test]
    fn every_module_is_there_once_and_before_those_that_import_it() {
        let script = linked(&[
            (
                "entry.js",
                "import * as all from \"./b.js\";\nexport * from \"./b.js\";\nall.run();\n",
            ),
            (
                "b.js",
                "import bytes, {\n  one as two, three,\n} from \"./c.js\";\nexport { three } from \"./c.js\";\nexport const { run } = two;\n",
            ),
            ("c.js", "export class one {}\nconst a = 3;\nexport { a as three, a as default };\n"),
        ]);
        let expected = "var It = (() => {\n\"use strict\";\n\
            // c.js\nconst m0 = (() => {\nclass one {}\nconst a = 3;\nreturn { one, three: a, default: a };\n})();\n\
            // b.js\nconst m1 = (() => {\nconst { default: bytes, one: two, three } = m0;\nconst { run } = two;\n\
            return { three: m0.three, run };\n})();\n\
            // entry.js\nconst m2 = (() => {\nconst all = m1;\nall.run();\nreturn { ...m1 };\n})();\n\
            return Object.freeze(m2);\n})();\n";
        assert_eq!(script.unwrap(), expected);
    }

    #[test]
    fn a_module_may_be_bytes() {
        let script = linked(&[
            ("entry.js", "import bytes from \"./a.wasm\";\nexport const size = bytes.length;\n"),
            ("a.wasm", "\0asm"),
        ]);
        assert!(script.unwrap().contains("atob(\"AGFzbQ==\")"));
    }

    #[test]
    fn what_is_not_understood_is_an_error_that_shows_the_line() {
        for line in [
            "export default 3;",
            "import \"./b.js\";",
            "import { a } from \"elsewhere\";",
            "export const [a] = b;",
            "export let a = 3;",
        ] {
            let problem = linked(&[("entry.js", line), ("b.js", "")]).unwrap_err();
            assert!(problem.contains(line), "{problem}");
        }
        let circle =
            [("a.js", "import { b } from \"./b.js\";"), ("b.js", "import { a } from \"./a.js\";")];
        assert!(linked(&circle).unwrap_err().contains("imports itself"));
        assert!(linked(&[("a.js", "import { b } from \"./absent.js\";")]).is_err());
    }
}
