//! What is done to the WebAssembly module that no tool does: exports that nobody calls are taken out,
//! and functions that resemble each other are put side by side.
//!
//! Of the format only as much is read as that takes (WebAssembly core specification, "Binary
//! Format"); everything else is copied.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::problem::{Problem, Result};

const CUSTOM: u8 = 0;
const IMPORT: u8 = 2;
const FUNCTION: u8 = 3;
const EXPORT: u8 = 7;
const CODE: u8 = 10;

/// Bytes that are compared to see whether two functions are alike.
const SHINGLE: usize = 5;
/// What so many functions have in common says nothing.
const COMMON: usize = 400;

/// A module, section by section.
pub(crate) struct Module<'a> {
    sections: Vec<(u8, &'a [u8])>,
}

impl<'a> Module<'a> {
    /// Takes a module apart.
    ///
    /// # Errors
    /// It is no WebAssembly module of version 1.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self> {
        let mut sections = Vec::new();
        let mut rest = Reader(bytes);
        if rest.take(MAGIC.len())? != MAGIC {
            return Err(strange("it does not begin like one"));
        }
        while !rest.0.is_empty() {
            let id = rest.byte()?;
            let length = rest.number()?;
            sections.push((id, rest.take(length)?));
        }
        Ok(Self { sections })
    }

    /// The module with those of its exports that are named in `wanted`.
    ///
    /// # Errors
    /// It has no such export, or its exports cannot be read.
    pub(crate) fn keep_exports(&self, wanted: &HashSet<&str>) -> Result<Vec<u8>> {
        let mut missing: BTreeSet<&str> = wanted.iter().copied().collect();
        let mut exports = Reader(self.section(EXPORT)?);
        let (mut count, mut kept) = (0, Vec::new());
        for _ in 0..exports.number()? {
            let whole = exports.0;
            let name = exports.name()?;
            exports.byte()?;
            exports.number()?;
            if wanted.contains(name) {
                missing.remove(name);
                count += 1;
                kept.extend_from_slice(&whole[..whole.len() - exports.0.len()]);
            }
        }
        if let Some(name) = missing.first() {
            return Err(strange(&format!("it does not export `{name}`, which the glue calls")));
        }
        let mut body = encoded(count);
        body.append(&mut kept);
        let sections = self
            .sections
            .iter()
            .map(|(id, section)| (*id, if *id == EXPORT { body.as_slice() } else { *section }));
        Ok(written(sections))
    }

    /// The module with what it imports from the module `from` imported from `to`.
    ///
    /// # Errors
    /// It imports nothing from there, or its imports cannot be read.
    pub(crate) fn with_imports_moved(&self, from: &str, to: &str) -> Result<Vec<u8>> {
        let mut imports = Reader(self.section(IMPORT)?);
        let count = imports.number()?;
        let (mut body, mut moved) = (encoded(count), false);
        for _ in 0..count {
            let module = imports.name()?;
            let rest = imports.0;
            imports.name()?;
            let kind = imports.byte()?;
            imports.skip_import(kind)?;
            moved |= module == from;
            let module = if module == from { to } else { module };
            body.extend(encoded(module.len()));
            body.extend_from_slice(module.as_bytes());
            body.extend_from_slice(&rest[..rest.len() - imports.0.len()]);
        }
        if !moved {
            return Err(strange(&format!("it imports nothing from `{from}`")));
        }
        let sections = self
            .sections
            .iter()
            .map(|(id, section)| (*id, if *id == IMPORT { body.as_slice() } else { *section }));
        Ok(written(sections))
    }

    /// The module with a name for each function, so that in the order of the names those that
    /// resemble each other stand side by side: the compression then finds in the one what it has just
    /// seen in the other. `wasm-opt --reorder-functions-by-name` puts them in that order.
    ///
    /// # Errors
    /// Its functions cannot be read.
    pub(crate) fn named_by_likeness(&self) -> Result<Vec<u8>> {
        let imported = self.imported_functions()?;
        let functions = self.functions()?;
        let mut names = vec![String::new(); functions.len()];
        for (rank, function) in by_likeness(&functions).into_iter().enumerate() {
            names[function] = format!("{rank:06}");
        }
        let mut table = encoded(names.len());
        for (at, name) in names.iter().enumerate() {
            table.extend(encoded(imported + at));
            table.extend(encoded(name.len()));
            table.extend_from_slice(name.as_bytes());
        }
        // The section's own name, then the subsection of function names.
        let mut body = NAMES.to_vec();
        body.push(1);
        body.extend(encoded(table.len()));
        body.append(&mut table);
        let is_names = |(id, body): &(u8, &[u8])| *id == CUSTOM && body.starts_with(NAMES);
        let unnamed = self.sections.iter().filter(|section| !is_names(section)).copied();
        Ok(written(unnamed.chain([(CUSTOM, body.as_slice())])))
    }

    fn section(&self, wanted: u8) -> Result<&'a [u8]> {
        let found = self.sections.iter().find(|(id, _)| *id == wanted);
        found.map(|(_, section)| *section).ok_or_else(|| strange("a section is missing"))
    }

    /// How many functions are imported: they are counted first.
    fn imported_functions(&self) -> Result<usize> {
        let mut imports = Reader(self.section(IMPORT)?);
        let mut functions = 0;
        for _ in 0..imports.number()? {
            imports.name()?;
            imports.name()?;
            let kind = imports.byte()?;
            imports.skip_import(kind)?;
            functions += usize::from(kind == OF_FUNCTION);
        }
        Ok(functions)
    }

    /// The functions, each as its type and its body.
    fn functions(&self) -> Result<Vec<(usize, &'a [u8])>> {
        let mut types = Reader(self.section(FUNCTION)?);
        let mut bodies = Reader(self.section(CODE)?);
        let count = types.number()?;
        if bodies.number()? != count {
            return Err(strange("a function has no body"));
        }
        let mut functions = Vec::new();
        for _ in 0..count {
            let kind = types.number()?;
            let length = bodies.number()?;
            functions.push((kind, bodies.take(length)?));
        }
        Ok(functions)
    }
}

/// What an import is, of those that a part of a module has: the rest's memory, table and stack pointer.
const OF_FUNCTION: u8 = 0;
const OF_TABLE: u8 = 1;
const OF_MEMORY: u8 = 2;
const OF_GLOBAL: u8 = 3;

/// How the section of names begins: with its own name.
const NAMES: &[u8] = b"\x04name";
const MAGIC: &[u8] = b"\0asm\x01\0\0\0";

/// An order in which each function is followed by the one most like it of those that are left: by the
/// share of the short stretches of bytes that both have of all that either has, and by half of that of
/// the function before it. Where none is alike, by the one of its type that is next in length.
fn by_likeness(functions: &[(usize, &[u8])]) -> Vec<usize> {
    let shingles: Vec<BTreeSet<&[u8]>> =
        functions.iter().map(|(_, body)| body.windows(SHINGLE).collect()).collect();
    let mut owners: HashMap<&[u8], Vec<usize>> = HashMap::new();
    for (function, shingles) in shingles.iter().enumerate() {
        for shingle in shingles {
            owners.entry(shingle).or_default().push(function);
        }
    }
    owners.retain(|_, owners| owners.len() < COMMON);

    let mut left: BTreeSet<usize> = (0..functions.len()).collect();
    let mut order = Vec::with_capacity(functions.len());
    // What each function shares with the last one.
    let mut shared = vec![0_usize; functions.len()];
    let mut next = left.iter().copied().min_by_key(|function| functions[*function].1.len());
    while let Some(function) = next {
        left.remove(&function);
        order.push(function);
        let before = std::mem::replace(&mut shared, vec![0; functions.len()]);
        for shingle in &shingles[function] {
            for other in owners.get(shingle).into_iter().flatten() {
                shared[*other] += 1;
            }
        }
        let previous = order.iter().rev().nth(1).copied().unwrap_or(function);
        let share = |shared: &[usize], one: usize, other: usize| {
            let either = shingles[one].len() + shingles[other].len() - shared[other];
            // Thousandths of thousandths: a whole number has an order on every machine.
            shared[other] * 1_000_000 / either.max(1)
        };
        let likeness =
            |other: usize| share(&shared, function, other) + share(&before, previous, other) / 2;
        let (kind, body) = functions[function];
        next = left.iter().copied().max_by_key(|other| {
            let (other_kind, other_body) = functions[*other];
            let apart = body.len().abs_diff(other_body.len());
            (likeness(*other), kind == other_kind, std::cmp::Reverse((apart, *other)))
        });
    }
    order
}

fn written<'s>(sections: impl Iterator<Item = (u8, &'s [u8])>) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    for (id, section) in sections {
        bytes.push(id);
        bytes.extend(encoded(section.len()));
        bytes.extend_from_slice(section);
    }
    bytes
}

/// LEB128, seven bits a byte.
fn encoded(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

fn strange(why: &str) -> Problem {
    Problem::new(format!("the WebAssembly module is not as it was expected: {why}"))
}

/// What is left to read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let (taken, rest) =
            self.0.split_at_checked(length).ok_or_else(|| strange("it ends too early"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    fn number(&mut self) -> Result<usize> {
        let mut number = 0;
        for shift in (0..32).step_by(7) {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(strange("a number has no end"))
    }

    /// Goes over what follows an import's kind.
    fn skip_import(&mut self, kind: u8) -> Result<()> {
        match kind {
            OF_FUNCTION => self.number().map(drop),
            OF_GLOBAL => self.take(2).map(drop),
            OF_TABLE | OF_MEMORY => {
                if kind == OF_TABLE {
                    self.byte()?;
                }
                let has_maximum = self.byte()? & 1 == 1;
                self.number()?;
                if has_maximum { self.number().map(drop) } else { Ok(()) }
            }
            _ => Err(strange("it imports what is not known")),
        }
    }

    fn name(&mut self) -> Result<&'a str> {
        let length = self.number()?;
        std::str::from_utf8(self.take(length)?).map_err(|_| strange("a name is not UTF-8"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::HashSet;

    use super::{Module, Reader, by_likeness, encoded, written};

    /// Two functions without parameters and results, exported as `one` and `two`.
    fn module() -> Vec<u8> {
        let sections: [(u8, &[u8]); 7] = [
            (0, b"\x01f"),
            (0, b"\x04name\x01\x01\x00"),
            (1, &[1, 0x60, 0, 0]),
            (2, b"\x01\x01a\x01b\x00\x00"),
            (3, &[2, 0, 0]),
            (7, b"\x02\x03one\x00\x01\x03two\x00\x02"),
            (10, &[2, 2, 0, 0x0b, 3, 0, 0x01, 0x0b]),
        ];
        written(sections.into_iter())
    }

    #[test]
    fn only_the_exports_that_are_wanted_are_kept_and_all_else_stays() {
        let bytes = module();
        let module = Module::read(&bytes).unwrap();
        let less = module.keep_exports(&HashSet::from(["two"])).unwrap();
        let less = Module::read(&less).unwrap();
        assert_eq!(less.section(super::EXPORT).unwrap(), b"\x01\x03two\x00\x02");
        assert_eq!(less.functions().unwrap(), module.functions().unwrap());
    }

    #[test]
    fn an_export_that_is_wanted_and_not_there_is_an_error() {
        let bytes = module();
        let problem = Module::read(&bytes).unwrap().keep_exports(&HashSet::from(["three"]));
        assert!(problem.unwrap_err().to_string().contains("`three`"));
    }

    #[test]
    fn imports_move_to_another_module_with_all_else_in_place() {
        let bytes = module();
        let module = Module::read(&bytes).unwrap();
        let moved = module.with_imports_moved("a", "glue").unwrap();
        let moved = Module::read(&moved).unwrap();
        assert_eq!(moved.section(super::IMPORT).unwrap(), b"\x01\x04glue\x01b\x00\x00");
        assert_eq!(moved.functions().unwrap(), module.functions().unwrap());
        assert!(module.with_imports_moved("c", "glue").is_err());
    }

    #[test]
    fn only_imported_functions_count_among_the_functions() {
        let imports: &[u8] =
            b"\x04\x01s\x01m\x02\x00\x01\x01s\x01t\x01\x70\x01\x02\x03\x01s\x01g\x03\x7f\x01\x01s\x01f\x00\x00";
        let bytes = written([(super::IMPORT, imports)].into_iter());
        assert_eq!(Module::read(&bytes).unwrap().imported_functions().unwrap(), 1);
    }

    #[test]
    fn names_count_on_from_the_imported_functions() {
        let bytes = module();
        let named = Module::read(&bytes).unwrap().named_by_likeness().unwrap();
        let named = Module::read(&named).unwrap();
        let names: &[u8] = b"\x04name\x01\x11\x02\x01\x06000000\x02\x06000001";
        assert_eq!(named.sections.last(), Some(&(super::CUSTOM, names)));
        let features = |module: &Module<'_>| module.section(super::CUSTOM).unwrap().to_vec();
        assert_eq!(features(&named), b"\x01f");
    }

    #[test]
    fn what_is_alike_stands_side_by_side() {
        let bodies: [&[u8]; 5] = [b"----", b"abcdefgh1", b"zyxwvuts1", b"abcdefgh2", b"zyxwvuts22"];
        let functions: Vec<(usize, &[u8])> = bodies.map(|body| (0, body)).to_vec();
        assert_eq!(by_likeness(&functions), [0, 1, 3, 2, 4]);
    }

    #[test]
    fn what_is_no_module_or_half_a_module_is_an_error() {
        let bytes = module();
        assert!(Module::read(b"\0asm\x02\0\0\0").is_err());
        assert!(Module::read(&bytes[..bytes.len() - 1]).is_err());
    }

    #[test]
    fn numbers_are_read_as_they_are_written() {
        for number in [0, 1, 127, 128, 16_383, 16_384, 400_000] {
            assert_eq!(Reader(&encoded(number)).number().unwrap(), number);
        }
        assert!(Reader(&[0x80; 8]).number().is_err());
    }
}
