use super::rules::at_most;
use crate::core::error::Error;
use crate::core::json::Field;
use crate::core::model::CustomerInfo;

/// The longest name, address or number of a customer, in characters (docs/protocol.md, "Limits").
pub const CUSTOMER_TEXT_MAX: usize = 128;

/// Reads a customer. The reference demands a display name; who has none is anonymous here, so that
/// a page whose visitor is not logged in keeps its widget.
#[inline(never)]
pub(super) fn read(field: &Field<'_>) -> CustomerInfo {
    field.known(&CustomerInfo::NAMES);
    let mut customer = CustomerInfo::default();
    for (name, text) in CustomerInfo::NAMES.into_iter().zip(customer.texts_mut()) {
        *text = field.string(name).map(Into::into);
    }
    if customer.customer_display_name.is_none() {
        let name = field.get("customerDisplayName");
        name.warn("is missing: the operator sees an anonymous contact");
    }
    customer
}

pub(super) fn check(customer: &CustomerInfo) -> Result<(), Error> {
    for (name, text) in customer.texts() {
        at_most(CUSTOMER_TEXT_MAX, text, &|| format!("customerInfo.{name}"))?;
    }
    Ok(())
}
