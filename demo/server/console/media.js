// What this operator gives to a call: microphone, camera, screen. A muted microphone stays open and
// sends silence (headsets switch their mode when it closes); a camera that is off is given back, so
// that its light goes out.

const CAMERA = { width: { ideal: 1_280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
const MICROPHONE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** The operator's own sound and picture in one call. */
export class Media {
  muted = false;
  held = false;
  #tracks = { audioinput: null, videoinput: null, screen: null };
  #asked = { audioinput: 0, videoinput: 0, screen: 0 }; // the newest wish: answers to older ones are given back
  #again = false; // the camera was on when the call was put on hold
  #closed = false;

  /**
   * @param {object} ports
   * @param {import("./devices.js").Devices} ports.devices
   * @param {(kind: "audio" | "video") => void} ports.changed  another track is to be sent
   * @param {(kind: string, error: Error) => void} ports.refused
   */
  constructor(ports) {
    this.ports = ports;
  }

  /** What is to be sent now; nothing while the call is held. A muted microphone sends silence. */
  track(kind) {
    if (kind === "audio") return this.#tracks.audioinput;
    return this.held ? null : this.#picture;
  }

  /** What the operator sees of herself. */
  get preview() {
    return this.held ? null : this.#picture;
  }

  get #picture() {
    return this.#tracks.screen ?? this.#tracks.videoinput;
  }

  get microphone() {
    return this.#tracks.audioinput !== null;
  }

  get camera() {
    return this.#tracks.videoinput !== null;
  }

  get screen() {
    return this.#tracks.screen !== null;
  }

  /** What the visitor may be told. */
  get state() {
    return { audio: this.microphone && !this.muted && !this.held, video: this.track("video") !== null };
  }

  /** The device in use, by the kind of a `MediaDeviceInfo`. */
  deviceOf(kind) {
    return this.#tracks[kind]?.getSettings().deviceId;
  }

  /** Takes a device, or another one of its kind; `exact`: this one and no other. */
  async take(kind, exact) {
    const wish = ++this.#asked[kind];
    const { devices } = this.ports;
    // Some systems end the new track with the old one if both are open.
    const had = this.#tracks[kind] !== null;
    if (had) this.#put(kind, null);
    try {
      if (!devices.media) throw new DOMException("not a secure page", "NotSupportedError");
      const only = exact ? { deviceId: { exact } } : {};
      const audio = kind === "audioinput" && { ...devices.constraints(kind, MICROPHONE), ...only };
      const video = kind === "videoinput" && { ...devices.constraints(kind, CAMERA), ...only };
      // One device at a time: a refused camera shall not cost the microphone.
      const stream = await devices.media.getUserMedia({ audio, video });
      this.#took(kind, wish, stream);
      devices.refresh();
    } catch (error) {
      if (wish !== this.#asked[kind] || this.#closed) return;
      if (had) this.ports.changed(kindOf(kind));
      if (exact) await this.take(kind);
      else this.ports.refused(kind, error);
    }
  }

  async share() {
    const wish = ++this.#asked.screen;
    try {
      if (!this.ports.devices.media?.getDisplayMedia) throw new DOMException("no screens here", "NotSupportedError");
      this.#took("screen", wish, await this.ports.devices.media.getDisplayMedia({ video: true, audio: false }));
    } catch (error) {
      if (!this.#closed) this.ports.refused("screen", error);
    }
  }

  /** Gives a device back. */
  give(kind) {
    this.#asked[kind] += 1;
    if (!this.#tracks[kind]) return;
    this.#put(kind, null);
    this.ports.changed(kindOf(kind));
  }

  mute(on) {
    this.muted = on;
    this.#enable();
  }

  /** Nothing is said or shown while the call is held, and the camera's light is off. */
  hold(on) {
    if (this.held === on) return;
    this.held = on;
    this.#enable();
    if (on) {
      this.#again = this.camera;
      this.give("videoinput");
    } else if (this.#again) this.take("videoinput");
    this.ports.changed("video");
  }

  /** Gives everything back; whatever comes late, too. */
  close() {
    this.#closed = true;
    for (const kind of Object.keys(this.#tracks)) this.#put(kind, null);
  }

  #took(kind, wish, stream) {
    const [track] = stream.getTracks();
    if (wish !== this.#asked[kind] || this.#closed) {
      track.stop();
      return;
    }
    this.#put(kind, track);
    if (kind === "videoinput") track.contentHint = "motion";
    if (kind === "screen") track.contentHint = "detail";
    track.addEventListener("ended", () => this.#ended(kind, track));
    this.#enable();
    this.ports.changed(kindOf(kind));
  }

  // Pulled out, taken away by the browser, or a screen that is no longer shared.
  #ended(kind, track) {
    if (this.#tracks[kind] !== track) return;
    this.#put(kind, null);
    this.ports.changed(kindOf(kind));
    if (kind !== "screen") this.take(kind);
  }

  #put(kind, track) {
    const old = this.#tracks[kind];
    this.#tracks[kind] = track;
    old?.stop();
  }

  #enable() {
    const { audioinput } = this.#tracks;
    if (audioinput) audioinput.enabled = !this.muted && !this.held;
  }
}

function kindOf(kind) {
  return kind === "audioinput" ? "audio" : "video";
}
