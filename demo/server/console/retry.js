// When to dial again: a pure function of how often it failed, why, and a random number.

const STEPS_MS = [0, 1_000, 2_000, 5_000, 10_000];

/**
 * Milliseconds until the next attempt. The first comes within a second, so that a blip heals at
 * once and a restarted server does not meet every console in the same moment.
 * @param {number} attempt  attempts failed since the last welcome
 * @param {number} code     close code of the WebSocket
 * @param {number} random   0 up to 1
 */
export function retryDelay(attempt, code, random) {
  const jitter = random * 1_000;
  if (code >= 4200 && code < 4300) return jitter;
  const step = STEPS_MS[Math.min(attempt, STEPS_MS.length - 1)];
  if (code >= 4100 && code < 4200) return 1_000 + random * Math.max(step, 1_000);
  return step + jitter;
}

/** Milliseconds that the server asked for in a close reason such as `OVERLOADED;retry=3000`. */
export function serverDelay(reason) {
  const found = /;retry=(\d{1,6})$/.exec(reason ?? "");
  return found ? Number(found[1]) : 0;
}
