// As many widgets as the query says, each a visitor of its own where `persist=none`, and a record of
// when things happened. Times are milliseconds since 1970: those of the page and of who strikes it
// are compared.
const query = new URLSearchParams(location.search);
const number = (name) => (query.has(name) ? Number(query.get(name)) : undefined);
const now = () => performance.timeOrigin + performance.now();

/** The sockets of all widgets, in the order in which they were asked for. */
const sockets = [];
/** For each widget: message → when it was first seen. */
const seen = [];
/** How often the page was frozen, and the longest time in which no timer ran. */
const sleep = { freezes: 0, resumes: 0, gap: 0 };
/** Tasks of 50 ms and more: [begin, duration]. */
const longTasks = [];
globalThis.record = { sockets, seen, sleep, longTasks };

const Socket = globalThis.WebSocket;
globalThis.WebSocket = class extends Socket {
  #note = { dialled: now(), waited: 0 };
  /** When the page last said something that has no answer yet. */
  #asked;

  constructor(...address) {
    super(...address);
    sockets.push(this.#note);
    this.addEventListener("open", () => (this.#note.opened ??= now()));
    this.addEventListener("message", () => {
      this.#note.heard ??= now();
      if (this.#asked) this.#note.waited += now() - this.#asked;
      this.#asked = undefined;
    });
    this.addEventListener("close", () => (this.#note.closed ??= now()));
  }

  send(frame) {
    this.#asked ??= now();
    super.send(frame);
  }

  close(...reason) {
    this.#note.closed ??= now();
    super.close(...reason);
  }
};

document.addEventListener("freeze", () => (sleep.freezes += 1));
document.addEventListener("resume", () => (sleep.resumes += 1));
let last = now();
setInterval(() => {
  sleep.gap = Math.max(sleep.gap, now() - last);
  last = now();
}, 50);

if (PerformanceObserver.supportedEntryTypes.includes("longtask")) {
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries())
      longTasks.push([performance.timeOrigin + startTime, duration]);
  }).observe({ type: "longtask" });
}

const answer = await fetch("/tvox/widget/config");
const configuration = await answer.json();
configuration.server.heartbeatInterval = number("heartbeat");
if (query.has("interval")) configuration.server.retryOptions = { intervalMs: number("interval") };
configuration.persist = query.get("persist") ?? undefined;

for (let at = 0; at < (number("widgets") ?? 1); at += 1) {
  const widget = document.createElement("tvox-widget");
  widget.configuration = configuration;
  document.body.append(widget);
  const times = {};
  seen.push(times);
  new MutationObserver(() => {
    const moment = now();
    // The newest only, and no layout: what measures must not slow down.
    for (const message of [...widget.shadowRoot.querySelectorAll("[part~=bubble]")].slice(-10))
      times[message.textContent.trim()] ??= moment;
  }).observe(widget.shadowRoot, { subtree: true, childList: true, characterData: true });
}
globalThis.ready = true;
