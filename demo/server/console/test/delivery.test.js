// What an operator says arrives exactly once and in order, and she sees every message of both sides
// exactly once and in order, whatever the line does. A failing run prints its seed.

import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.addEventListener = () => {};
globalThis.document = { visibilityState: "visible", addEventListener: () => {} };

const { Conversation } = await import("../conversation.js");
const { Outbox } = await import("../outbox.js");
const { LogTopic } = await import("../topics.js");
const { Wire } = await import("../wire.js");
const { chance, Clock, Server } = await import("./world.js");

const SESSIONS = ["s_1", "s_2"];
const RUNS = 300;

/** A console without a page; `stored` is the tab's storage, which a reload keeps. */
function consoleOn(stored) {
  let wire = null;
  const conversations = new Map(SESSIONS.map((id) => [id, new Conversation(id, () => {})]));
  const outbox = new Outbox({
    call: (method, params) => wire.call(method, params),
    storage: { load: () => JSON.parse(stored.text), save: (entries) => (stored.text = JSON.stringify(entries)) },
    changed: () => {},
    done: () => {},
  });
  wire = new Wire({
    url: () => "ws://test",
    hello: () => ({}),
    onWelcome: () => {},
    onRefused: () => {},
    onOpen: () => outbox.flush(),
    onState: () => {},
  });
  for (const [id, conversation] of conversations) {
    wire.follow(
      new LogTopic(`chat/${id}`, {
        append: (events) => conversation.append(events),
        replace: () => conversation.replace(),
        passing: () => {},
      }),
    );
  }
  wire.start();
  return { wire, outbox, conversations };
}

/** One working day of faults under `seed`; answers what was said, what arrived and what was seen. */
async function day(seed, faults) {
  const clock = new Clock();
  const random = chance(seed);
  const server = new Server(clock, random);
  globalThis.WebSocket = server.socketClass();
  server.faults = faults;
  try {
    let stored = { text: "[]" };
    let desk = consoleOn(stored);
    const said = new Map(SESSIONS.map((id) => [id, []]));
    for (let step = 0; step < 60; step++) {
      const session = SESSIONS[Math.floor(random() * SESSIONS.length)];
      const dice = random();
      if (dice < 0.5) {
        const text = `${session} says ${said.get(session).length}`;
        said.get(session).push(text);
        desk.outbox.add(session, "chat.send", { message: text });
      } else if (dice < 0.85) server.append(session, { direction: "OUTBOUND", message: `visitor ${step}` });
      else if (dice < 0.9) for (const link of [...server.links]) link.cut(4201);
      else if (dice < 0.93) {
        // A reload: the page goes, the tab's storage stays.
        for (const link of [...server.links]) link.leave();
        desk.wire.stop();
        stored = { text: stored.text };
        desk = consoleOn(stored);
      }
      await clock.pass(random() * 700);
    }
    server.faults = { cut: 0, swallow: 0, refuse: 0, twice: 0 };
    await clock.pass(60_000);
    return { said, server, desk };
  } finally {
    clock.restore();
  }
}

test("nothing is lost, doubled or reordered under cuts, silence, refusals, doubled events and reloads", async () => {
  for (let seed = 1; seed <= RUNS; seed++) {
    const { said, server, desk } = await day(seed, { cut: 0.06, swallow: 0.01, refuse: 0.06, twice: 0.05 });
    for (const session of SESSIONS) {
      const log = server.logs.get(session) ?? [];
      const arrived = log.filter((event) => event.direction === "INBOUND").map((event) => event.message);
      assert.deepEqual(arrived, said.get(session), `SEED=${seed}: what arrived at ${session}`);
      assert.deepEqual(
        desk.conversations.get(session).messages.map((event) => event.seq),
        log.map((event) => event.seq),
        `SEED=${seed}: what the operator sees of ${session}`,
      );
      assert.deepEqual(desk.outbox.of(session), [], `SEED=${seed}: the outbox of ${session} is empty`);
    }
  }
});

test("a server that forgets keys doubles messages, so the check above can fail", async () => {
  let doubled = 0;
  for (let seed = 1; seed <= 40; seed++) {
    const forgetful = Server.prototype.append;
    Server.prototype.append = function append(...given) {
      this.keys.set = () => this.keys;
      return forgetful.apply(this, given);
    };
    try {
      const { said, server } = await day(seed, { cut: 0.06, swallow: 0.01, refuse: 0, twice: 0 });
      for (const session of SESSIONS) {
        const arrived = (server.logs.get(session) ?? []).filter((event) => event.direction === "INBOUND");
        doubled += arrived.length - said.get(session).length;
      }
    } finally {
      Server.prototype.append = forgetful;
    }
  }
  assert.ok(doubled > 0);
});

test("a line that only swallows is noticed by its ping and replaced within eleven seconds", async () => {
  const clock = new Clock();
  const server = new Server(clock, chance(7));
  globalThis.WebSocket = server.socketClass();
  try {
    const desk = consoleOn({ text: "[]" });
    await clock.pass(1_000);
    assert.ok(desk.wire.online);
    server.faults = { cut: 0, swallow: 1, refuse: 0, twice: 0 };
    await clock.pass(9_000);
    server.faults.swallow = 0;
    await clock.pass(2_000);
    assert.ok(server.dialled >= 2);
    assert.ok(desk.wire.online);
  } finally {
    clock.restore();
  }
});

test("a blip heals within two seconds, and what was written meanwhile arrives", async () => {
  const clock = new Clock();
  const server = new Server(clock, chance(11));
  globalThis.WebSocket = server.socketClass();
  try {
    const desk = consoleOn({ text: "[]" });
    await clock.pass(15_000);
    for (const link of [...server.links]) link.cut();
    desk.outbox.add("s_1", "chat.send", { message: "written while away" });
    server.append("s_1", { direction: "OUTBOUND", message: "said while away" });
    await clock.pass(2_000);
    assert.ok(desk.wire.online);
    assert.deepEqual(
      desk.conversations.get("s_1").messages.map((event) => event.message),
      ["said while away", "written while away"],
    );
  } finally {
    clock.restore();
  }
});
