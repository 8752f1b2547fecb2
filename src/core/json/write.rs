/// Writes a JSON object, member by member.
///
/// Names are ours and need no escapes; texts are anybody's and get them (RFC 8259, section 7).
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Writer {
    text: String,
}

impl Writer {
    /// An object without members.
    pub(crate) fn new() -> Self {
        Self { text: "{".to_owned() }
    }

    /// A text.
    #[inline(never)]
    pub(crate) fn text(&mut self, name: &str, text: &str) {
        self.name(name);
        self.quote(text);
    }

    /// A text, if there is one.
    pub(crate) fn optional(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(name, text);
        }
    }

    /// A whole number.
    pub(crate) fn number(&mut self, name: &str, number: u64) {
        self.name(name);
        self.text.push_str(&number.to_string());
    }

    /// `true` or `false`.
    pub(crate) fn flag(&mut self, name: &str, flag: bool) {
        self.name(name);
        self.text.push_str(if flag { "true" } else { "false" });
    }

    /// A member that was written before.
    pub(crate) fn member(&mut self, name: &str, object: &Self) {
        self.name(name);
        self.text.push_str(&object.text);
        self.end();
    }

    /// Begins an object that is a member.
    pub(crate) fn object(&mut self, name: &str) {
        self.name(name);
        self.text.push('{');
    }

    /// Begins a list that is a member.
    pub(crate) fn list(&mut self, name: &str) {
        self.name(name);
        self.text.push('[');
    }

    /// Begins an object that is an item of the list.
    pub(crate) fn item(&mut self) {
        self.part();
        self.text.push('{');
    }

    /// A text that is an item of the list.
    pub(crate) fn word(&mut self, text: &str) {
        self.part();
        self.quote(text);
    }

    /// Ends the innermost object.
    pub(crate) fn end(&mut self) {
        self.text.push('}');
    }

    /// Ends the innermost list.
    pub(crate) fn end_list(&mut self) {
        self.text.push(']');
    }

    /// The text of the whole object.
    pub(crate) fn finish(mut self) -> String {
        self.end();
        self.text
    }

    fn name(&mut self, name: &str) {
        self.part();
        self.quote(name);
        self.text.push(':');
    }

    /// A comma, except before the first.
    fn part(&mut self) {
        if !matches!(self.text.as_bytes().last(), Some(b'{' | b'[')) {
            self.text.push(',');
        }
    }

    fn quote(&mut self, text: &str) {
        self.text.push('"');
        for letter in text.chars() {
            match letter {
                '"' | '\\' => {
                    self.text.push('\\');
                    self.text.push(letter);
                }
                '\0'..='\x1f' => {
                    self.text.push_str("\\u00");
                    for nibble in [u32::from(letter) >> 4, u32::from(letter) & 15] {
                        self.text.push(char::from_digit(nibble, 16).unwrap_or('0'));
                    }
                }
                _ => self.text.push(letter),
            }
        }
        self.text.push('"');
    }
}

/// What only the JavaScript library writes.
#[cfg(any(test, all(feature = "js", target_arch = "wasm32")))]
impl Writer {
    /// A number, to the third decimal; what is none is left out.
    pub(crate) fn decimal(&mut self, name: &str, number: f64) {
        if number.is_finite() {
            #[expect(clippy::cast_possible_truncation, reason = "a cast from a float saturates")]
            let thousandths = (number * 1000.0).round() as i64;
            self.name(name);
            let sign = if thousandths < 0 { "-" } else { "" };
            let (whole, rest) = (thousandths.abs() / 1000, thousandths.abs() % 1000);
            // Printing a float the general way costs a page ten kilobytes.
            self.text.push_str(&format!("{sign}{whole}.{rest:03}"));
        }
    }

    /// A whole number, which may be negative.
    pub(crate) fn integer(&mut self, name: &str, number: i64) {
        self.name(name);
        self.text.push_str(&number.to_string());
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::Writer;

    #[test]
    fn members_items_and_nothing_at_all_are_parted_by_commas_where_json_wants_them() {
        let mut writer = Writer::new();
        writer.object("empty");
        writer.end();
        writer.list("list");
        for at in 0..2 {
            writer.item();
            writer.number("at", at);
            writer.end();
        }
        writer.end_list();
        writer.list("words");
        writer.word("a");
        writer.word("\"");
        writer.end_list();
        writer.integer("below", -1);
        writer.decimal("half", -0.5);
        writer.decimal("third", 1.0 / 3.0);
        writer.decimal("none", f64::NAN);
        writer.optional("absent", None);
        writer.flag("last", true);
        assert_eq!(
            writer.finish(),
            r#"{"empty":{},"list":[{"at":0},{"at":1}],"words":["a","\""],"below":-1,"half":-0.500,"third":0.333,"last":true}"#
        );
        assert_eq!(Writer::new().finish(), "{}");
    }

    #[test]
    fn every_text_comes_back_as_it_was() {
        let all: String = (0..0x300).chain(0x1_f600..0x1_f610).filter_map(char::from_u32).collect();
        for text in [&all, "", "\"", "\\", "a\n\tb\u{7f}\u{2028}", "ends with a bracket {"] {
            let mut writer = Writer::new();
            writer.text("text", text);
            writer.flag("next", false);
            let written = writer.finish();
            let read: serde_json::Value = serde_json::from_str(&written).unwrap();
            assert_eq!(read["text"], *text, "{written}");
            assert_eq!(read["next"], false, "{written}");
        }
    }
}
