// This operator's leg of one call: own sound and picture, the negotiation with the visitor's browser,
// and what comes from there. It lives as long as the contact is his, whatever becomes of the WebSocket.

import { Media } from "./media.js";
import { Peer } from "./peer.js";
import { between, reading } from "./quality.js";
import { Signals } from "./signals.js";
import { LogTopic } from "./topics.js";

const LOOK_MS = 1_000;
/** Nothing came for so long: the visitor, who owns the restart, should have seen to it by then. */
const SILENT_LOOKS = 6;
const ASK_AGAIN_MS = 10_000;
/** Of the time that the relay's credentials hold. */
const RENEW_AFTER = 0.75;
const RENEW_RETRY_MS = 5_000;
/** Pictures that stay away so long are no pictures any more. */
const STALE_LOOKS = 3;

/** One running call. */
export class Leg {
  state = "new"; // RTCPeerConnectionState, of the newest peer connection
  theirs = null; // {audio, video}: what the visitor says is on; null where nothing was said
  sound = null; // MediaStreamTrack of the visitor's
  picture = null; // and the one with a picture
  quality = null; // of the last second
  silenced = false; // the browser wants a click before it plays
  elsewhere = false; // another page of this operator has the call
  fault = null; // {kind, error}: the last device that was refused
  #servers = null;
  #timers = { look: 0, renew: 0 };
  #before = null;
  #quiet = 0;
  #still = 0;
  #askedAt = 0;
  #skipping;
  #owed = false; // a fresh peer connection is to be asked for
  #closed = false;

  /**
   * @param {{id: string, channel: string, resumed: boolean}} call
   *   `resumed`: an earlier page of this operator had the call already
   * @param {object} ports
   * @param {{call: Function, follow: Function, unfollow: Function}} ports.wire
   * @param {import("./devices.js").Devices} ports.devices
   * @param {(configuration: object) => RTCPeerConnection} ports.make
   * @param {() => void} ports.changed
   */
  constructor({ id, channel, resumed }, { wire, devices, make, changed }) {
    Object.assign(this, { id, channel, wire, changed });
    this.#skipping = resumed;
    this.signals = new Signals(id, (method, params) => wire.call(method, params));
    this.media = new Media({
      devices,
      changed: (kind) => this.#give(kind),
      refused: (kind, error) => {
        this.fault = { kind, error };
        changed();
      },
    });
    this.peer = new Peer({
      make,
      servers: () => this.#relays(),
      send: (signal) => this.signals.send(signal),
      track: (kind) => this.media.track(kind),
      onFresh: () => this.#fresh(),
      onTrack: (track) => this.#came(track),
      onState: (state) => this.#became(state),
      onMedia: (theirs) => this.#told(theirs),
      onAnswered: () => this.#tell(),
    });
  }

  /** Opens the devices, and answers as soon as the visitor offers. */
  start() {
    this.#relays();
    this.media.take("audioinput");
    if (this.channel === "VIDEO") this.media.take("videoinput");
    this.wire.follow(
      new LogTopic(
        `signal/${this.id}`,
        {
          append: (events) => {
            for (const event of events) this.#skipping ? this.#skip(event) : this.peer.hear(event);
          },
          replace: () => (this.#owed = this.peer.met),
          passing: () => {},
          live: () => this.#live(),
        },
        (error) => error.reason === "TAKEN_OVER" && this.#lost(),
      ),
    );
    this.#timers.look = setInterval(() => this.#look(), LOOK_MS);
  }

  /** The visitor's picture is there to be seen. */
  get pictured() {
    return Boolean(this.picture && !this.picture.muted && this.theirs?.video !== false && this.#still < STALE_LOOKS);
  }

  /** What the call is held for on the server's word: no sound and no picture, either way. */
  hold(on) {
    this.media.hold(on);
    this.#quiet = 0;
  }

  mute(on) {
    this.media.mute(on);
    this.#tell();
    this.changed();
  }

  close() {
    this.#closed = true;
    clearInterval(this.#timers.look);
    clearTimeout(this.#timers.renew);
    this.wire.unfollow(`signal/${this.id}`);
    this.signals.close();
    this.peer.close();
    this.media.close();
    this.#forget();
  }

  // An earlier page has answered these; this one has nothing to go with the answers.
  #skip(event) {
    this.peer.skip(event);
    if (event.type === "media") this.#told(event);
    this.#owed = this.peer.met;
  }

  #live() {
    this.#skipping = false;
    if (!this.#owed) return;
    this.#owed = false;
    this.#askedAt = Date.now();
    this.peer.ask();
  }

  #lost() {
    this.elsewhere = true;
    this.peer.close();
    this.media.close();
    this.#forget();
    this.changed();
  }

  #give(kind) {
    this.fault = null;
    this.peer.replace(kind, this.media.track(kind));
    this.#tell();
    this.changed();
  }

  /** Tells the visitor what to expect, once there is somebody to tell. */
  #tell() {
    if (this.peer.met) this.signals.send({ type: "media", gen: this.peer.generation, ...this.media.state });
  }

  #told({ audio, video }) {
    this.theirs = { audio, video };
    this.changed();
  }

  #fresh() {
    this.#forget();
    this.state = "connecting";
    this.changed();
  }

  #forget() {
    this.sound = this.picture = this.quality = this.#before = null;
    this.#quiet = this.#still = 0;
  }

  #came(track) {
    if (track.kind === "audio") this.sound = track;
    else this.picture = track;
    for (const event of ["mute", "unmute", "ended"]) track.addEventListener(event, () => this.changed());
    this.changed();
  }

  #became(state) {
    this.state = state;
    if (state === "closed" || state === "failed") this.quality = null;
    this.changed();
  }

  /** The relays to be asked for, fetched once and again before their credentials end. */
  #relays() {
    this.#servers ??= this.wire.call("call.ice", { session: this.id }).then(
      ({ iceServers, iceTtl }) => {
        this.#renewIn(iceTtl * RENEW_AFTER);
        return iceServers ?? [];
      },
      () => {
        this.#renewIn(RENEW_RETRY_MS);
        return [];
      },
    );
    return this.#servers;
  }

  #renewIn(delay) {
    if (this.#closed || !(delay > 0)) return;
    clearTimeout(this.#timers.renew);
    this.#timers.renew = setTimeout(async () => {
      this.#servers = null;
      this.peer.renew(await this.#relays());
    }, delay);
  }

  // No peer connection yet. A visitor who was away while this call was passed on has not heard that there is
  // another browser to offer to.
  #wait() {
    this.#quiet = this.peer.met || this.elsewhere ? 0 : this.#quiet + 1;
    if (this.#quiet < SILENT_LOOKS) return;
    this.#quiet = 0;
    this.peer.ask();
  }

  async #look() {
    const report = await this.peer.stats();
    if (this.#closed) return;
    if (!report) {
      this.#wait();
      return;
    }
    const now = reading(report);
    const passed = this.#before && between(this.#before, now);
    this.#before = now;
    if (!passed) return;
    this.quality = passed.bytes > 0 ? passed : null;
    this.#still = passed.frames > 0 ? 0 : this.#still + 1;
    // Bytes stop long before any state of the browser says so.
    this.#quiet = passed.bytes > 0 || this.media.held ? 0 : this.#quiet + 1;
    const bad = this.#quiet >= SILENT_LOOKS || this.state === "failed";
    if (bad && Date.now() - this.#askedAt > ASK_AGAIN_MS) {
      this.#askedAt = Date.now();
      this.peer.ask();
    }
    this.changed();
  }
}
