// An audio call: its session, its states, the microphone.
//
// The library rings at an operator's and says what becomes of it. Sound itself comes with a later
// release of the library; what is here stays as it is then.
import { showCall, toggle } from "./call.js";
import { enable, forget, keep, log, onClick, onReload, onStart, showState } from "./page.js";

/** @type {import("tvox-widget").Widget | undefined} */
let widget;

/** The call that runs, "" if there is none. */
let sessionId = "";

/** Whether the page waits for an operator to call. */
let isWaiting = false;

onStart((settings) => start(settings, false));
onReload((settings) => start(settings, true));

/**
 * @param {Record<string, string>} settings
 * @param {boolean} isReloaded the page was loaded again, perhaps in the middle of a call
 */
async function start(settings, isReloaded) {
  const { url, service, name, mail, wait } = settings;
  keep(settings);
  isWaiting = wait === "yes";
  widget?.disconnect();
  widget = new TvoxWidget.Widget({
    // Without `webrtc` every call is refused.
    server: { url, webrtc: { enabled: true } },
    servicesConfiguration: [{ type: "PHONE_CALL", services: [{ code: service, description: service }] }],
    // What lets the visitor come back is kept in this tab: the call outlives a reload.
    persist: "session",
  });
  widget.client.connectionEvent.subscribe((event) => log("connectionEvent", event));

  // The monitor says what becomes of the call. While there is none, it says nothing.
  widget.callChannelSessionMonitor().subscribe((call) => {
    log("callChannelSessionMonitor", call);
    showCall(call);
    sessionId = call.id;
    const isInvitation = call.state === "NEW_INBOUND";
    enable("invitation", isInvitation);
    enable("controls", !isInvitation);
    if (call.state === "IDLE") over();
  });

  if (isWaiting || isReloaded) {
    showState(isWaiting ? "Waiting for a call" : "Back again");
    // The monitor tells of a call that runs by itself. Without one there is nothing to go on with.
    widget.onLoadClientComplete(() => {
      const runs = widget?.openSessions().some(({ channel }) => channel === "PHONE_CALL");
      if (runs || isWaiting) return;
      showState("No call");
      over();
    });
    return;
  }

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
}

// An operator with whom the visitor has a conversation may call. It rings until one of these is done.
onClick("accept", async () => log("acceptCall", await widget?.acceptCall(sessionId)));
onClick("decline", async () => log("declineCall", await widget?.declineCall(sessionId)));

onClick("mute-audio", async (button) => {
  // The call begins with the microphone on; each time turns it off or on again.
  if (await widget?.client.webrtc.toggleAudioMute(sessionId)) toggle(button);
});

onClick("hang-up", async () => {
  // True: it is closed. The monitor says IDLE as well, as when the operator hangs up.
  log("callChannelSessionClose", await widget?.callChannelSessionClose(sessionId));
});

function over() {
  if (!isWaiting) {
    widget?.callChannelSessionMonitorStop();
    forget();
  }
  sessionId = "";
  enable("controls", false);
  enable("settings", true);
}
