import { object, text } from "./arguments.js";
import { answer, attempt, revive } from "./error.js";
import { handle } from "./held.js";
import { observe } from "./observable.js";

/** Sound and picture of the visitor's calls. */
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

  media(sessionId) {
    return observe(handle(this.#widget).media(text("sessionId", sessionId)), media);
  }

  get devices() {
    return observe(handle(this.#widget).devices());
  }

  async chooseDevice(kind, deviceId) {
    const [which, id] = [text("kind", kind), text("deviceId", deviceId)];
    await answer(attempt(() => handle(this.#widget).chooseDevice(which, id)));
  }

  async shareScreen(sessionId, on = true) {
    await answer(handle(this.#widget).shareScreen(text("sessionId", sessionId), Boolean(on)));
  }

  async sendTones(sessionId, tones) {
    await answer(handle(this.#widget).sendTones(text("sessionId", sessionId), text("tones", tones)));
  }

  play() {
    handle(this.#widget).play();
  }

  show(video, sessionId, whose = "other") {
    handle(this.#widget).show(object("video", video), text("sessionId", sessionId), whose === "own");
  }
}

const media = (json) => {
  const value = JSON.parse(json);
  if (value.error) value.error = revive(value.error);
  return value;
};
