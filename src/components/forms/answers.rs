//! What the visitor has written into forms: kept for the visit, so that nothing is asked twice.

const RECORD: char = '\u{1e}';
const UNIT: char = '\u{1f}';

/// Answers by the name of their question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers(Vec<(String, String)>);

impl Answers {
    /// Reads what [`write`](Self::write) has written.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let pairs = text.split(RECORD).filter_map(|record| record.split_once(UNIT));
        Self(pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect())
    }

    /// All of them as one text.
    #[must_use]
    pub fn write(&self) -> String {
        let records: Vec<String> =
            self.0.iter().map(|(key, value)| format!("{key}{UNIT}{value}")).collect();
        records.join(&RECORD.to_string())
    }

    /// What was answered; `None` where nothing was written yet, and empty where it was deleted.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }

    /// Sets an answer.
    pub fn set(&mut self, key: &str, value: &str) {
        // The two marks are control characters that no keyboard writes.
        let value: String = value.chars().filter(|c| !matches!(*c, RECORD | UNIT)).collect();
        match self.0.iter_mut().find(|(known, _)| known == key) {
            Some((_, known)) => *known = value,
            None => self.0.push((key.to_owned(), value)),
        }
    }

    /// Forgets an answer.
    pub fn clear(&mut self, key: &str) {
        self.0.retain(|(known, _)| known != key);
    }
}

#[cfg(test)]
mod tests {
    use super::Answers;

    #[test]
    fn what_is_kept_is_read_again_whatever_was_written() {
        let mut answers = Answers::default();
        answers.set("a", "Mario\nRossi = \"x\" | ü");
        answers.set("b", "one\u{1e}two\u{1f}three");
        answers.set("a", "Anna");
        answers.set("c", "");
        assert_eq!(Answers::read(&answers.write()), answers);
        assert_eq!(answers.get("a"), Some("Anna"));
        assert_eq!(answers.get("b"), Some("onetwothree"));
        assert_eq!((answers.get("c"), answers.get("d")), (Some(""), None));
        answers.clear("a");
        assert_eq!(answers.get("a"), None);
        assert_eq!(Answers::read(""), Answers::default());
    }
}
