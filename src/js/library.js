// The documented JavaScript library: everything that a page or a program may import, by name.
//
// How an entry is made of it (`cargo xtask dist`):
//
// * The module's glue stands beside this file as `tvox-widget-core-glue.js`, made by wasm-bindgen with
//   `--target web --out-name tvox-widget-core-glue`. The other files of this folder stand beside it too.
// * Nothing here initialises the module. The entry does, before it lets anybody make a `Widget`:
//   the ES module with `await init({ module_or_path: url })`, the classic script with
//   `initSync({ module: bytes })`, Node with the same and the bytes of the file.
//   `init` and `initSync` are the glue's default and named export; an entry must use the same instance of
//   the glue as this file, so it imports both and is bundled, or nothing is.
// * Importing this file touches no DOM and does no work: it is safe where there is neither a page nor
//   WebAssembly yet.
//
// The types, with the documentation of everything here: `types.d.ts`.
export {
  CallState, ChatChannelEventMessageStatus, ChatMessageType, ConfigurationStatus, Direction,
  IceGatherPolicy, MultiChannelState, MultiChannelStepType, MultiChannelType,
  ServiceConfigurationStatus, ServiceStatusValue, TrickleIcePolicy,
} from "./enums.js";
export { TvoxError } from "./error.js";
export { Observable } from "./observable.js";
export { ChatSession } from "./chat.js";
export { WidgetClient } from "./client.js";
export { WebRTCManager } from "./webrtc.js";
export { Widget } from "./widget.js";
