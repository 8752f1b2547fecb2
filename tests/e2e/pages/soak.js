// Puts widgets into the page and takes them out again, and counts what they leave behind. It counts
// at the browser's own functions, so it must come before the widget.

const held = { sockets: new Set(), channels: new Set(), timers: new Map(), listeners: new Map() };
const { setTimeout: later } = globalThis;

for (const [name, set] of [["WebSocket", held.sockets], ["BroadcastChannel", held.channels]]) {
  globalThis[name] = class extends globalThis[name] {
    constructor(...words) {
      super(...words);
      set.add(this);
      if (name === "WebSocket") super.addEventListener("close", () => set.delete(this));
    }

    close(...words) {
      super.close(...words);
      if (name === "BroadcastChannel") set.delete(this);
    }
  };
}

for (const kind of ["Timeout", "Interval"]) {
  const [set, clear] = [globalThis[`set${kind}`], globalThis[`clear${kind}`]];
  globalThis[`set${kind}`] = (act, wait, ...words) => {
    const timer = set(() => {
      if (kind === "Timeout") held.timers.delete(timer);
      act(...words);
    }, wait);
    held.timers.set(timer, `${kind} of ${wait} ms`);
    return timer;
  };
  globalThis[`clear${kind}`] = (timer) => {
    held.timers.delete(timer);
    clear(timer);
  };
}

// Of targets that outlive the widget; what hangs on its own elements goes with them.
const outlives = (target) => target === globalThis || target === document
  || target === document.documentElement || target === document.body
  || target === globalThis.visualViewport || target instanceof MediaQueryList;
const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
const capture = (options) => Boolean(options?.capture ?? options === true);
const names = new WeakMap();
let named = 0;
const name = (thing) => {
  if (!names.has(thing)) names.set(thing, ++named);
  return names.get(thing);
};
EventTarget.prototype.addEventListener = function (type, listener, options) {
  const target = this ?? globalThis;
  if (listener && outlives(target)) {
    const key = `${name(target)} ${type} ${name(listener)} ${capture(options)}`;
    held.listeners.set(key, type);
    options?.signal?.addEventListener("abort", () => held.listeners.delete(key));
  }
  return add.call(target, type, listener, options);
};
EventTarget.prototype.removeEventListener = function (type, listener, options) {
  const target = this ?? globalThis;
  if (listener) {
    held.listeners.delete(`${name(target)} ${type} ${name(listener)} ${capture(options)}`);
  }
  return remove.call(target, type, listener, options);
};

/** The module's memory, which it keeps to itself. */
let memory;
for (const name of ["instantiate", "instantiateStreaming"]) {
  const instantiate = WebAssembly[name];
  WebAssembly[name] = async (...words) => {
    const result = await instantiate.apply(WebAssembly, words);
    // Whatever the packager has called it.
    memory = Object.values((result.instance ?? result).exports)
      .find((thing) => thing instanceof WebAssembly.Memory);
    return result;
  };
}

await import("/widget/element.js");

const until = async (what, look) => {
  const end = performance.now() + 20_000;
  for (;;) {
    const found = look();
    if (found) return found;
    if (performance.now() > end) throw new Error(`not within 20 s: ${what}`);
    await new Promise((resolve) => later(resolve, 5));
  }
};

/** One widget comes, talks if it is to, and goes. */
const round = async (messages) => {
  const widget = document.createElement("tvox-widget");
  widget.configuration = {
    server: { url: location.origin },
    servicesConfiguration: [
      { type: "CHAT", services: [{ code: "service0001", description: "Assistenza" }] },
    ],
  };
  document.body.append(widget);
  const part = (name) => widget.shadowRoot.querySelectorAll(`[part~=${name}]`);
  await until("the launcher", () => part("launcher").length);
  widget.open(...(messages > 0 ? ["CHAT", "service0001"] : []));
  await until("the panel", () => part("panel").length);
  await until("a connection", () => [...held.sockets].some((socket) => socket.readyState === 1));
  if (messages > 0) {
    const field = await until("the composer", () => part("composer-input")[0]);
    const answers = () =>
      [...part("message")].filter((message) => message.dataset.direction === "inbound").length;
    await until("the greeting", answers);
    for (let said = 0; said < messages; said += 1) {
      const before = answers();
      field.value = `numero ${said}`;
      field.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }));
      const key = { key: "Enter", code: "Enter", bubbles: true, composed: true, cancelable: true };
      field.dispatchEvent(new KeyboardEvent("keydown", key));
      await until(`the answer to message ${said}`, () => answers() > before);
    }
  }
  widget.forget();
  widget.remove();
  await until("the end of the connection", () => held.sockets.size === 0);
};

/** Takes part in what the test wants: as many rounds, every fourth with so many messages. */
globalThis.soak = async (rounds, messages) => {
  for (let number = 0; number < rounds; number += 1) {
    await round(number % 4 === 0 ? messages : 0);
  }
};

/** What is there of each kind; the memory in pages of 64 KiB. */
globalThis.counts = () => ({
  sockets: held.sockets.size,
  channels: held.channels.size,
  timers: held.timers.size,
  listeners: held.listeners.size,
  kinds: [...held.listeners.values(), ...held.timers.values()].sort(),
  stored: localStorage.length + sessionStorage.length,
  pages: memory.buffer.byteLength / 65_536,
});
globalThis.soakIsReady = true;
