import { text } from "./arguments.js";
import { answer } from "./error.js";
import { handle } from "./held.js";

/** Microphone and camera of the visitor's calls. */
export class WebRTCManager {
  #widget;

  constructor(widget) {
    this.#widget = widget;
  }

  async toggleAudioMute(sessionId) {
    return answer(handle(this.#widget).toggleAudioMute(text("sessionId", sessionId)));
  }

  async toggleVideoMute(sessionId) {
    return answer(handle(this.#widget).toggleVideoMute(text("sessionId", sessionId)));
  }
}
