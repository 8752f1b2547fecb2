// Times as an operator reads them.

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" });
const full = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

/** Milliseconds between this computer's clock and the server's, learnt at hello. */
let skew = 0;

export function learnClock(serverTime) {
  const time = Date.parse(serverTime ?? "");
  if (!Number.isNaN(time)) skew = time - Date.now();
}

/** The present by the server's clock, in milliseconds since the epoch. */
export function serverNow() {
  return Date.now() + skew;
}

/** `10:42`, or nothing for an unreadable time. */
export function hour(iso) {
  const time = Date.parse(iso ?? "");
  return Number.isNaN(time) ? "" : clock.format(time);
}

/** The date and time in full, for tooltips. */
export function inFull(iso) {
  const time = Date.parse(iso ?? "");
  return Number.isNaN(time) ? "" : full.format(time);
}

/** A key that is the same for all times of one local day. */
export function dayKey(iso) {
  return new Date(iso).toDateString();
}

/** `Today`, `Yesterday` or the date. */
export function dayName(iso) {
  const now = new Date(serverNow());
  const key = dayKey(iso);
  if (key === now.toDateString()) return "Today";
  now.setDate(now.getDate() - 1);
  return key === now.toDateString() ? "Yesterday" : day.format(new Date(iso));
}

/** `0:07`, `12:30`, `1:02:03` since a moment; never negative. */
export function elapsed(iso, until = serverNow()) {
  const seconds = Math.max(0, Math.floor((until - Date.parse(iso)) / 1_000));
  if (Number.isNaN(seconds)) return "";
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
