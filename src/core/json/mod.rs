//! JSON as a tree, the reading of its fields by name, and the writing of objects.
//!
//! serde_json parses, within its own limit of 128 levels. Its tree, with sorted maps and numbers of
//! every kind that can be printed again, would be a tenth of what a page loads. In a page even its
//! parser is too much, four kilobytes of a hundred and twenty: there `parse` does the same in a sixth
//! of that, and the tests hold it against serde_json.

mod field;
#[cfg(any(test, target_arch = "wasm32", feature = "page-json"))]
mod parse;
#[cfg(any(test, not(any(target_arch = "wasm32", feature = "page-json"))))]
mod tree;
mod write;

pub(crate) use field::{Field, Notes, quote};
pub(crate) use write::Writer;

/// A JSON value (RFC 8259).
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    /// A whole number from 0 on.
    Natural(u64),
    /// A whole number below 0.
    Negative(i64),
    /// Any other number. Nothing here is measured in fractions, so its value is not kept.
    Decimal,
    Text(String),
    List(Vec<Self>),
    /// In the order they were written; of two members of one name the last counts.
    Object(Vec<(String, Self)>),
}

impl Json {
    /// Reads a text.
    ///
    /// # Errors
    /// It is no JSON: the line and column, from 1, at which that was seen.
    pub(crate) fn parse(text: &str) -> Result<Self, (usize, usize)> {
        #[cfg(any(target_arch = "wasm32", feature = "page-json"))]
        return parse::document(text);
        #[cfg(not(any(target_arch = "wasm32", feature = "page-json")))]
        return serde_json::from_str(text).map_err(|error| (error.line(), error.column()));
    }

    /// The member of that name. `null` is the same as absent.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        let found = members.iter().rev().find(|(known, _)| known == name);
        found.and_then(|(_, value)| value.present())
    }

    const fn present(&self) -> Option<&Self> {
        if matches!(self, Self::Null) { None } else { Some(self) }
    }
}

#[cfg(test)]
mod tests {
    use super::Json;

    #[test]
    fn every_kind_of_value_has_its_place_in_the_tree() {
        let text = r#"{ "a": [null, true, 7, -7, 7.5, 1e3, "\u00e8"], "b": {} }"#;
        let list = vec![
            Json::Null,
            Json::Bool(true),
            Json::Natural(7),
            Json::Negative(-7),
            Json::Decimal,
            Json::Decimal,
            Json::Text("è".to_owned()),
        ];
        let object =
            vec![("a".to_owned(), Json::List(list)), ("b".to_owned(), Json::Object(Vec::new()))];
        assert_eq!(Json::parse(text), Ok(Json::Object(object)));
    }

    #[test]
    fn null_is_absent_and_the_last_of_two_counts() {
        let json = Json::parse(r#"{ "a": null, "b": 1, "b": 2 }"#);
        let get = |name| json.as_ref().ok().and_then(|json| json.get(name));
        assert_eq!((get("a"), get("b"), get("c")), (None, Some(&Json::Natural(2)), None));
    }

    #[test]
    fn a_mistake_has_a_line_and_a_column_and_bottomless_nesting_is_one() {
        assert_eq!(Json::parse("{\n  oops"), Err((2, 3)));
        assert!(Json::parse(&"[".repeat(100_000)).is_err());
        assert!(Json::parse(&"{\"a\":".repeat(100_000)).is_err());
    }
}
