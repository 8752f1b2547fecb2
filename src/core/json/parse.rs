//! JSON text to a tree (RFC 8259), and nothing that the grammar does not allow.
//!
//! For pages alone, where every kilobyte is loaded by every visitor. The tests hold it against
//! serde_json, which parses everywhere else.

use super::Json;

/// The deepest nesting that is read: the parser recurses, and the stack of a page is small.
const DEEPEST: usize = 128;

/// One value and nothing but blanks around it, or the line and column of the mistake.
pub(super) fn document(text: &str) -> Result<Json, (usize, usize)> {
    let mut parser = Parser { text, at: 0 };
    parser.document().ok_or_else(|| parser.place())
}

/// Where the parser is. `None` means that what stands there cannot stand there.
struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn document(&mut self) -> Option<Json> {
        let value = self.value(0)?;
        self.blanks();
        (self.at == self.text.len()).then_some(value)
    }

    /// Line and column of the place, from 1.
    fn place(&self) -> (usize, usize) {
        let (mut line, mut column) = (1, 1);
        for (at, letter) in self.text.bytes().enumerate() {
            if at == self.at {
                break;
            }
            column += 1;
            if letter == b'\n' {
                line += 1;
                column = 1;
            }
        }
        (line, column)
    }

    fn value(&mut self, depth: usize) -> Option<Json> {
        self.blanks();
        match self.peek() {
            b'{' | b'[' => self.nested(depth),
            b'"' => self.string().map(Json::Text),
            b'-' | b'0'..=b'9' => self.number(),
            b'n' => self.word("null", Json::Null),
            b't' => self.word("true", Json::Bool(true)),
            _ => self.word("false", Json::Bool(false)),
        }
    }

    /// An object or a list.
    fn nested(&mut self, depth: usize) -> Option<Json> {
        let named = self.peek() == b'{';
        let close = if named { b'}' } else { b']' };
        let (mut members, mut items) = (Vec::new(), Vec::new());
        if depth == DEEPEST {
            return None;
        }
        self.at += 1;
        self.blanks();
        let mut more = !self.eat(close);
        while more {
            if named {
                self.blanks();
                let name = self.string()?;
                self.blanks();
                self.expect(b':')?;
                members.push((name, self.value(depth + 1)?));
            } else {
                items.push(self.value(depth + 1)?);
            }
            self.blanks();
            more = self.eat(b',');
            if !more {
                self.expect(close)?;
            }
        }
        Some(if named { Json::Object(members) } else { Json::List(items) })
    }

    fn string(&mut self) -> Option<String> {
        self.expect(b'"')?;
        let mut string = String::new();
        loop {
            let from = self.at;
            while !matches!(self.peek(), b'"' | b'\\' | 0..=0x1f) {
                self.at += 1;
            }
            string.push_str(self.text.get(from..self.at)?);
            if self.eat(b'"') {
                return Some(string);
            }
            self.expect(b'\\')?;
            string.push(self.escaped()?);
        }
    }

    fn escaped(&mut self) -> Option<char> {
        let letter = match self.peek() {
            plain @ (b'"' | b'\\' | b'/') => plain,
            b'b' => 0x8,
            b't' => b'\t',
            b'n' => b'\n',
            b'f' => 0xc,
            b'r' => b'\r',
            b'u' => return self.unicode(),
            _ => return None,
        };
        self.at += 1;
        Some(char::from(letter))
    }

    /// `u` and four digits; for what UTF-16 needs two units for, both.
    fn unicode(&mut self) -> Option<char> {
        let mut code = self.unit()?;
        if (0xd800..0xdc00).contains(&code) {
            self.expect(b'\\')?;
            let low = self.unit()?.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
            code = 0x1_0000 + ((code - 0xd800) << 10) + low;
        }
        char::from_u32(code)
    }

    fn unit(&mut self) -> Option<u32> {
        self.expect(b'u')?;
        let mut unit = 0;
        for _ in 0..4 {
            unit = unit * 16 + char::from(self.peek()).to_digit(16)?;
            self.at += 1;
        }
        Some(unit)
    }

    fn number(&mut self) -> Option<Json> {
        let negative = self.eat(b'-');
        let whole = self.digits()?;
        if whole.len() > 1 && whole.starts_with('0') {
            return None;
        }
        let mut decimal = false;
        if self.eat(b'.') {
            decimal = true;
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            decimal = true;
            let _sign = self.eat(b'+') || self.eat(b'-');
            self.digits()?;
        }
        let whole = whole.parse::<u64>().ok().filter(|_| !decimal);
        let number = match (whole, negative) {
            (Some(whole), false) => Some(Json::Natural(whole)),
            (Some(0) | None, _) => None,
            (Some(whole), true) => 0_i64.checked_sub_unsigned(whole).map(Json::Negative),
        };
        Some(number.unwrap_or(Json::Decimal))
    }

    /// At least one.
    fn digits(&mut self) -> Option<&'a str> {
        let from = self.at;
        while self.peek().is_ascii_digit() {
            self.at += 1;
        }
        self.text.get(from..self.at).filter(|digits| !digits.is_empty())
    }

    fn word(&mut self, word: &str, value: Json) -> Option<Json> {
        for letter in word.bytes() {
            self.expect(letter)?;
        }
        Some(value)
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), b' ' | b'\t' | b'\n' | b'\r') {
            self.at += 1;
        }
    }

    fn expect(&mut self, letter: u8) -> Option<()> {
        self.eat(letter).then_some(())
    }

    fn eat(&mut self, letter: u8) -> bool {
        let there = self.peek() == letter;
        if there {
            self.at += 1;
        }
        there
    }

    /// What stands here; at the end a 0, which may stand nowhere.
    fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::Json;

    fn agree(text: &str) {
        let other = serde_json::from_str::<Json>(text).ok();
        assert_eq!(super::document(text).ok(), other, "{text:?}");
    }

    #[test]
    fn what_may_stand_in_a_text_is_read_as_another_parser_reads_it_and_nothing_else_is() {
        for text in [
            "",
            " ",
            "0",
            "-0",
            "00",
            "-01",
            "7",
            "-7",
            "+7",
            "7.",
            ".7",
            "7.5",
            "7e",
            "7e5",
            "7E+5",
            "7e-5",
            "7e+",
            "-",
            "18446744073709551615",
            "18446744073709551616",
            "-9223372036854775808",
            "-9223372036854775809",
            "null",
            "nul",
            "nulll",
            "true",
            "false",
            "True",
            "[]",
            "[ ]",
            "[,]",
            "[1,]",
            "[1 2]",
            "[1,2",
            "{}",
            "{ }",
            "{,}",
            r#"{"a"}"#,
            r#"{"a":}"#,
            r#"{"a":1,}"#,
            r#"{"a":1}"#,
            r#"{a:1}"#,
            r#"{"a":1 "b":2}"#,
            r#" { "a" : [ { } , "b" ] } "#,
            "[]]",
            "[] x",
            "\u{feff}1",
            "\u{a0}1",
            "1\0",
            "\0",
            r#""""#,
            r#"""#,
            r#""\""#,
            r#""\"\\\/\b\f\n\r\t""#,
            r#""\x""#,
            r#""\u00e8""#,
            r#""\u00E8""#,
            r#""\u00g8""#,
            r#""\u00""#,
            r#""\u+0e8""#,
            r#""\ud83d\ude00""#,
            r#""\ud83d""#,
            r#""\ud83d\n""#,
            r#""\ude00""#,
            r#""\ud83d\ud83d""#,
            r#""\u0000""#,
            "\"a\nb\"",
            "\"a\tb\"",
            "\"a\u{7f}b\u{2028}\"",
            "\"è€😀\"",
            "'a'",
            "// a\n1",
            "NaN",
        ] {
            agree(text);
        }
    }

    #[test]
    fn a_message_cut_short_or_with_a_letter_changed_is_read_as_another_parser_reads_it() {
        let text = r#"{"id":-12,"a":[true,null,{"text":"\u00e8\ud83d\ude00\n€"},0.5e1],"b":{}}"#;
        for (at, _) in text.char_indices() {
            agree(&text[..at]);
            for other in ["", "0", "\"", "\\", "{", "]", ",", " ", "\n", "-", "u", "\u{1}"] {
                agree(&format!("{}{other}{}", &text[..at], &text[at..]));
            }
        }
    }

    #[test]
    fn a_mistake_has_a_line_and_a_column_and_bottomless_nesting_is_one() {
        assert_eq!(super::document("{\n  oops"), Err((2, 3)));
        for nested in ["[", "{\"a\":"] {
            assert!(super::document(&nested.repeat(100_000)).is_err());
        }
    }
}
