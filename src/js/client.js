import { text } from "./arguments.js";
import { IceGatherPolicy, TrickleIcePolicy } from "./enums.js";
import { attempt, revive } from "./error.js";
import { handle } from "./held.js";
import { observe } from "./observable.js";
import { WebRTCManager } from "./webrtc.js";

/** The widget's connection. */
export class WidgetClient {
  #widget;

  constructor(widget, videoContainer) {
    this.#widget = widget;
    this.connectionEvent = observe(handle(widget).connected());
    this.connectionState = observe(handle(widget).state(), state);
    this.webrtc = new WebRTCManager(widget);
    this.options = options(handle(widget), videoContainer);
  }

  getServiceStatusForChannel(service, channel) {
    const [code, name] = [text("service", service), text("channel", channel)];
    const widget = handle(this.#widget);
    return observe(attempt(() => widget.status(code, name)));
  }
}

/** The configuration with its defaults, as the reference has it: the two policies are numbers. */
const options = (widget, videoContainer) => {
  const conf = JSON.parse(widget.options());
  const { webrtc } = conf.server;
  if (webrtc) {
    webrtc.trickleIcePolicy = TrickleIcePolicy[webrtc.trickleIcePolicy];
    webrtc.iceGatherPolicy = IceGatherPolicy[webrtc.iceGatherPolicy];
    if (videoContainer) webrtc.videoContainer = videoContainer;
  }
  return conf;
};

const state = (json) => {
  const value = JSON.parse(json);
  if (value.reason) value.reason = revive(value.reason);
  return value;
};
