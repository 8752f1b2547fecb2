// What a sample of the reference finds in its page, and a record of what it does: what it logs, which
// errors reach the window, and what goes over the wire. Loaded before the library.
"use strict";

var widgetConf;
var sessionId;

/** @type {any} */
var reference = (() => {
  const calls = [];
  const said = [];
  const errors = [];

  const log = console.log;
  console.log = (...words) => {
    said.push(words.join(" "));
    log.apply(console, words);
  };
  addEventListener("error", (event) => errors.push(event.message));
  addEventListener("unhandledrejection", (event) => errors.push(`rejected: ${event.reason}`));

  const note = (text) => {
    const frame = JSON.parse(text);
    const call = calls.find((call) => frame.id !== undefined && call.id === frame.id && !("answered" in call));
    if (call) Object.assign(call, { answered: true, result: frame.result, error: frame.error });
  };

  const offline = document.documentElement.dataset.offline !== undefined;
  window.WebSocket = offline
    ? // The sample names a server that is not ours: nobody connects there.
      class extends EventTarget {
        readyState = 0;
        close() {}
        send() {}
      }
    : class extends WebSocket {
        constructor(...where) {
          super(...where);
          this.addEventListener("message", (event) => note(event.data));
        }
        send(text) {
          calls.push(JSON.parse(text));
          super.send(text);
        }
      };

  return {
    said,
    errors,
    /** True when the sample has run to its end. */
    over: false,
    /** The calls and notifications of a method, with `result` or `error` once answered. */
    asked: (method) => calls.filter((call) => call.method === method),
    /** Events of a conversation, where the page keeps them. */
    events: [],
    /** Of those, what was written in this direction. */
    messages(direction) {
      const written = ({ messageType, status }) => messageType === "MESSAGE" && status === "WROTE";
      return this.events.filter((event) => written(event) && event.direction === direction);
    },
    /** The value that was logged as JSON after these words. */
    json(words) {
      const line = said.find((line) => line.startsWith(words));
      return line && JSON.parse(line.slice(words.length));
    },
    /** Runs `action` once when `sessionId` is a call that an operator has answered. */
    whenCalling(action) {
      const monitor = widget.videoChannelSessionMonitor();
      const subscription = monitor.subscribe((call) => {
        if (sessionId && call.id === sessionId && call.state === "CONNECTED" && action) {
          const run = action;
          action = undefined;
          queueMicrotask(() => subscription.unsubscribe());
          run();
        }
      });
    },
  };
})();

{
  const services = [
    { code: "service0001", description: "Commercial service" },
    { code: "support0001", description: "Support service" },
  ];
  const channels = ["CHAT", "VIDEO", "PHONE_CALL", "MAIL", "CALLBACK"];
  const given = document.documentElement.dataset.with;
  if (given !== "nothing") {
    widgetConf = {
      server: { url: location.origin, webrtc: { enabled: true } },
      servicesConfiguration: channels.map((type) => ({ type, services })),
    };
  }
}
