use super::reader::{Field, mistake};
use crate::core::error::Error;
use crate::core::model::{CustomerInfo, Private};

/// The longest name, address or number of a customer, in characters (docs/protocol.md, "Limits").
pub const CUSTOMER_TEXT_MAX: usize = 128;

/// The fields of `CustomerInfo`, in the reference's order.
const NAMES: [&str; 7] = [
    "customerDisplayName",
    "customerFirstName",
    "customerLastName",
    "customerId",
    "customerValue",
    "customerPhoneNumber",
    "customerCompany",
];

/// Reads a customer. The reference demands a display name; who has none is anonymous here, so that
/// a page whose visitor is not logged in keeps its widget.
pub(super) fn read(field: &Field<'_>) -> CustomerInfo {
    field.object(&NAMES);
    let text = |at: usize| field.get(NAMES[at]).string().map(Private::new);
    let customer = CustomerInfo {
        customer_display_name: text(0),
        customer_first_name: text(1),
        customer_last_name: text(2),
        customer_id: text(3),
        customer_value: text(4),
        customer_phone_number: text(5),
        customer_company: text(6),
    };
    if customer.customer_display_name.is_none() {
        field.get(NAMES[0]).warn("is missing: the operator sees an anonymous contact");
    }
    customer
}

pub(super) fn check(customer: &CustomerInfo) -> Result<(), Error> {
    let texts = [
        &customer.customer_display_name,
        &customer.customer_first_name,
        &customer.customer_last_name,
        &customer.customer_id,
        &customer.customer_value,
        &customer.customer_phone_number,
        &customer.customer_company,
    ];
    for (name, text) in NAMES.into_iter().zip(texts) {
        let length = text.as_ref().map_or(0, |text| text.chars().count());
        if length > CUSTOMER_TEXT_MAX {
            let expected = format!("at most {CUSTOMER_TEXT_MAX} characters");
            return Err(mistake(&format!("customerInfo.{name}"), &expected, length.to_string()));
        }
    }
    Ok(())
}
