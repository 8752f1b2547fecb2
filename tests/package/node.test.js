// The package in a program, where there is no page.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { lend, project, run, succeed } from "./support/projects.js";
import { startServer } from "./support/server.js";

const [major] = process.versions.node.split(".").map(Number);
const node = process.execPath;

let folder;
let server;

before(async () => {
  folder = await project("node");
  lend(folder, ["ws", "rxjs5", "rxjs7"]);
  server = await startServer();
});

after(async () => {
  for (const bare of elsewhere) rmSync(bare, { recursive: true });
  await server?.stop();
});

const elsewhere = [];

/** The same project away from everything, where nobody has installed `ws`. */
const withoutWs = () => {
  const bare = mkdtempSync(join(tmpdir(), "tvox-bare-"));
  elsewhere.push(bare);
  cpSync(folder, bare, { recursive: true, filter: (path) => !/node_modules[/\\]ws$/.test(path) });
  return bare;
};

for (const entry of ["tvox-widget", "tvox-widget/core", "tvox-widget/element"]) {
  test(`${entry} can be imported, leaves nothing behind and lets the program end`, async () => {
    const out = await succeed(node, ["names.js", entry], { cwd: folder, limit: 20_000 });
    const { exported, left } = JSON.parse(out);
    assert.deepEqual(left, []);
    assert.equal(exported.includes("Widget"), entry !== "tvox-widget/element");
    assert.equal(exported.includes("TvoxWidget"), entry !== "tvox-widget/core");
  });
}

test("a program in CommonJS can require it", { skip: !process.features.require_module }, async () => {
  const { code, out } = await run(node, ["--no-warnings", "required.cjs"], { cwd: folder });
  assert.equal(code, 0, out);
  assert.equal(out.trim(), "function CHAT");
});

test("it chats by way of ws, where that is installed and Node has no WebSocket", async () => {
  const words = "Parlo da un programma";
  // Node 22 has one of its own, unless it is told otherwise.
  const flags = major < 22 ? [] : ["--no-experimental-websocket"];
  const out = await succeed(node, [...flags, "talk.js", server.address, words], { cwd: folder });
  assert.ok(out.includes(words), out);
});

test("it chats by way of Node's own WebSocket", async () => {
  const words = "Senza altri pacchetti";
  const flags = major < 22 ? ["--no-warnings", "--experimental-websocket"] : [];
  const bare = withoutWs();
  const out = await succeed(node, [...flags, "talk.js", server.address, words], { cwd: bare });
  assert.ok(out.includes(words), out);
});

test("without any WebSocket a widget says what is missing, and importing it still works", async () => {
  const error = JSON.parse(await succeed(node, ["without-socket.js"], { cwd: withoutWs() }));
  assert.equal(error.isTvoxError, true);
  assert.equal(error.code, "NO_WEBSOCKET");
  assert.match(error.message, /Node 22 or newer, or install the package ws/);
});

for (const [version, name] of [["5", "rxjs5"], ["7", "rxjs7"]]) {
  const manifest = readFileSync(join(process.env.TVOX_TOOLBOX, name, "package.json"), "utf8");
  const { version: exact } = JSON.parse(manifest);
  for (const order of ["before", "after"]) {
    test(`RxJS ${exact}, loaded ${order} the library, takes its observables`, async () => {
      const words = ["rxjs.js", version, order, server.address];
      const told = JSON.parse(await succeed(node, words, { cwd: folder }));
      assert.deepEqual(told, { heard: [true], service: "service0001", status: "ACTIVE" });
    });
  }
}
