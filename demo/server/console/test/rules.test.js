// The small rules: when to dial again, which addresses are links, which may be pushed, where logs stand.

import assert from "node:assert/strict";
import { test } from "node:test";

import { clean, Conversation } from "../conversation.js";
import { callWords } from "../call.js";
import { Store } from "../store.js";
import { handedOver } from "../transfer.js";
import { refusalText, sizeText } from "../files.js";
import { pushProblem, webAddress } from "../links.js";
import { retryDelay, serverDelay } from "../retry.js";
import { elapsed } from "../time.js";
import { LogTopic, StateTopic } from "../topics.js";

test("the first retry comes within a second, later ones never after more than eleven", () => {
  assert.equal(retryDelay(0, 1006, 0), 0);
  assert.ok(retryDelay(0, 1006, 0.999) < 1_000);
  for (const attempt of [1, 2, 3, 50, 5_000]) {
    assert.ok(retryDelay(attempt, 1006, 0) >= 1_000);
    assert.ok(retryDelay(attempt, 1006, 0.999) <= 11_000);
  }
});

test("an overloaded server is left alone for a second at least, and as long as it asks", () => {
  assert.ok(retryDelay(0, 4100, 0) >= 1_000);
  assert.equal(serverDelay("OVERLOADED;retry=3000"), 3_000);
  assert.equal(serverDelay("OVERLOADED"), 0);
  assert.equal(serverDelay(undefined), 0);
});

test("only plain web addresses become links", () => {
  for (const good of ["https://example.com/", "http://127.0.0.1:8080/demo/"]) assert.notEqual(webAddress(good), null);
  for (const bad of [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "blob:https://example.com/1",
    "file:///etc/passwd",
    "//example.com",
    "/path",
    "https://user@example.com/",
    "https://a:b@example.com/",
    "",
    "mailto:a@example.com",
  ]) {
    assert.equal(webAddress(bad), null, bad);
  }
});

test("a page may be pushed by path or whole address, and by nothing else", () => {
  for (const good of ["/", "/demo/contatti.html?a=1#b", "https://example.com/x"])
    assert.equal(pushProblem(good), "", good);
  for (const bad of [
    "",
    "demo/contatti.html",
    "//evil.example",
    "/\\evil.example",
    "https:\\\\evil.example",
    "javascript:alert(1)",
    "java\nscript:alert(1)",
    "https://a@evil.example",
    "/a b",
    `/${"x".repeat(2_048)}`,
  ]) {
    assert.notEqual(pushProblem(bad), "", JSON.stringify(bad));
  }
});

test("a log takes each event once, asks again at a hole, and starts anew in another epoch", () => {
  let seen = [];
  const topic = new LogTopic("chat/s_1", {
    append: (events) => seen.push(...events.map((event) => event.seq)),
    replace: () => (seen = []),
    passing: () => {},
  });
  const events = (...seqs) => seqs.map((seq) => ({ seq }));
  assert.deepEqual(topic.since(), {});
  assert.equal(topic.answered({ epoch: "e_1", recovered: true, more: true, result: events(1, 2) }), "again");
  assert.equal(topic.answered({ epoch: "e_1", recovered: true, more: false, result: events(3) }), "live");
  assert.equal(topic.event({ result: { seq: 3 } }), "live");
  assert.equal(topic.event({ result: { seq: 5 } }), "again");
  assert.deepEqual(topic.since(), { since: { epoch: "e_1", seq: 3 } });
  assert.deepEqual(seen, [1, 2, 3]);
  topic.answered({ epoch: "e_2", recovered: false, more: false, result: events(1, 2) });
  assert.deepEqual(seen, [1, 2]);
});

test("a state never goes back to an older revision on one feed, and starts again on the next", () => {
  const seen = [];
  const topic = new StateTopic("desk", (value) => seen.push(value));
  topic.answered({ rev: 5, result: "five" });
  topic.event({ rev: 4, result: "four" });
  topic.event({ rev: 6, result: "six" });
  topic.answered({ rev: 1, result: "one, after a restart" });
  assert.deepEqual(seen, ["five", "six", "one, after a restart"]);
});

test("a conversation counts what its operator has not read, and knows how far the visitor is", () => {
  const conversation = new Conversation("s_1", () => {});
  const message = (seq, direction) => ({ seq, id: `m_${seq}`, messageType: "MESSAGE", direction, message: "x" });
  conversation.append([message(1, "OUTBOUND"), message(2, "INBOUND"), message(3, "OUTBOUND")]);
  conversation.readSeq = 1;
  assert.equal(conversation.unread, 1);
  conversation.receipts = { received: 2, read: 1 };
  assert.equal(conversation.delivery({ seq: 1 }), "read");
  assert.equal(conversation.delivery({ seq: 2 }), "delivered");
  assert.equal(conversation.delivery({ seq: 3 }), "sent");
});

test("a name in a label carries no control characters and no change of direction", () => {
  assert.equal(clean("\u202eMario\u0000\u2066 Rossi\n"), "Mario   Rossi");
});

test("a duration is written as a clock shows it, and never negative", () => {
  assert.equal(elapsed("2026-11-22T10:00:00Z", Date.parse("2026-11-22T10:00:07Z")), "0:07");
  assert.equal(elapsed("2026-11-22T10:00:00Z", Date.parse("2026-11-22T11:02:03Z")), "1:02:03");
  assert.equal(elapsed("2026-11-22T10:00:00Z", Date.parse("2026-11-22T09:00:00Z")), "0:00");
});

test("a file is one message, whatever the log says of it later", () => {
  const conversation = new Conversation("s_1", () => {});
  const event = (seq, state) => ({
    seq,
    messageType: "MESSAGE",
    direction: "OUTBOUND",
    attachment: { file: "f_1", name: "a.pdf", size: 9, type: "application/pdf", state },
  });
  conversation.append([event(1, "SCANNING")]);
  assert.equal(conversation.files.get("f_1").state, "SCANNING");
  conversation.append([event(2, "AVAILABLE")]);
  assert.equal(conversation.files.get("f_1").state, "AVAILABLE");
  assert.equal(conversation.unread, 1);
});

test("a call says where it stands", () => {
  const conversation = new Conversation("k_1", () => {});
  conversation.contact = { channel: "VIDEO", state: "INVITED" };
  assert.ok(conversation.isCall && conversation.invited && !conversation.connected);
  assert.equal(callWords(conversation)[0], "rings");
  conversation.contact = { channel: "VIDEO", state: "CONNECTED" };
  conversation.session = { sessionState: "ACTIVE", state: "CONNECTED", start: new Date().toISOString() };
  assert.match(callWords(conversation)[1], /^Connected · 0:0\d$/);
  conversation.session.state = "HOLD";
  assert.equal(callWords(conversation)[0], "held");
  conversation.session = { sessionState: "CLOSED", state: "IDLE" };
  assert.equal(callWords(conversation)[0], "over");
});

test("sizes and refusals are told in words", () => {
  assert.deepEqual([0, 999, 1_500, 81_234, 10_485_760].map(sizeText), ["0 B", "999 B", "1.5 kB", "81 kB", "10 MB"]);
  assert.match(refusalText("FILE_TYPE"), /type/);
  assert.match(refusalText(undefined), /try again/);
});

test("a contact that rings with a colleague is on the desk, but neither to be written to nor put away", () => {
  const conversation = new Conversation("s_1", () => {});
  conversation.contact = { state: "TRANSFERRING", transfer: { by: "Anna", to: "Bruno" }, channel: "VIDEO" };
  assert.deepEqual(
    [conversation.transferring, conversation.present, conversation.connected, conversation.open],
    [true, true, false, false],
  );
  assert.deepEqual(callWords(conversation), ["rings", "Rings with Bruno…"]);
  conversation.contact = { state: "CONNECTED" };
  assert.deepEqual([conversation.transferring, conversation.connected], [false, true]);
});

test("who passed a contact on is named with the note, to everybody but that operator", () => {
  const transfer = { by: "Anna", to: "Bruno", note: "has the\nreceipt" };
  assert.equal(handedOver({ transfer }, "Bruno"), "Anna passed it on: has the receipt");
  assert.equal(handedOver({ transfer }, "Anna"), "");
  assert.equal(handedOver({ transfer: { by: "Anna", to: "Bruno" } }), "Anna passed it on.");
  assert.match(handedOver({ transfer: { ...transfer, returned: true } }, "Anna"), /^Bruno did not take it\./);
  assert.equal(handedOver({ transfer: null }), "");
});

test("a contact may be passed on to colleagues who take some now, and to the services that they answer", () => {
  const store = new Store();
  store.me = { operator: "o_1", name: "Anna" };
  store.services = ["a", "b", "c"].map((code) => ({ code, description: code }));
  const operator = (id, more = {}) => ({ id, online: true, status: "AVAILABLE", services: ["a"], ...more });
  store.operators = [
    operator("o_1", { services: ["c"] }),
    operator("o_2", { services: ["a", "b"] }),
    operator("o_3"),
    operator("o_4", { status: "PAUSED", services: ["c"] }),
    operator("o_5", { online: false, services: ["c"] }),
  ];
  assert.deepEqual(
    store.colleagues().map(({ id }) => id),
    ["o_2", "o_3"],
  );
  assert.deepEqual(
    store.staffedServices().map(({ code, staff }) => [code, staff]),
    [
      ["a", 2],
      ["b", 1],
    ],
  );
});
