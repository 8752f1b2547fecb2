// How the pages of the audio and the video call show a call.
import { show, showState } from "./page.js";

/** @typedef {import("tvox-widget").CallChannelSession} CallChannelSession what both monitors tell */

/** Names of the call's states, as a visitor would say it. */
const STATES = new Map([
  ["NEW_OUTBOUND", "Calling"],
  ["NEW_INBOUND", "The operator calls"],
  ["CONNECTED", "In a call"],
  ["CONFERENCED", "In a conference"],
  ["HOLD", "On hold"],
  ["IDLE", "The call is over"],
]);

/** @type {ReturnType<typeof setInterval> | undefined} */
let clock;

/** @param {CallChannelSession} call */
export function showCall(call) {
  const { id, sessionState, step, state } = call;
  const isTalk = state === "CONNECTED" || state === "CONFERENCED" || state === "HOLD";
  const place = step?.type === "QUEUE" && step.queuePosition ? `, position ${step.queuePosition}` : "";
  showState(STATES.get(state ?? "") ?? state ?? "Unknown", isTalk);
  show("screen-text", call.agent && isTalk ? call.agent.name : (STATES.get(state ?? "") ?? "") + place);
  show("session", id);
  show("session-state", sessionState ?? "–");
  show("step", step?.type ? step.type + place : "–");
  show("call-state", state ?? "–");
  // The next call begins with everything on again.
  if (state === "IDLE")
    for (const button of document.querySelectorAll("[aria-pressed]")) button.setAttribute("aria-pressed", "false");

  clearInterval(clock);
  if (call.start) {
    // `start` and `time` are both by the server's clock: this machine's may be wrong.
    const before = Date.parse(call.time ?? call.start) - Date.parse(call.start);
    const since = Date.now();
    const tick = () => show("duration", duration(before + Date.now() - since));
    tick();
    if (isTalk) clock = setInterval(tick, 1000);
  }
}

/** @param {import("tvox-widget").CallMedia} media how sound and picture are */
export function showMedia({ phase, quality, blocked }) {
  const line = quality
    ? `${quality.level} of 5, ${Math.round(quality.roundTripMs ?? 0)} ms, ${(100 * quality.loss).toFixed(1)} % lost`
    : "–";
  show("media", blocked ? `${phase}: click anywhere to hear` : phase);
  show("quality", line);
}

/** @param {HTMLButtonElement} button */
export function toggle(button) {
  button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
}

/** @param {number} milliseconds @returns {string} 1:05 */
function duration(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
