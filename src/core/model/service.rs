use serde::Serialize;

use super::{ChannelType, ConfigurationStatus, wire_enum};

wire_enum! {
    /// Whether a service answers now (reference, `ServiceStatusValue`).
    ServiceStatusValue {
        /// Open, with an operator logged in.
        Active = "ACTIVE",
        /// Open, without an operator.
        OutOfService = "OUT_OF_SERVICE",
        /// Outside the service's calendar.
        Overtime = "OVERTIME",
        /// The server could not tell.
        Failed = "FAILED",
    }
}

/// The state of one service on one channel (reference, `ServiceStatus`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceStatus {
    /// How the channel is configured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel_configuration: Option<ConfigurationStatus>,
    /// The channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel_id: Option<ChannelType>,
    /// The service's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// How the service is configured on that channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_configuration: Option<ConfigurationStatus>,
    /// Whether it answers now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ServiceStatusValue>,
}

impl ServiceStatus {
    /// Whether a contact started now would find an operator.
    #[must_use]
    pub fn is_available(&self) -> bool {
        self.status == Some(ServiceStatusValue::Active)
            && matches!(self.channel_configuration, None | Some(ConfigurationStatus::Enabled))
            && matches!(self.service_configuration, None | Some(ConfigurationStatus::Enabled))
    }
}
