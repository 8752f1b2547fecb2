use super::rules::at_most;
use crate::core::error::Error;
use crate::core::json::{Field, quote};
use crate::core::model::{Form, FormFieldKind};

/// The most fields of a form, and the longest of its texts in characters (docs/protocol.md, "Limits").
const FIELDS_MAX: usize = 32;
const TEXT_MAX: usize = 1000;

/// What is asked before a contact, as far as the configuration says; `form` in JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ServiceForm {
    /// The configuration is silent: the server is asked.
    #[default]
    Server,
    /// `false`: nothing, the visitor stays anonymous. The server is not asked.
    Nothing,
    /// This.
    Asked(Form),
}

/// The member `form`: a form, or `false`.
#[inline(never)]
pub(super) fn read_choice(field: &Field<'_>) -> ServiceForm {
    let form = field.get("form");
    if !form.is_present() {
        ServiceForm::Server
    } else if form.is_false() {
        ServiceForm::Nothing
    } else {
        form.known(&["fields", "consent"]);
        ServiceForm::Asked(Form::read(&form))
    }
}

/// What a site owner may have got wrong; `path` is where the form stands.
pub(super) fn check(form: &ServiceForm, path: &dyn Fn() -> String) -> Result<(), Error> {
    let ServiceForm::Asked(form) = form else { return Ok(()) };
    if form.fields.len() > FIELDS_MAX {
        let expected = format!("at most {FIELDS_MAX} fields");
        let field = format!("{}.fields", path());
        return Err(Error::mistake(&field, &expected, form.fields.len().to_string()));
    }
    for (at, field) in form.fields.iter().enumerate() {
        let of = |name: &str| format!("{}.fields[{at}].{name}", path());
        if field.key.is_empty() {
            return Err(Error::mistake(&of("key"), "a name", "an empty text".to_owned()));
        }
        if let FormFieldKind::Unknown(kind) = &field.kind {
            let names: Vec<&str> = FormFieldKind::ALL.iter().map(FormFieldKind::as_str).collect();
            let expected = format!("one of {}", names.join(", "));
            return Err(Error::mistake(&of("type"), &expected, quote(kind)));
        }
        if field.kind == FormFieldKind::Select && field.options.is_empty() {
            return Err(Error::mistake(
                &of("options"),
                "something to choose",
                "nothing".to_owned(),
            ));
        }
        at_most(TEXT_MAX, &field.key, &|| of("key"))?;
        at_most(TEXT_MAX, field.label.as_deref().unwrap_or_default(), &|| of("label"))?;
    }
    let text = form.consent.as_ref().map_or("", |consent| &consent.text);
    at_most(TEXT_MAX, text, &|| format!("{}.consent.text", path()))
}
