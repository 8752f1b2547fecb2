// A video call: as the audio call, with a place for the picture and a camera to turn off.
//
// The browser asks for the microphone and the camera, the library rings at an operator's, and when somebody
// answers both sides hear and see each other.
import { showCall, showMedia, toggle } from "./call.js";
import { byId, enable, forget, keep, log, onClick, onReload, onStart, showState } from "./page.js";

/** @type {import("tvox-widget").Widget | undefined} */
let widget;

/** The call that runs, "" if there is none. */
let sessionId = "";

/** The call whose sound and picture this page has. */
let followed = "";

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
    // What lets the visitor come back is kept in this tab: the call outlives a reload.
    persist: "session",
  });
  widget.client.connectionEvent.subscribe((event) => log("connectionEvent", event));

  widget.videoChannelSessionMonitor().subscribe((call) => {
    log("videoChannelSessionMonitor", call);
    showCall(call);
    sessionId = call.id;
    const isInvitation = call.state === "NEW_INBOUND";
    enable("invitation", isInvitation);
    enable("controls", !isInvitation);
    if (call.state === "IDLE") return over();
    // The server keeps a call for half a minute: after a reload sound and picture are arranged anew.
    if (isReloaded && !isInvitation && followed !== call.id) join(call.id);
  });

  if (isWaiting || isReloaded) {
    showState(isWaiting ? "Waiting for a call" : "Back again");
    // The monitor tells of a call that runs by itself. Without one there is nothing to go on with.
    widget.onLoadClientComplete(() => {
      const runs = widget?.openSessions().some(({ channel }) => channel === "VIDEO");
      if (runs || isWaiting) return;
      showState("No call");
      over();
    });
    return;
  }

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
  follow(sessionId);
}

/** @param {string} id a call that the page before had */
async function join(id) {
  followed = id;
  await widget?.joinCall({ id, channel: "VIDEO" });
  follow(id);
}

/**
 * Says how the line is, and shows the visitor's own picture.
 *
 * @param {string} id
 */
function follow(id) {
  followed = id;
  widget?.client.webrtc.media(id).subscribe((media) => {
    showMedia(media);
    if (media.error) log("media", media.error);
  });
  const own = /** @type {HTMLVideoElement} */ (byId("own", HTMLVideoElement));
  widget?.client.webrtc.show(own, id, "own");
}

// An operator with whom the visitor has a conversation may call. It rings until one of these is done.
onClick("accept", async () => {
  followed = sessionId;
  log("acceptCall", await widget?.acceptCall(sessionId));
  follow(sessionId);
});
onClick("decline", async () => log("declineCall", await widget?.declineCall(sessionId)));

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
  if (!isWaiting) {
    widget?.videoChannelSessionMonitorStop();
    forget();
  }
  sessionId = "";
  enable("controls", false);
  enable("settings", true);
}
