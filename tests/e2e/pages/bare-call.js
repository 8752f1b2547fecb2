// A call by hand: what the wire of docs/protocol.md asks for, and nothing else. It drives the
// operator console before and beside the widget, and is the yardstick for "click to first picture".
// `?channel=PHONE_CALL`, `?service=…`, `?policy=relay`; `record.times` are milliseconds of the page.
const query = new URLSearchParams(location.search);
const channel = query.get("channel") ?? "VIDEO";
const byId = (id) => document.getElementById(id);
const remote = byId("remote");

const times = {};
const mark = (name) => (times[name] ??= performance.now());
const record = { times, state: null, media: null, restarts: 0 };
globalThis.record = record;

// The wire.
const socket = new WebSocket(`ws://${location.host}/tvox/widget`, "tvox.widget.v1");
const answers = new Map();
const feeds = new Map();
let asked = 0;
const ask = (method, params) =>
  new Promise((resolve, reject) => {
    answers.set(++asked, { resolve, reject });
    socket.send(JSON.stringify({ jsonrpc: "2.0", id: asked, method, params }));
  });
const follow = async (topic, hear) => {
  const { subscription, result } = await ask("subscribe", { topic });
  feeds.set(subscription, hear);
  for (const event of [result].flat()) if (event) hear(event);
};
socket.onmessage = ({ data }) => {
  const { id, result, error, params } = JSON.parse(data);
  if (params) feeds.get(params.subscription)?.(params.result);
  else if (error) answers.get(id)?.reject(new Error(error.message));
  else answers.get(id)?.resolve(result);
};
await new Promise((opened) => (socket.onopen = opened));
const hello = { client: { name: "bare-call", version: "1" }, api: "10.26.0", heartbeat: 20_000 };
await ask("hello", hello);
setInterval(() => ask("ping"), 20_000);

// The call.
let session;
let peer;
let stream;
let servers;
let gen = -1;
const ringing = Promise.withResolvers();
const state = (text) => (byId("state").textContent = record.state = text);
const signal = (said) => ask("signal", { session, key: crypto.randomUUID(), ...said });

const offer = async (more) => {
  await peer.setLocalDescription();
  gen += gen % 2 === 0 ? 1 : 2;
  await ringing.promise;
  mark("offered");
  await signal({ type: "offer", gen, sdp: peer.localDescription.sdp, ...more });
};

const connect = () => {
  peer?.close();
  const fresh = new RTCPeerConnection({
    iceServers: servers,
    iceTransportPolicy: query.get("policy") ?? "all",
  });
  peer = fresh;
  // One event each of what comes: a new stream, with what is there already.
  peer.ontrack = ({ track }) => {
    remote.srcObject ??= new MediaStream();
    remote.srcObject.addTrack(track);
  };
  peer.onicecandidate = async ({ candidate }) => {
    await ringing.promise;
    if (peer !== fresh || gen < 0) return;
    const candidates = candidate?.candidate ? [candidate.toJSON()] : [];
    await signal({ type: "candidates", gen, candidates, end: !candidate }).catch(() => {});
  };
  peer.onconnectionstatechange = () => fresh.connectionState === "connected" && mark("connected");
  for (const track of stream.getTracks()) peer.addTrack(track, stream);
};

const early = [];
const hear = {
  async offer({ gen: theirs, sdp }) {
    if (peer.signalingState !== "stable") return; // ours wins
    gen = theirs;
    await peer.setRemoteDescription({ type: "offer", sdp });
    await peer.setLocalDescription();
    await signal({ type: "answer", gen, sdp: peer.localDescription.sdp });
  },
  async answer({ gen: theirs, sdp }) {
    if (theirs !== gen || peer.signalingState !== "have-local-offer") return;
    mark("answered");
    await peer.setRemoteDescription({ type: "answer", sdp });
    for (const candidate of early.splice(0)) await peer.addIceCandidate(candidate).catch(() => {});
  },
  async candidates({ gen: theirs, candidates }) {
    if (theirs < gen) return;
    if (!peer.remoteDescription) early.push(...candidates);
    else for (const candidate of candidates) await peer.addIceCandidate(candidate).catch(() => {});
  },
  async restart() {
    record.restarts += 1;
    remote.srcObject = null;
    connect();
    await offer({ fresh: true });
  },
  media: ({ audio, video }) => (record.media = { audio, video }),
};

const stop = () => {
  peer?.close();
  for (const track of stream?.getTracks() ?? []) track.stop();
  byId("hang-up").disabled = true;
};

byId("call").onclick = async () => {
  byId("call").disabled = true;
  mark("clicked");
  remote.requestVideoFrameCallback(() => mark("frame"));
  const camera = { facingMode: "user", width: 1280, height: 720, frameRate: 30 }; // as the library asks
  const video = channel === "VIDEO" && camera;
  const wanted = navigator.mediaDevices.getUserMedia({ audio: true, video });
  const service = query.get("service") ?? "service0001";
  const created = await ask("call.create", { key: crypto.randomUUID(), channel, service });
  session = created.id;
  servers = created.iceServers;
  byId("hang-up").disabled = false;
  let hearing = Promise.resolve();
  const heard = follow(`signal/${session}`, (said) => {
    hearing = hearing.then(() => hear[said.type]?.(said));
  });
  await follow(`call/${channel}`, (call) => {
    if (call.id !== session) return;
    state(call.state);
    if (["CONNECTING", "CONNECTED"].includes(call.step?.type)) ringing.resolve();
    if (call.state === "CONNECTED") mark("accepted");
    if (call.sessionState === "CLOSED") stop();
  });
  stream = await wanted;
  mark("media");
  await heard;
  connect();
  await offer({ fresh: true });
};
byId("hang-up").onclick = () => ask("call.close", { session });
byId("call").disabled = false;
state("Ready");
