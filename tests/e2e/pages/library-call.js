// A call by the documented library, with the handles of bare-call.js.
// `?channel=PHONE_CALL`, `?service=…`, `?trickle=HalfTrickle`, `?gather=Relay`, `?begin`: at once, `?refuse`: sound only
// after a click.
import { IceGatherPolicy, TrickleIcePolicy, Widget } from "/widget/core.js";

const query = new URLSearchParams(location.search);
const isVideo = query.get("channel") !== "PHONE_CALL";
const channel = isVideo ? "VIDEO" : "PHONE_CALL";
const byId = (id) => document.getElementById(id);
const place = byId("remote");

// Both browsers let who speaks hear: one that does not is played by the page.
if (query.has("refuse")) {
  let clicked = false;
  addEventListener("click", () => (clicked = true), { capture: true });
  const { play } = HTMLMediaElement.prototype;
  HTMLMediaElement.prototype.play = function () {
    if (clicked || this.muted) return play.call(this);
    return Promise.reject(new DOMException("not before a click", "NotAllowedError"));
  };
}

const times = {};
const mark = (name) => (times[name] ??= performance.now());
// `media` is the newest word of the library about the call, `phases` each one that there was.
const record = { times, state: null, media: null, phases: [], session: null };
globalThis.record = record;

const answer = await fetch("/tvox/widget/config");
const configuration = await answer.json();
configuration.persist = "session";
configuration.server.webrtc = {
  enabled: true,
  trickleIcePolicy: TrickleIcePolicy[query.get("trickle") ?? "FullTrickle"],
  iceGatherPolicy: IceGatherPolicy[query.get("gather") ?? "All"],
  videoContainer: place,
};
const widget = new Widget(configuration);
const { webrtc } = widget.client;
globalThis.widget = widget;

const state = (text) => (byId("state").textContent = record.state = text);

const look = new MutationObserver(() => {
  const video = place.querySelector("video");
  if (!video) return;
  look.disconnect();
  video.requestVideoFrameCallback(() => mark("frame"));
});
look.observe(place, { childList: true, subtree: true });

const follow = (session) => {
  record.session = session;
  webrtc.media(session).subscribe((media) => {
    record.media = media;
    if (record.phases.at(-1) !== media.phase) record.phases.push(media.phase);
    byId("play").disabled = !media.blocked;
  });
};

const monitor = isVideo ? widget.videoChannelSessionMonitor() : widget.callChannelSessionMonitor();
monitor.subscribe((call) => {
  state(call.state);
  if (call.state === "CONNECTED") mark("accepted");
  byId("hang-up").disabled = call.sessionState === "CLOSED";
  byId("call").disabled = call.sessionState !== "CLOSED";
});

const call = async () => {
  byId("call").disabled = true;
  mark("clicked");
  const service = query.get("service") ?? "service0001";
  const begin = isVideo ? "videoChannelSessionNew" : "callChannelSessionNew";
  try {
    follow(await widget[begin](service));
  } catch (error) {
    record.error = { code: error.code, message: error.message, details: error.details };
    state("Refused");
  }
};
byId("call").onclick = call;
byId("hang-up").onclick = () =>
  widget[isVideo ? "videoChannelSessionClose" : "callChannelSessionClose"](record.session);
byId("join").onclick = () => {
  const open = widget.openSessions().find((session) => session.channel === channel);
  follow(open.id);
  return widget.joinCall(open);
};
byId("play").onclick = () => webrtc.play();

widget.onLoadClientComplete(() => {
  const runs = widget.openSessions().some((session) => session.channel === channel);
  byId("call").disabled = runs;
  byId("join").disabled = !runs;
  if (!record.state) state("Ready");
  // By itself: a click would let every sound begin.
  if (query.has("begin") && !runs) call();
});
