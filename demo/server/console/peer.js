// The operator's half of the negotiation between two browsers. The visitor makes the first offer and
// is the impolite peer of perfect negotiation (W3C WebRTC, 10.7); this one is polite: an offer of the
// visitor's undoes one of ours that is under way. What comes in and what we wish for goes through one
// queue, so that no step sees the half of another.

/** One call's peer connections: one after the other, as the visitor makes new ones. */
export class Peer {
  #ports;
  #pc = null;
  #work = Promise.resolve();
  #newest = 0; // generation of the newest offer of either side
  #theirs = 0; // of the visitor's newest offer
  #ours = 0; // of our newest offer
  #local = 0; // of the description for which candidates are being gathered
  #early = []; // candidates from before there was something to add them to
  #closed = false;

  /**
   * @param {object} ports
   * @param {() => Promise<object[]>} ports.servers      the `RTCIceServer`s of now
   * @param {(configuration: object) => RTCPeerConnection} ports.make
   * @param {(signal: object) => void} ports.send        keeps order; candidates may be joined
   * @param {(kind: string) => MediaStreamTrack | null} ports.track  what is to be sent
   * @param {() => void} ports.onFresh                   a new peer connection: what the old one brought is gone
   * @param {(track: MediaStreamTrack) => void} ports.onTrack
   * @param {(state: string) => void} ports.onState      `RTCPeerConnectionState`
   * @param {(media: {audio: boolean, video: boolean}) => void} ports.onMedia  what of the visitor's is on
   * @param {() => void} ports.onAnswered                the visitor hears from us what to expect
   */
  constructor(ports) {
    this.#ports = ports;
  }

  /** Whether the visitor has made an offer. */
  get met() {
    return this.#theirs > 0;
  }

  get generation() {
    return this.#newest;
  }

  /** Resolves when all that was heard and wished so far is done. */
  get settled() {
    return this.#work;
  }

  /** Takes what the visitor said, one after the other. */
  hear(signal) {
    this.#then(() => this.#take(signal));
  }

  /** What an earlier page of ours has dealt with: only its number counts. */
  skip({ type, gen }) {
    this.#newest = Math.max(this.#newest, gen ?? 0);
    if (type === "offer") this.#theirs = Math.max(this.#theirs, gen);
  }

  /** Sends this track of its kind from now on, or none; where nothing of the kind was agreed, it is offered. */
  replace(kind, track) {
    this.#then(async () => {
      if (!this.#pc?.remoteDescription) return; // when there is something to answer, it is asked for
      const sender = this.#transceiver(kind)?.sender;
      if (sender) await sender.replaceTrack(track);
      else this.#add();
    });
  }

  /**
   * Asks the visitor for a new peer connection. Only one side may look for another way: two restarts at a
   * time leave a browser without sound.
   */
  ask() {
    this.#ports.send({ type: "restart", gen: this.#newest });
  }

  /** Credentials were renewed. */
  renew(servers) {
    try {
      this.#pc?.setConfiguration({ ...this.#pc.getConfiguration(), iceServers: servers });
    } catch {
      // The next peer connection begins with them.
    }
  }

  /** What `RTCPeerConnection.getStats` answers, or nothing where there is no connection. */
  async stats() {
    try {
      return (await this.#pc?.getStats()) ?? null;
    } catch {
      return null; // it was closed meanwhile
    }
  }

  close() {
    this.#closed = true;
    this.#release();
  }

  async #take(signal) {
    const { type } = signal;
    if (type === "offer") await this.#offered(signal);
    else if (type === "answer") await this.#answered(signal);
    else if (type === "candidates") await this.#reachable(signal);
    else if (type === "media") this.#ports.onMedia({ audio: signal.audio, video: signal.video });
    else if (type === "bye") this.#gone();
  }

  async #offered({ gen, sdp, fresh }) {
    if (gen <= this.#theirs || gen < this.#newest) return;
    this.#theirs = this.#newest = gen;
    if (fresh || !this.#pc) await this.#open();
    const pc = this.#pc;
    try {
      await pc.setRemoteDescription({ type: "offer", sdp }); // rolls an offer of ours back
      await this.#addEarly();
      this.#agree();
      this.#local = gen;
      await pc.setLocalDescription();
    } catch (error) {
      if (this.#pc !== pc) return;
      // What cannot be applied to this peer connection may be to another one.
      this.#release();
      this.#ports.onState("failed");
      if (!fresh) this.ask();
      else throw error;
      return;
    }
    if (this.#pc !== pc) return;
    this.#ports.send({ type: "answer", gen, sdp: pc.localDescription.sdp });
    this.#ports.onAnswered();
    this.#add();
  }

  async #answered({ gen, sdp }) {
    if (gen !== this.#ours || this.#pc?.signalingState !== "have-local-offer") return;
    await this.#pc.setRemoteDescription({ type: "answer", sdp });
    await this.#addEarly();
  }

  async #reachable({ gen, candidates }) {
    // Not by the newest offer: what the visitor finds for its own is good while ours is under way.
    if (gen < this.#theirs) return;
    this.#early.push(...candidates.filter(({ candidate }) => candidate !== ""));
    await this.#addEarly();
  }

  async #addEarly() {
    if (!this.#pc?.remoteDescription) return;
    for (const candidate of this.#early.splice(0)) {
      // One of an earlier round, or of a kind that this browser does not know: there are others.
      await this.#pc.addIceCandidate(candidate).catch(() => {});
    }
  }

  /** Of what the visitor offers, all is taken and, once there is something, given. */
  #agree() {
    for (const kind of ["audio", "video"]) {
      const transceiver = this.#transceiver(kind);
      if (!transceiver) continue;
      if (transceiver.direction !== "sendrecv") transceiver.direction = "sendrecv";
      const track = this.#ports.track(kind);
      if (transceiver.sender.track === track) continue;
      if (track) transceiver.sender.setStreams?.(new MediaStream([track]));
      transceiver.sender.replaceTrack(track).catch(() => {});
    }
  }

  /** What the visitor did not offer to take is offered: the picture of a call that began without one. */
  #add() {
    for (const kind of ["audio", "video"]) {
      const track = this.#ports.track(kind);
      // Of what `addTrack` makes, and of that only, an offer of the visitor's takes possession.
      if (track && !this.#transceiver(kind)) this.#pc.addTrack(track, new MediaStream([track]));
    }
  }

  #transceiver(kind) {
    return this.#pc
      .getTransceivers()
      .find((one) => one.receiver.track.kind === kind && one.currentDirection !== "stopped");
  }

  async #open() {
    this.#release();
    const iceServers = await this.#ports.servers();
    if (this.#closed) throw new DOMException("the call is over", "AbortError");
    const pc = this.#ports.make({ iceServers });
    this.#pc = pc;
    const current = (act) => (event) => this.#pc === pc && act(event);
    pc.onnegotiationneeded = current(() => this.#then(() => this.#offer(pc)));
    pc.onicecandidate = current(({ candidate }) => this.#found(candidate));
    pc.ontrack = current(({ track }) => this.#ports.onTrack(track));
    pc.onconnectionstatechange = current(() => this.#ports.onState(pc.connectionState));
    this.#ports.onFresh();
  }

  async #offer(pc) {
    // In the middle of something else the browser asks again when that is done.
    if (this.#pc !== pc || !this.met || pc.signalingState !== "stable") return;
    const gen = this.#newest + (this.#newest % 2 === 0 ? 2 : 1);
    this.#newest = this.#ours = this.#local = gen;
    await pc.setLocalDescription();
    if (this.#pc === pc) this.#ports.send({ type: "offer", gen, sdp: pc.localDescription.sdp });
  }

  #found(candidate) {
    // Firefox says an empty one at the end of each round, both browsers say none at the very end.
    const end = candidate === null;
    if (!end && candidate.candidate === "") return;
    this.#ports.send({ type: "candidates", gen: this.#local, candidates: end ? [] : [candidate.toJSON()], end });
  }

  #gone() {
    this.#release();
    this.#ports.onState("closed");
  }

  #release() {
    const pc = this.#pc;
    this.#pc = null;
    this.#early = [];
    if (!pc) return;
    pc.close();
  }

  #then(step) {
    this.#work = this.#work
      .then(() => !this.#closed && step())
      .catch((error) => !this.#closed && console.warn(`operator console: negotiation: ${error.name}`));
  }
}
