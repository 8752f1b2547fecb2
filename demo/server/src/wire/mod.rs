//! What goes over the wires, and nothing of what it means: frames, faults, the values of topics, the calls of visitors and operators.
//!
//! Written from `docs/protocol.md` and `docs/operator-protocol.md`, without a look at the widget's own types, so that a mistake of
//! one reading shows up against the other.

pub mod call;
pub mod desk;
pub mod fault;
pub mod file;
pub mod frame;
pub mod hello;
pub mod id;
pub mod model;
pub mod operator;
pub mod request;
pub mod telephony;
pub mod visitor;

/// The server's and the API's version, as `getVersion` answers them.
pub const VERSION: [&str; 2] = ["10.26.32", "10.26.0"];

/// WebSocket subprotocol of the visitor's wire.
pub const WIDGET_PROTOCOL: &str = "tvox.widget.v1";

/// WebSocket subprotocol of the operator's wire.
pub const OPERATOR_PROTOCOL: &str = "tvox.operator.v1";
