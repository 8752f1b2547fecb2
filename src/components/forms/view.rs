//! What is asked, whether an answer will do, and what becomes of it.

use crate::components::home::view::Channel;
use crate::components::queue::hash;
use crate::core::model::{
    ChannelType, CustomerInfo, Form, FormField, FormFieldKind, FormOption, Private, SessionField,
};

use crate::i18n::Key;

/// The visitor's name, mail address and phone number, as `CustomerInfo` calls them.
pub const NAME: &str = "customerDisplayName";
/// See [`NAME`].
pub const MAIL: &str = "customerValue";
/// See [`NAME`].
pub const PHONE: &str = "customerPhoneNumber";
/// The subject of a mail. A service's own questions have no such names.
pub const SUBJECT: &str = "*subject";
/// What a mail or a callback is about.
pub const MESSAGE: &str = "*message";
/// The time at which the visitor wants to be called; empty: as soon as possible.
pub const WHEN: &str = "*when";
const CONSENT: &str = "*consent";
/// The field in which the server finds the consent (docs/protocol.md).
const CONSENT_FIELD: &str = "consent";

/// The longest answers, in characters (docs/protocol.md, "Limits").
const CUSTOMER_MOST: usize = 128;
const FIELD_MOST: usize = 1000;
const SUBJECT_MOST: usize = 200;
const MESSAGE_MOST: usize = 4000;

/// A question's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Label {
    /// The interface's.
    Text(Key),
    /// The service's own.
    Own(String),
}

/// One question on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Its name: of `CustomerInfo`, of the service, or one of those above.
    pub key: String,
    /// What kind of answer it takes.
    pub kind: FormFieldKind,
    /// What is written above it.
    pub label: Label,
    /// Whether it has to be answered.
    pub required: bool,
    /// What a browser may fill in by itself (HTML, "Autofill").
    pub autocomplete: String,
    /// What can be chosen.
    pub options: Vec<FormOption>,
    /// The longest answer, in characters.
    pub most: usize,
    /// Where more can be read about what is to be agreed to; not checked.
    pub link: Option<String>,
}

/// Why an answer will not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// There is none.
    Missing,
    /// Nothing is chosen.
    Unchosen,
    /// The box is not ticked.
    Unticked,
    /// No mail address.
    Mail,
    /// No phone number; the server's word as well.
    Phone,
    /// So many characters too many.
    Long(usize),
    /// The time is not free any more.
    Taken,
}

impl Mistake {
    /// What the visitor reads.
    #[must_use]
    pub const fn key(self) -> Key {
        match self {
            Self::Missing => Key::FormMissing,
            Self::Unchosen => Key::FormUnchosen,
            Self::Unticked => Key::FormUnticked,
            Self::Mail => Key::FormBadMail,
            Self::Phone => Key::FormBadPhone,
            Self::Long(_) => Key::Excess,
            Self::Taken => Key::CallbackTaken,
        }
    }
}

/// The questions before a contact of a channel: its own, the service's, and what is to be agreed to.
#[must_use]
pub fn questions(channel: Channel, form: Option<&Form>) -> Vec<Question> {
    let asked = form.map(|form| form.fields.as_slice()).unwrap_or_default();
    let (first, last): (&[Needed], &[Needed]) = match channel {
        Channel::Chat | Channel::Video | Channel::PhoneCall => (&[], &[]),
        Channel::Mail => {
            (&[Needed::Name, Needed::Mail], &[Needed::Subject, Needed::Message { required: true }])
        }
        Channel::Callback => {
            (&[Needed::Name, Needed::Phone], &[Needed::Message { required: false }])
        }
    };
    let mut questions = Vec::new();
    for needed in first {
        let question = needed.question();
        let own = asked.iter().find(|field| field.key == question.key);
        questions.push(own.map_or(question.clone(), |own| Question {
            // Whatever the service says, the channel cannot do without it.
            required: question.required || own.required,
            kind: question.kind.clone(),
            ..of_service(own)
        }));
    }
    for field in asked {
        if questions.iter().all(|known| known.key != field.key) {
            questions.push(of_service(field));
        }
    }
    questions.extend(last.iter().map(Needed::question));
    if let Some(consent) = form.and_then(|form| form.consent.as_ref()) {
        questions.push(Question {
            // Of its text: who has agreed to it has not agreed to another.
            key: format!("{CONSENT} {}", hash(&consent.text)),
            kind: FormFieldKind::Checkbox,
            label: Label::Own(consent.text.clone()),
            required: consent.required,
            link: consent.link.clone(),
            ..Needed::Name.question()
        });
    }
    questions
}

/// What a channel needs whatever the service asks.
enum Needed {
    Name,
    Mail,
    Phone,
    Subject,
    Message { required: bool },
}

impl Needed {
    fn question(&self) -> Question {
        use FormFieldKind::{Email, Tel, Text, Textarea};
        let (key, kind, label, required, autocomplete, most) = match self {
            Self::Name => (NAME, Text, Key::FormName, false, "name", CUSTOMER_MOST),
            Self::Mail => (MAIL, Email, Key::FormMail, true, "email", CUSTOMER_MOST),
            Self::Phone => (PHONE, Tel, Key::FormPhone, true, "tel", CUSTOMER_MOST),
            Self::Subject => (SUBJECT, Text, Key::FormSubject, true, "off", SUBJECT_MOST),
            Self::Message { required } => {
                let label = if *required { Key::FormMessage } else { Key::FormAbout };
                (MESSAGE, Textarea, label, *required, "off", MESSAGE_MOST)
            }
        };
        Question {
            key: key.to_owned(),
            kind,
            label: Label::Text(label),
            required,
            autocomplete: autocomplete.to_owned(),
            options: Vec::new(),
            most,
            link: None,
        }
    }
}

fn of_service(field: &FormField) -> Question {
    let own = field.label.clone().filter(|label| !label.trim().is_empty());
    let known = match field.key.as_str() {
        NAME => Some((Key::FormName, "name")),
        MAIL => Some((Key::FormMail, "email")),
        PHONE => Some((Key::FormPhone, "tel")),
        _ => None,
    };
    let label = match (own, known) {
        (Some(own), _) => Label::Own(own),
        (None, Some((key, _))) => Label::Text(key),
        (None, None) => Label::Own(field.key.clone()),
    };
    let autocomplete = field.autocomplete.clone();
    let is_customers = CustomerInfo::NAMES.contains(&field.key.as_str());
    Question {
        key: field.key.clone(),
        kind: field.kind.clone(),
        label,
        required: field.required,
        autocomplete: autocomplete
            .or_else(|| known.map(|(_, token)| token.to_owned()))
            .unwrap_or_default(),
        options: field.options.clone(),
        most: if is_customers { CUSTOMER_MOST } else { FIELD_MOST },
        link: None,
    }
}

impl Question {
    /// Why this answer will not do; `None` if it will.
    #[must_use]
    pub fn mistake(&self, answer: &str) -> Option<Mistake> {
        let answer = answer.trim();
        let given = if self.kind == FormFieldKind::Checkbox {
            answer == "true"
        } else {
            !answer.is_empty()
        };
        if !given {
            let missing = match self.kind {
                FormFieldKind::Checkbox => Mistake::Unticked,
                FormFieldKind::Select => Mistake::Unchosen,
                FormFieldKind::Text
                | FormFieldKind::Email
                | FormFieldKind::Tel
                | FormFieldKind::Textarea
                | FormFieldKind::Unknown(_) => Mistake::Missing,
            };
            return self.required.then_some(missing);
        }
        let excess = answer.chars().count().saturating_sub(self.most);
        if excess > 0 {
            return Some(Mistake::Long(excess));
        }
        match self.kind {
            FormFieldKind::Email => (!is_mail(answer)).then_some(Mistake::Mail),
            FormFieldKind::Tel => (!is_phone(answer)).then_some(Mistake::Phone),
            FormFieldKind::Select => {
                let offered = self.options.iter().any(|option| option.value == answer);
                (!offered).then_some(Mistake::Unchosen)
            }
            FormFieldKind::Text
            | FormFieldKind::Textarea
            | FormFieldKind::Checkbox
            | FormFieldKind::Unknown(_) => None,
        }
    }

    /// Whether it asks to agree to something.
    #[must_use]
    pub fn is_consent(&self) -> bool {
        self.key.starts_with(CONSENT)
    }
}

/// Looks like a mail address. Whether it is one only a mail can tell.
#[must_use]
pub fn is_mail(text: &str) -> bool {
    let Some((name, host)) = text.rsplit_once('@') else { return false };
    let plain = |part: &str| {
        !part.is_empty()
            && part.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"<>,;@\"".contains(c))
    };
    plain(name)
        && plain(host)
        && host.contains('.')
        && host.split('.').all(|label| !label.is_empty())
}

/// Looks like a phone number. Whether it is one, and in which country, the server says.
#[must_use]
pub fn is_phone(text: &str) -> bool {
    // 15 digits at most (E.164), two more for the zeros that stand for the plus.
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let written = |c: char| c.is_ascii_digit() || c.is_whitespace() || "+-()./".contains(c);
    (4..=17).contains(&digits) && text.chars().all(written)
}

/// What goes to the server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// Who asks; `None` leaves it to the configuration.
    pub customer: Option<CustomerInfo>,
    /// What else was answered.
    pub fields: Vec<SessionField>,
}

/// Sorts the answers: who the visitor is, over what the page knows, and the rest.
#[must_use]
pub fn given(
    questions: &[Question],
    answer: &dyn Fn(&str) -> String,
    known: Option<&CustomerInfo>,
) -> Given {
    let mut customer = known.cloned().unwrap_or_default();
    let mut fields = Vec::new();
    for question in questions {
        let answer = answer(&question.key);
        let answer = answer.trim();
        let place = CustomerInfo::NAMES.iter().position(|name| *name == question.key);
        if let Some(text) = place.and_then(|at| customer.texts_mut().into_iter().nth(at)) {
            *text = (!answer.is_empty()).then(|| Private::from(answer));
            continue;
        }
        let key = if question.is_consent() { CONSENT_FIELD } else { &question.key };
        let ticked = question.kind == FormFieldKind::Checkbox;
        let value = if ticked && answer.is_empty() { "false" } else { answer };
        if !value.is_empty() && !key.starts_with('*') {
            fields.push(SessionField { key: key.to_owned(), value: value.into() });
        }
    }
    Given { customer: (!customer.is_empty()).then_some(customer), fields }
}

/// Of which questions the screen says what they are: of the fewer ones.
#[must_use]
pub fn marks_optional(questions: &[Question]) -> bool {
    let optional = questions.iter().filter(|question| !question.required).count();
    optional * 2 <= questions.len()
}

/// The words in which an errand is kept for the next page, and back.
#[must_use]
pub fn kept_errand(text: &str) -> Option<(Channel, String)> {
    let (channel, service) = text.split_once(' ')?;
    Some((Channel::of(&ChannelType::from(channel))?, service.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::model::Consent;

    fn field(key: &str, kind: FormFieldKind, required: bool) -> FormField {
        FormField {
            key: key.to_owned(),
            kind,
            label: None,
            required,
            autocomplete: None,
            options: Vec::new(),
        }
    }

    fn keys(questions: &[Question]) -> Vec<(&str, bool)> {
        questions.iter().map(|question| (question.key.as_str(), question.required)).collect()
    }

    #[test]
    fn a_chat_asks_what_its_service_asks_and_nothing_else() {
        assert!(questions(Channel::Chat, None).is_empty());
        let form = Form { fields: vec![field("order", FormFieldKind::Text, true)], consent: None };
        assert_eq!(keys(&questions(Channel::Chat, Some(&form))), [("order", true)]);
    }

    #[test]
    fn a_mail_asks_what_it_needs_once_whatever_the_service_asks() {
        let form = Form {
            fields: vec![
                field("order", FormFieldKind::Text, false),
                field(MAIL, FormFieldKind::Text, false),
                field(NAME, FormFieldKind::Text, true),
            ],
            consent: Some(Consent { text: "Yes?".to_owned(), link: None, required: true }),
        };
        let asked = questions(Channel::Mail, Some(&form));
        let expected =
            [(NAME, true), (MAIL, true), ("order", false), (SUBJECT, true), (MESSAGE, true)];
        assert_eq!(keys(&asked)[..5], expected);
        assert_eq!(asked[1].kind, FormFieldKind::Email, "a mail is answered to an address");
        assert!(asked[5].is_consent() && asked.len() == 6);
    }

    #[test]
    fn only_what_looks_like_one_is_a_mail_address() {
        for text in ["a@b.it", "mario.rossi+x@sub.example.org", "ü@exämple.org"] {
            assert!(is_mail(text), "{text}");
        }
        for text in [
            "",
            "a",
            "a@b",
            "@b.it",
            "a@",
            "a@b..it",
            "a@.it",
            "a b@c.it",
            "<a@b.it>",
            "a@b@c.it",
            "a@b.it\r\nBcc: c@d.it",
        ] {
            assert!(!is_mail(text), "{text}");
        }
    }

    #[test]
    fn only_what_looks_like_one_is_a_phone_number() {
        for text in ["0422 000000", "+39 (0422) 00.00-00", "0039422000000", "1515"] {
            assert!(is_phone(text), "{text}");
        }
        for text in ["", "123", "zero", "0422 000000 x", "123456789012345678"] {
            assert!(!is_phone(text), "{text}");
        }
    }

    #[test]
    fn each_kind_has_its_own_mistake() {
        let ask = |kind, required| of_service(&field("x", kind, required));
        use FormFieldKind::{Checkbox, Email, Select, Tel, Text, Textarea};
        assert_eq!(ask(Text, true).mistake("  "), Some(Mistake::Missing));
        assert_eq!(ask(Text, false).mistake(""), None);
        assert_eq!(ask(Checkbox, true).mistake("false"), Some(Mistake::Unticked));
        assert_eq!(ask(Checkbox, true).mistake("true"), None);
        assert_eq!(ask(Email, false).mistake("mario"), Some(Mistake::Mail));
        assert_eq!(ask(Tel, false).mistake("mario"), Some(Mistake::Phone));
        assert_eq!(ask(Textarea, false).mistake(&"x".repeat(1002)), Some(Mistake::Long(2)));
        assert_eq!(ask(Select, true).mistake(""), Some(Mistake::Unchosen));
        assert_eq!(ask(Select, false).mistake("none of them"), Some(Mistake::Unchosen));
    }

    #[test]
    fn who_the_visitor_is_goes_over_what_the_page_knows_and_the_rest_into_fields() {
        let form = Form {
            fields: vec![
                field(NAME, FormFieldKind::Text, true),
                field("order", FormFieldKind::Text, false),
                field("empty", FormFieldKind::Text, false),
                field("news", FormFieldKind::Checkbox, false),
            ],
            consent: Some(Consent { text: "Yes?".to_owned(), link: None, required: true }),
        };
        let questions = questions(Channel::Chat, Some(&form));
        let answer = |key: &str| {
            let answers = [(NAME, " Anna "), ("order", "991"), (MESSAGE, "not asked")];
            let found = answers.iter().find(|(known, _)| *known == key).map(|(_, value)| *value);
            if key.starts_with(CONSENT) {
                "true".to_owned()
            } else {
                found.unwrap_or_default().to_owned()
            }
        };
        let known = CustomerInfo {
            customer_display_name: Some("Somebody".into()),
            customer_id: Some("7".into()),
            ..CustomerInfo::default()
        };
        let given = given(&questions, &answer, Some(&known));
        let customer = given.customer.unwrap_or_default();
        let texts: Vec<_> = customer.texts().collect();
        assert_eq!(texts, [(NAME, "Anna"), ("customerId", "7")]);
        let fields: Vec<_> =
            given.fields.iter().map(|field| (&*field.key, field.value.as_str())).collect();
        assert_eq!(fields, [("order", "991"), ("news", "false"), ("consent", "true")]);
    }

    #[test]
    fn the_fewer_questions_are_the_marked_ones() {
        let ask = |required| of_service(&field("x", FormFieldKind::Text, required));
        assert!(marks_optional(&[ask(true), ask(true), ask(false)]));
        assert!(!marks_optional(&[ask(true), ask(false), ask(false)]));
    }

    #[test]
    fn an_errand_is_taken_up_by_the_next_page() {
        assert_eq!(kept_errand("MAIL a b"), Some((Channel::Mail, "a b".to_owned())));
        assert_eq!(kept_errand("TELEX a"), None);
        assert_eq!(kept_errand(""), None);
    }
}
