// The enumerations of the reference, as objects: `MultiChannelType.CHAT === "CHAT"`, and where they
// are numbers both ways: `TrickleIcePolicy.FullTrickle === 2`, `TrickleIcePolicy[2] === "FullTrickle"`.

const words = (...names) => Object.freeze(Object.fromEntries(names.map((name) => [name, name])));

const numbers = (...names) =>
  Object.freeze(Object.fromEntries(names.flatMap((name, at) => [[name, at + 1], [at + 1, name]])));

export const MultiChannelType = words("PHONE_CALL", "VIDEO", "CHAT", "MAIL", "CALLBACK");
export const ConfigurationStatus = words("DISABLED", "ENABLED", "NOT_FOUND", "NO_LICENSE", "FAILED");
export const ServiceConfigurationStatus = ConfigurationStatus;
export const ServiceStatusValue = words("ACTIVE", "OUT_OF_SERVICE", "OVERTIME", "FAILED");
export const ChatChannelEventMessageStatus = words("WROTE", "COMPOSING", "IDLE");
export const ChatMessageType = words("MESSAGE", "CLOSED_SESSION", "OPEN_SESSION");
export const Direction = words("INBOUND", "OUTBOUND");
export const MultiChannelState = words("ACTIVE", "CLOSED");
export const MultiChannelStepType = words(
  "QUEUE", "PLAY", "CONNECTING", "CONNECTED", "TO_URL",
  "INACTIVE_TIMEOUT", "ACTIVE_FROM_TIMEOUT", "MAX_DURATION_TIMEOUT",
);
export const CallState = words(
  "NEW_INBOUND", "NEW_OUTBOUND", "CONNECTED", "CONFERENCED", "HOLD", "IDLE",
);
export const TrickleIcePolicy = numbers("NotSupported", "FullTrickle", "HalfTrickle");
export const IceGatherPolicy = numbers("All", "NoHost", "Relay");
