// How good a call is, from two readings of `RTCPeerConnection.getStats` a second apart.

const WORDS = ["", "Very poor", "Poor", "Fair", "Good", "Excellent"];

/** What of a report counts: sums since the beginning, and what holds now (seconds). */
export function reading(report) {
  const sum = { at: 0, bytes: 0, received: 0, lost: 0, frames: 0, width: 0, height: 0, jitter: 0, trip: null };
  const all = [...report.values()];
  for (const one of all) {
    if (one.type === "inbound-rtp") {
      sum.at = Math.max(sum.at, one.timestamp);
      sum.bytes += one.bytesReceived ?? 0;
      sum.received += one.packetsReceived ?? 0;
      sum.lost += one.packetsLost ?? 0;
      if (one.kind === "audio") sum.jitter = one.jitter ?? 0;
      else {
        sum.frames += one.framesDecoded ?? 0;
        sum.width = one.frameWidth ?? 0;
        sum.height = one.frameHeight ?? 0;
      }
    } else if (one.type === "remote-inbound-rtp" && one.roundTripTime > 0) {
      // Firefox has no time for the pair of candidates: reports of the other side come first.
      sum.trip = Math.max(sum.trip ?? 0, one.roundTripTime);
    }
  }
  const pair = selected(report, all);
  if (pair) {
    sum.trip ??= pair.currentRoundTripTime ?? null;
    sum.relayed = report.get(pair.localCandidateId)?.candidateType === "relay";
  }
  return sum;
}

/**
 * What happened between two readings; `null` where a counter has begun anew.
 * @returns {{level: number, words: string, mos: number, tripMs: number, loss: number, kbps: number, frames: number,
 *   bytes: number, width: number, height: number, relayed: boolean} | null}
 */
export function between(before, after) {
  const seconds = (after.at - before.at) / 1_000;
  const [bytes, frames] = [after.bytes - before.bytes, after.frames - before.frames];
  const [received, lost] = [after.received - before.received, Math.max(0, after.lost - before.lost)];
  if (seconds <= 0 || bytes < 0 || frames < 0 || received < 0) return null;
  const loss = received + lost > 0 ? lost / (received + lost) : 0;
  const tripMs = (after.trip ?? 0) * 1_000;
  const mos = opinion({ tripMs, jitterMs: after.jitter * 1_000, loss });
  const level = levelOf(mos);
  return {
    level,
    words: WORDS[level],
    mos,
    tripMs,
    loss,
    kbps: (bytes * 8) / seconds / 1_000,
    frames: frames / seconds,
    bytes,
    width: after.width,
    height: after.height,
    relayed: after.relayed === true,
  };
}

/**
 * An estimated mean opinion score of speech, 1 to 4.5: the simplified E-model (ITU-T G.107) that several
 * softphones use, with half of the round trip and twice the jitter as the delay, and 2.5 points for a
 * hundredth of the packets lost.
 */
export function opinion({ tripMs, jitterMs, loss }) {
  const delay = tripMs / 2 + 2 * jitterMs + 10;
  const worn = delay < 160 ? delay / 40 : (delay - 120) / 10;
  const rating = Math.min(Math.max(93.2 - worn - 2.5 * loss * 100, 0), 100);
  return 1 + 0.035 * rating + 7e-6 * rating * (rating - 60) * (100 - rating);
}

/** Five levels, as bars. */
export function levelOf(mos) {
  const limits = [4.2, 4.0, 3.6, 3.0];
  const at = limits.findIndex((limit) => mos > limit);
  return at < 0 ? 1 : 5 - at;
}

function selected(report, all) {
  const transport = all.find((one) => one.type === "transport" && one.selectedCandidatePairId);
  return report.get(transport?.selectedCandidatePairId) ?? all.find((one) => one.type === "candidate-pair" && one.selected);
}
