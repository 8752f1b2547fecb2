// A video call: as the audio call, with a place for the picture and a camera to turn off.
//
// The library rings at an operator's and says what becomes of it. Sound and picture themselves come
// with a later release of the library; what is here stays as it is then.
import { showCall, toggle } from "./call.js";
import { byId, enable, log, onClick, onStart } from "./page.js";

/** @type {import("tvox-widget").Widget | undefined} */
let widget;

/** The call that runs, "" if there is none. */
let sessionId = "";

onStart(async ({ url, service, name, mail }) => {
  widget?.disconnect();
  widget = new TvoxWidget.Widget({
    server: {
      url,
      webrtc: {
        enabled: true,
        trickleIcePolicy: TvoxWidget.TrickleIcePolicy.FullTrickle,
        iceGatherPolicy: TvoxWidget.IceGatherPolicy.All,
        // The operator's picture is put into this element.
        videoContainer: byId("video", HTMLElement),
      },
    },
    servicesConfiguration: [{ type: "VIDEO", services: [{ code: service, description: service }] }],
  });
  widget.client.connectionEvent.subscribe((event) => log("connectionEvent", event));

  widget.videoChannelSessionMonitor().subscribe((call) => {
    log("videoChannelSessionMonitor", call);
    showCall(call);
    if (call.state === "IDLE") over();
  });

  widget.sendCustomerIdentifier("VIDEO", service);
  enable("settings", false);
  try {
    // Without a name the operator sees an anonymous call.
    sessionId = await widget.videoChannelSessionNew(service, name || undefined, mail || undefined);
  } catch (error) {
    over();
    throw error;
  }
  log("videoChannelSessionNew", sessionId);
  enable("controls", true);
});

// The call begins with microphone and camera on; each call of these turns them off or on again.
// The camera is really let go: its light goes out.
onClick("mute-audio", async (button) => {
  if (await widget?.client.webrtc.toggleAudioMute(sessionId)) toggle(button);
});

onClick("mute-video", async (button) => {
  if (await widget?.client.webrtc.toggleVideoMute(sessionId)) toggle(button);
});

onClick("hang-up", async () => {
  // True: it is closed. The monitor says IDLE as well, as when the operator hangs up.
  log("videoChannelSessionClose", await widget?.videoChannelSessionClose(sessionId));
});

function over() {
  widget?.videoChannelSessionMonitorStop();
  sessionId = "";
  enable("controls", false);
  enable("settings", true);
}
