// The operator's half of a call: what is answered, asked and dropped, in every order in which two browsers
// may speak.

import assert from "node:assert/strict";
import { test } from "node:test";

import { PeerConnection, Stream, Track } from "./browser.js";

globalThis.MediaStream = Stream;

const { mediaWords } = await import("../call.js");
const { refusalWords } = await import("../devices.js");
const { Leg } = await import("../leg.js");
const { Peer } = await import("../peer.js");
const { between, levelOf, opinion, reading } = await import("../quality.js");
const { Signals } = await import("../signals.js");

/** A peer, what it has said, and what it would send. */
function peerOf({ tracks = { audio: new Track("audio"), video: null } } = {}) {
  PeerConnection.all = [];
  const said = [];
  const came = [];
  const peer = new Peer({
    servers: async () => [{ urls: ["stun:example.org"] }],
    make: (configuration) => new PeerConnection(configuration),
    send: (signal) => said.push(signal),
    track: (kind) => tracks[kind],
    onFresh: () => came.push("fresh"),
    onTrack: (track) => came.push(track.kind),
    onState: (state) => came.push(state),
    onMedia: (media) => came.push(media),
    onAnswered: () => {},
  });
  const hear = async (...signals) => {
    for (const signal of signals) peer.hear(signal);
    await rest(peer);
  };
  const kinds = () => said.map(({ type, gen }) => `${type} ${gen}`);
  return { peer, said, came, tracks, hear, kinds, pc: () => PeerConnection.all.at(-1) };
}

/** All that is under way comes to rest. */
async function rest(peer) {
  for (let turn = 0; turn < 10; turn++) {
    await new Promise((done) => setImmediate(done));
    await peer.settled;
  }
}

const offer = (gen, sdp = "v=0 audio", more = {}) => ({ type: "offer", gen, sdp, ...more });
const ways = (gen, ...lines) => ({ type: "candidates", gen, candidates: lines.map((candidate) => ({ candidate })), end: false });

test("nothing is offered into an empty room: the visitor speaks first", async () => {
  const { peer, said } = peerOf();
  peer.replace("audio", new Track("audio"));
  await rest(peer);
  assert.deepEqual(said, []);
  assert.equal(PeerConnection.all.length, 0);
});

test("an offer is answered with its own number, and everything in it is taken and given", async () => {
  const { hear, kinds, pc, tracks } = peerOf({ tracks: { audio: new Track("audio"), video: new Track("video") } });
  await hear(offer(1, "v=0 audio video"));
  assert.deepEqual(kinds(), ["answer 1"]);
  const [audio, video] = pc().getTransceivers();
  assert.deepEqual([audio.direction, video.direction], ["sendrecv", "sendrecv"]);
  assert.deepEqual([audio.sender.track, video.sender.track], [tracks.audio, tracks.video]);
  assert.deepEqual(pc().configuration, { iceServers: [{ urls: ["stun:example.org"] }] });
});

test("a picture is agreed upon before there is a camera, so that it comes without another offer", async () => {
  const { peer, hear, kinds, pc, tracks } = peerOf();
  await hear(offer(1, "v=0 audio video"));
  tracks.video = new Track("video");
  peer.replace("video", tracks.video);
  await rest(peer);
  assert.equal(pc().getTransceivers()[1].sender.track, tracks.video);
  assert.deepEqual(kinds(), ["answer 1"]);
});

test("candidates of a round before the newest are dropped", async () => {
  const { hear, pc } = peerOf();
  await hear(offer(1), ways(1, "late"), ways(1, ""));
  assert.deepEqual(pc().candidates, ["late"]);
  await hear(offer(3, "v=0 audio", { restart: true }), ways(1, "of the round before"), ways(3, "of this round"));
  assert.deepEqual(pc().candidates, ["late", "of this round"]);
});

test("candidates that were told before their offer was applied are added after it", async () => {
  const { peer, hear, pc } = peerOf();
  peer.hear(offer(1));
  peer.hear(ways(1, "right behind"));
  await hear();
  assert.deepEqual(pc().candidates, ["right behind"]);
});

test("an offer that was heard before, or is older than the newest, is dropped", async () => {
  const { hear, kinds } = peerOf();
  await hear(offer(3), offer(3), offer(1));
  assert.deepEqual(kinds(), ["answer 3"]);
});

test("a camera in a call without pictures is offered with an even number, and the answer is taken", async () => {
  const { peer, hear, kinds, pc, tracks } = peerOf();
  await hear(offer(1));
  tracks.video = new Track("video");
  peer.replace("video", tracks.video);
  await rest(peer);
  assert.deepEqual(kinds(), ["answer 1", "offer 2"]);
  assert.equal(pc().signalingState, "have-local-offer");
  await hear({ type: "answer", gen: 2, sdp: "v=0 audio video" });
  assert.equal(pc().signalingState, "stable");
});

test("where two offers cross the visitor's wins, and ours is made again after it", async () => {
  const { peer, hear, kinds, pc, tracks } = peerOf();
  await hear(offer(1));
  tracks.video = new Track("video");
  peer.replace("video", tracks.video);
  await rest(peer);
  await hear(offer(3, "v=0 audio"));
  assert.deepEqual(kinds(), ["answer 1", "offer 2", "answer 3", "offer 4"]);
  await hear({ type: "answer", gen: 2, sdp: "v=0 audio video" });
  assert.equal(pc().signalingState, "have-local-offer", "an answer to what was undone is none");
  await hear({ type: "answer", gen: 4, sdp: "v=0 audio video" });
  assert.equal(pc().signalingState, "stable");
});

test("where both want a picture at once, there is one picture and no second offer", async () => {
  const { peer, hear, kinds, pc, tracks } = peerOf();
  await hear(offer(1));
  tracks.video = new Track("video");
  peer.replace("video", tracks.video);
  await rest(peer);
  await hear(offer(3, "v=0 audio video"));
  assert.deepEqual(kinds(), ["answer 1", "offer 2", "answer 3"]);
  assert.equal(pc().getTransceivers().length, 2);
  assert.equal(pc().getTransceivers()[1].sender.track, tracks.video);
});

test("a fresh offer is answered by a fresh peer connection, and the old one has nothing more to say", async () => {
  const { hear, said, kinds, came } = peerOf();
  await hear(offer(1));
  const [old] = PeerConnection.all;
  await hear(offer(3, "v=0 audio", { fresh: true }));
  assert.equal(PeerConnection.all.length, 2);
  assert.equal(old.signalingState, "closed");
  old.find("candidate:of the old one");
  assert.deepEqual(kinds(), ["answer 1", "answer 3"]);
  PeerConnection.all[1].find("candidate:of the new one");
  assert.deepEqual(said.at(-1), ways(3, "candidate:of the new one"));
  assert.deepEqual(came, ["fresh", "audio", "fresh", "audio"]);
});

test("the camera of a call without pictures is offered again to a fresh peer connection", async () => {
  const { hear, kinds } = peerOf({ tracks: { audio: new Track("audio"), video: new Track("video") } });
  await hear(offer(5, "v=0 audio", { fresh: true }));
  assert.deepEqual(kinds(), ["answer 5", "offer 6"]);
});

test("what cannot be applied is asked for anew; what is fresh and cannot be applied is not asked for again", async () => {
  const { hear, kinds } = peerOf();
  const { warn } = console;
  console.warn = () => {};
  await hear(offer(1), offer(3, "v=0 bad"));
  assert.deepEqual(kinds(), ["answer 1", "restart 3"]);
  await hear(offer(5, "v=0 bad", { fresh: true }));
  assert.deepEqual(kinds(), ["answer 1", "restart 3"]);
  await hear(offer(7, "v=0 audio", { fresh: true }));
  assert.equal(kinds().at(-1), "answer 7");
  console.warn = warn;
});

test("what was found is told with the number of its description, and its end once", async () => {
  const { hear, said, pc } = peerOf();
  await hear(offer(1));
  for (const line of ["candidate:1", "", null]) pc().find(line);
  assert.deepEqual(said.slice(1), [ways(1, "candidate:1"), { type: "candidates", gen: 1, candidates: [], end: true }]);
});

test("a peer that is closed takes nothing more and says nothing more", async () => {
  const { peer, hear, kinds, pc } = peerOf();
  await hear(offer(1));
  peer.close();
  await hear(offer(3));
  pc().find("candidate:1");
  assert.deepEqual(kinds(), ["answer 1"]);
});

/** A wire that the test answers for. */
function wireOf(answer = async () => true) {
  const wire = { calls: [], topics: new Map() };
  wire.call = (method, params) => {
    if (method === "call.ice") return Promise.resolve({ iceServers: [], iceTtl: 600_000 });
    wire.calls.push(structuredClone(params));
    return answer(params, wire.calls.length);
  };
  wire.follow = (topic) => wire.topics.set(topic.name, topic);
  wire.unfollow = (name) => wire.topics.delete(name);
  return wire;
}

const settle = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise((done) => setImmediate(done));
};

test("signals go one at a time and in order, and candidates that gather meanwhile go together", async () => {
  const wire = wireOf();
  const signals = new Signals("k_1", wire.call);
  signals.send({ type: "answer", gen: 1, sdp: "v=0" });
  for (const line of ["one", "two", "three"]) signals.send(ways(1, line));
  signals.send({ type: "candidates", gen: 1, candidates: [], end: true });
  signals.send({ type: "media", audio: true, video: false });
  signals.send({ type: "media", audio: true, video: true });
  await settle();
  assert.deepEqual(
    wire.calls.map(({ type, candidates, end }) => [type, candidates?.length, end]),
    [
      ["answer", undefined, undefined],
      ["candidates", 3, true],
      ["media", undefined, undefined],
    ],
  );
  assert.equal(wire.calls[2].video, true, "of what is on only the newest counts");
});

test("a signal whose answer was lost is repeated under the same key, and a refused one is let go", async () => {
  const answers = [{ retryable: true, retryAfter: 1 }, null, { retryable: false }, null];
  const wire = wireOf(async (_, count) => {
    const refusal = answers[count - 1];
    if (refusal) throw refusal;
    return true;
  });
  const signals = new Signals("k_1", wire.call);
  for (const gen of [1, 3, 5]) signals.send({ type: "answer", gen, sdp: "v=0" });
  for (let turn = 0; turn < 200 && wire.calls.length < 4; turn++) await settle();
  assert.deepEqual(
    wire.calls.map(({ gen }) => gen),
    [1, 1, 3, 5],
  );
  assert.equal(wire.calls[0].key, wire.calls[1].key);
});

/** A leg whose devices are refused, over a wire of the test's. */
function legOf(resumed) {
  PeerConnection.all = [];
  const wire = wireOf();
  const devices = { media: undefined, constraints: () => ({}), refresh: () => {} };
  const make = (configuration) => new PeerConnection(configuration);
  const leg = new Leg({ id: "k_1", channel: "VIDEO", resumed }, { wire, devices, make, changed: () => {} });
  leg.start();
  const told = (...signals) => {
    const result = signals.map((signal, at) => ({ seq: at + 1, ...signal }));
    wire.topics.get("signal/k_1").answered({ epoch: "e_1", recovered: true, more: false, result });
  };
  const types = () => wire.calls.map(({ type }) => type);
  return { leg, wire, told, types };
}

test("an operator whom the browser refuses every device hears and sees the visitor", async () => {
  const { leg, wire, told, types } = legOf(false);
  told(offer(1, "v=0 audio video"));
  await settle();
  assert.deepEqual(types(), ["answer", "media"]);
  assert.deepEqual([wire.calls[1].audio, wire.calls[1].video], [false, false]);
  assert.ok(leg.sound && leg.picture);
  assert.equal(leg.fault.kind, "videoinput");
  leg.close();
  assert.equal(wire.topics.size, 0);
  assert.equal(PeerConnection.all[0].signalingState, "closed");
});

test("a page that was loaded again answers no old offer and asks for a fresh one, once", async () => {
  const { leg, wire, told, types } = legOf(true);
  told(offer(1), ways(1, "old"), { type: "media", audio: false, video: true });
  await settle();
  assert.deepEqual(types(), ["restart"]);
  assert.equal(PeerConnection.all.length, 0);
  assert.deepEqual(leg.theirs, { audio: false, video: true });
  wire.topics.get("signal/k_1").event({ result: { seq: 4, ...offer(3, "v=0 audio", { fresh: true }) } });
  await settle();
  assert.deepEqual(types(), ["restart", "answer", "media"]);
  assert.equal(wire.calls[1].gen, 3);
  leg.close();
});

test("a page that was loaded again before the visitor has offered waits for the offer", async () => {
  const { leg, told, types } = legOf(true);
  told();
  await settle();
  assert.deepEqual(types(), []);
  leg.close();
});

test("a visitor who has not heard of another operator is asked for an offer after some seconds", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const { leg, told, types } = legOf(false);
  told();
  for (let second = 0; second < 5; second++) {
    t.mock.timers.tick(1_000);
    await settle();
  }
  assert.deepEqual(types(), []);
  t.mock.timers.tick(1_000);
  await settle();
  assert.deepEqual(types(), ["restart"]);
  leg.close();
});

test("words say what is wrong with sound and picture, and nothing where all is well", () => {
  const leg = { state: "connected", media: { held: false }, theirs: { audio: true, video: true } };
  const call = { connected: true };
  assert.equal(mediaWords(call, leg), "");
  assert.match(mediaWords(call, { ...leg, theirs: { audio: false, video: true } }), /microphone is off/);
  assert.match(mediaWords(call, { ...leg, state: "disconnected" }), /lost/);
  assert.match(mediaWords(call, { ...leg, media: { held: true } }), /hold/);
  assert.match(refusalWords("videoinput", { name: "NotAllowedError" }), /may not use the camera/);
  assert.match(refusalWords("audioinput", { name: "NotFoundError" }), /No microphone/);
});

test("the better the line, the better the opinion of it, between one and four and a half", () => {
  const good = opinion({ tripMs: 20, jitterMs: 2, loss: 0 });
  const lossy = opinion({ tripMs: 20, jitterMs: 2, loss: 0.1 });
  const slow = opinion({ tripMs: 600, jitterMs: 60, loss: 0 });
  assert.ok(good > 4.3 && good < 4.5, String(good));
  assert.ok(good > lossy && good > slow);
  assert.equal(opinion({ tripMs: 20, jitterMs: 2, loss: 1 }), 1);
  assert.deepEqual([4.4, 4.1, 3.7, 3.1, 2].map(levelOf), [5, 4, 3, 2, 1]);
});

test("a second is told from two readings, and one in which a counter began anew is not", () => {
  const report = (at, bytes, lost) =>
    new Map([
      ["a", { type: "inbound-rtp", kind: "audio", timestamp: at, bytesReceived: bytes, packetsReceived: bytes / 100, packetsLost: lost, jitter: 0.002 }],
      ["r", { type: "remote-inbound-rtp", roundTripTime: 0.04 }],
      ["t", { type: "transport", selectedCandidatePairId: "p" }],
      ["p", { type: "candidate-pair", localCandidateId: "l", currentRoundTripTime: 9 }],
      ["l", { type: "local-candidate", candidateType: "relay" }],
    ]);
  const second = between(reading(report(1_000, 1_000, 0)), reading(report(2_000, 10_000, 10)));
  assert.deepEqual([second.kbps, second.tripMs, second.loss, second.relayed], [72, 40, 0.1, true]);
  assert.equal(between(reading(report(1_000, 5_000, 0)), reading(report(2_000, 100, 0))), null);
});
