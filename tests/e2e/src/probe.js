() => {
  // Keeps a list of the page's peer connections and device tracks, and counts what comes through.
  if (!globalThis.RTCPeerConnection || !navigator.mediaDevices) return;
  const peers = [];
  const tracks = [];
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...words) {
      super(...words);
      peers.push(this);
    }
  };
  for (const name of ["getUserMedia", "getDisplayMedia"]) {
    const ask = MediaDevices.prototype[name];
    MediaDevices.prototype[name] = async function (...words) {
      const stream = await ask.apply(this, words);
      tracks.push(...stream.getTracks());
      return stream;
    };
  }
  // What is said to the other side's browser.
  const said = [];
  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function (frame) {
    const { method, params } = typeof frame === "string" ? JSON.parse(frame) : {};
    if (method === "signal") said.push(params);
    return send.call(this, frame);
  };
  // The document, and the shadow roots in it.
  const roots = () => [document, ...[...document.querySelectorAll("*")].flatMap(({ shadowRoot }) => shadowRoot ?? [])];
  const find = (selector) => roots().map((root) => root.querySelector(selector)).find(Boolean);
  const canvas = document.createElement("canvas");

  const count = async () => {
    const open = peers.filter((peer) => peer.connectionState !== "closed");
    const live = tracks.filter((track) => track.readyState === "live");
    const sum = {
      framesDecoded: 0, audioEnergy: 0, audioSeconds: 0, bytesReceived: 0, path: null, open: open.length,
      peers: peers.length, live: live.length, liveVideo: live.filter((track) => track.kind === "video").length,
    };
    for (const peer of open) {
      const report = await peer.getStats();
      const all = [...report.values()];
      const transport = all.find((one) => one.type === "transport" && one.selectedCandidatePairId);
      const pair = report.get(transport?.selectedCandidatePairId) ?? all.find((one) => one.selected === true);
      const kind = (id) => report.get(id)?.candidateType ?? "?";
      if (pair) sum.path = [kind(pair.localCandidateId), kind(pair.remoteCandidateId)];
      for (const one of all) {
        if (one.type !== "inbound-rtp") continue;
        sum.bytesReceived += one.bytesReceived ?? 0;
        sum.framesDecoded += one.framesDecoded ?? 0;
        sum.audioEnergy += one.totalAudioEnergy ?? 0;
        sum.audioSeconds += one.totalSamplesDuration ?? 0;
      }
    }
    return sum;
  };

  // What a video shows now, coarsely; nothing before it has a size.
  const picture = (selector) => {
    const video = find(selector);
    if (!video?.videoWidth) return null;
    [canvas.width, canvas.height] = [32, 24];
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(video, 0, 0, 32, 24);
    return context.getImageData(0, 0, 32, 24).data.join(",");
  };
    // Whatever is over is not held on to.
  const forget = () => {
    peers.splice(0, peers.length, ...peers.filter((peer) => peer.connectionState !== "closed"));
    tracks.splice(0, tracks.length, ...tracks.filter((track) => track.readyState === "live"));
    said.length = 0;
  };
  globalThis.probe = { forget, peers, tracks, said, count, picture };
}
