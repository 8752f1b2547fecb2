// A browser as far as a call needs one: peer connections that keep the rules of JSEP (RFC 8829) about
// states, rollback and transceivers, and do nothing else.

/** A microphone's or a camera's track. */
export class Track extends EventTarget {
  enabled = true;
  readyState = "live";

  constructor(kind) {
    super();
    this.kind = kind;
  }

  getSettings() {
    return { deviceId: `a ${this.kind}` };
  }

  stop() {
    this.readyState = "ended";
  }
}

class Transceiver {
  mid = null;
  currentDirection = null;

  constructor(kind, track, byTrack) {
    this.byTrack = byTrack;
    this.direction = track ? "sendrecv" : "recvonly";
    this.receiver = { track: new Track(kind) };
    this.sender = {
      track,
      setStreams: () => {},
      replaceTrack: async (other) => {
        this.sender.track = other;
      },
    };
  }

  get kind() {
    return this.receiver.track.kind;
  }
}

/** Descriptions are `v=0 <kinds>`; `v=0 bad` cannot be applied. */
export class PeerConnection {
  static all = [];
  signalingState = "stable";
  connectionState = "new";
  localDescription = null;
  remoteDescription = null;
  candidates = [];
  #transceivers = [];
  #needed = false;

  constructor(configuration) {
    this.configuration = configuration;
    PeerConnection.all.push(this);
  }

  getTransceivers() {
    return [...this.#transceivers];
  }

  getConfiguration() {
    return this.configuration;
  }

  setConfiguration(configuration) {
    this.configuration = configuration;
  }

  addTrack(track) {
    this.#transceivers.push(new Transceiver(track.kind, track, true));
    this.need();
  }

  /** The browser would like to negotiate; it says so again after what is under way. */
  need() {
    this.#needed = true;
    queueMicrotask(() => {
      if (!this.#needed || this.signalingState !== "stable") return;
      this.#needed = false;
      this.onnegotiationneeded?.({});
    });
  }

  async setRemoteDescription({ type, sdp }) {
    await null;
    if (sdp.includes("bad")) throw new DOMException("no such codec", "OperationError");
    if (type === "answer") {
      if (this.signalingState !== "have-local-offer") throw new DOMException("no offer", "InvalidStateError");
      this.#settle();
    } else {
      if (this.signalingState === "have-local-offer") this.#rollBack();
      this.signalingState = "have-remote-offer";
      for (const kind of sdp.split(" ").slice(1)) {
        let one = this.#transceivers.find((known) => known.kind === kind && (known.mid !== null || known.byTrack));
        if (!one) this.#transceivers.push((one = new Transceiver(kind, null, false)));
        if (one.mid !== null) continue;
        one.mid = String(this.#transceivers.indexOf(one));
        this.ontrack?.({ track: one.receiver.track });
      }
    }
    this.remoteDescription = { type, sdp };
  }

  async setLocalDescription() {
    await null;
    const kinds = this.#transceivers.map(({ kind }) => kind).join(" ");
    this.localDescription = { sdp: `v=0 ${kinds}` };
    if (this.signalingState === "have-remote-offer") this.#settle();
    else {
      this.signalingState = "have-local-offer";
      for (const one of this.#transceivers) one.offered = one.mid === null;
      for (const one of this.#transceivers) one.mid ??= String(this.#transceivers.indexOf(one));
    }
  }

  async addIceCandidate(candidate) {
    if (!this.remoteDescription) throw new DOMException("too early", "InvalidStateError");
    this.candidates.push(candidate.candidate);
  }

  close() {
    this.connectionState = this.signalingState = "closed";
  }

  /** The browser finds a way. */
  find(line) {
    this.onicecandidate?.({ candidate: line === null ? null : { candidate: line, toJSON: () => ({ candidate: line }) } });
  }

  #rollBack() {
    this.signalingState = "stable";
    for (const one of this.#transceivers) if (one.offered) one.mid = null;
    this.#needed = this.#transceivers.some((one) => one.offered);
  }

  #settle() {
    this.signalingState = "stable";
    for (const one of this.#transceivers) {
      one.offered = false;
      if (one.mid !== null) one.currentDirection = one.direction;
    }
    if (this.#transceivers.some((one) => one.mid === null)) this.need();
    else this.#needed = false;
  }
}

/** Stands where the page's own stands. */
export class Stream {
  constructor(tracks = []) {
    this.tracks = tracks;
  }

  getTracks() {
    return this.tracks;
  }
}
