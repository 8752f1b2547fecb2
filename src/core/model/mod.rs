//! Plain data in the documented vocabulary (reference, "Interfaces" and "Enum").
//!
//! It is written as JSON with the reference's names by what is derived here, and read from the wire
//! by `core::rpc`, field by field. Unknown enum values are kept as they came, unknown fields are
//! ignored, absent fields are `None`.

mod call;
mod channel;
mod chat;
mod contact;
mod customer;
mod file;
mod form;
mod ids;
mod media;
mod private;
mod server;
mod service;
mod session;
mod wire_enum;

pub use call::{CallChannelSession, CallRequest, CallState, VideoChannelSession};
pub use channel::{ChannelType, ConfigurationStatus};
pub use chat::{
    ChatChannelEventMessage, ChatMessageStatus, ChatMessageType, Direction, Watermarks,
};
pub use contact::{Callback, CallbackRequest, CallbackSlot, MailRequest};
pub use customer::{CustomerInfo, SessionField};
pub use file::{Attachment, AttachmentState, FileUrl};
pub use form::{Consent, Form, FormField, FormFieldKind, FormOption};
pub use ids::{
    Epoch, FileId, Key, MessageId, RequestId, SessionId, SubscriptionId, VisitorId, VisitorToken,
};
pub use media::{
    Advice, CallMedia, Candidate, Device, DeviceKind, Ice, IceServer, MediaPhase, Quality, Signal,
    Track,
};
pub use private::Private;
pub use server::{FileLimits, Limits, RateLimit};
pub use service::{ServiceStatus, ServiceStatusValue};
pub use session::{
    Agent, ChatChannelSession, ChatRequest, MultiChannelState, OpenSession, Step, StepMedia,
    StepType,
};

pub(crate) use wire_enum::wire_enum;
