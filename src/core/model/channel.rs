use super::wire_enum;

wire_enum! {
    /// The ways to reach an operator (reference, `MultiChannelType`).
    ChannelType {
        /// Audio call.
        PhoneCall = "PHONE_CALL",
        /// Video call.
        Video = "VIDEO",
        /// Text chat.
        Chat = "CHAT",
        /// Ticket by mail.
        Mail = "MAIL",
        /// The operator calls back.
        Callback = "CALLBACK",
    }
}

wire_enum! {
    /// How a channel or a service stands in the server's configuration (reference,
    /// `ConfigurationStatus`; its `ServiceConfigurationStatus` takes the same values).
    ConfigurationStatus {
        /// Switched off.
        Disabled = "DISABLED",
        /// Switched on.
        Enabled = "ENABLED",
        /// Not known to the server.
        NotFound = "NOT_FOUND",
        /// The server's licence does not cover it.
        NoLicense = "NO_LICENSE",
        /// The server could not tell.
        Failed = "FAILED",
    }
}
