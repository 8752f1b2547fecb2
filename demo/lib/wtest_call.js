// An audio call: its session, its states, the microphone.
//
// The library rings at an operator's and says what becomes of it. Sound itself comes with a later
// release of the library; what is here stays as it is then.
import { showCall, toggle } from "./call.js";
import { enable, log, onClick, onStart } from "./page.js";

/** @type {import("tvox-widget").Widget | undefined} */
let widget;

/** The call that runs, "" if there is none. */
let sessionId = "";

onStart(async ({ url, service, name, mail }) => {
  widget?.disconnect();
  widget = new TvoxWidget.Widget({
    // Without `webrtc` every call is refused.
    server: { url, webrtc: { enabled: true } },
    servicesConfiguration: [{ type: "PHONE_CALL", services: [{ code: service, description: service }] }],
  });
  widget.client.connectionEvent.subscribe((event) => log("connectionEvent", event));

  // The monitor says what becomes of the call. While there is none, it says nothing.
  widget.callChannelSessionMonitor().subscribe((call) => {
    log("callChannelSessionMonitor", call);
    showCall(call);
    if (call.state === "IDLE") over();
  });

  widget.sendCustomerIdentifier("PHONE_CALL", service);
  enable("settings", false);
  try {
    // Without a name the operator sees an anonymous call.
    sessionId = await widget.callChannelSessionNew(service, name || undefined, mail || undefined);
  } catch (error) {
    over();
    throw error;
  }
  log("callChannelSessionNew", sessionId);
  enable("controls", true);
});

onClick("mute-audio", async (button) => {
  // The call begins with the microphone on; each time turns it off or on again.
  if (await widget?.client.webrtc.toggleAudioMute(sessionId)) toggle(button);
});

onClick("hang-up", async () => {
  // True: it is closed. The monitor says IDLE as well, as when the operator hangs up.
  log("callChannelSessionClose", await widget?.callChannelSessionClose(sessionId));
});

function over() {
  widget?.callChannelSessionMonitorStop();
  sessionId = "";
  enable("controls", false);
  enable("settings", true);
}
