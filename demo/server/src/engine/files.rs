//! stub
use super::Engine;
use crate::wire::fault::Fault;
use crate::wire::file::FileCall;
use crate::wire::id::{OperatorId, VisitorId};
use serde_json::value::RawValue;

impl Engine {
    pub(super) fn visitor_file(
        &mut self,
        _visitor: &VisitorId,
        _call: FileCall,
    ) -> Result<Box<RawValue>, Fault> {
        Err(Fault::method("no such method"))
    }

    pub(super) fn operator_file(
        &mut self,
        _operator: &OperatorId,
        _call: FileCall,
    ) -> Result<Box<RawValue>, Fault> {
        Err(Fault::method("no such method"))
    }
}
