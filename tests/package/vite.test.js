// The package in an application that Vite builds, and the application in a browser.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Browser } from "./support/browser.js";
import { lend, project, succeed, tool } from "./support/projects.js";
import { startServer } from "./support/server.js";

let built;
let browser;
let server;

before(async () => {
  const folder = await project("vite");
  lend(folder, ["vite"]);
  await succeed(process.execPath, [tool("vite/bin/vite.js"), "build"], { cwd: folder });
  built = join(folder, "dist");
  // The demo server serves what is below `demo/`, with the strictest policy.
  const site = join(folder, "site");
  mkdirSync(site);
  cpSync(built, join(site, "demo"), { recursive: true });
  server = await startServer({ site, pages: { "index.html": "<!doctype html><title>-</title>" } });
  browser = await Browser.start();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

const talk = (words) => browser.run(async (said) => {
  while (!globalThis.talk) await new Promise(requestAnimationFrame);
  return globalThis.talk(said);
}, words);

const complaints = async () =>
  (await browser.console()).filter((line) => !line.includes("favicon.ico"));

test("the modules are among what is built, each once", () => {
  const modules = readdirSync(join(built, "assets")).filter((name) => name.endsWith(".wasm"));
  assert.deepEqual(modules.map((name) => name.split("-")[0]).sort(), ["calls", "core", "element"]);
});

test("an application that uses the library alone is built without the element", () => {
  const manifest = JSON.parse(readFileSync(join(built, "manifest.json"), "utf8"));
  const reached = new Set();
  const visit = (key) => {
    const chunk = manifest[key];
    for (const file of [chunk.file, ...chunk.assets ?? []]) reached.add(file);
    for (const next of chunk.imports ?? []) visit(next);
  };
  visit("core.html");
  const text = [...reached].filter((file) => file.endsWith(".js"))
    .map((file) => readFileSync(join(built, file), "utf8")).join("");
  assert.ok(text.includes("core-") && !text.includes("element-"), [...reached].join(" "));
  assert.ok(!text.includes("attachShadow"));
});

test("the built application chats with the library, and shows the element", async () => {
  await browser.open(`${server.address}/demo/index.html`);
  const words = "Costruito con Vite";
  const answer = await talk(words);
  assert.ok(answer.includes(words), answer);
  await browser.run(async () => {
    const launcher = () =>
      document.querySelector("tvox-widget").shadowRoot?.querySelector("[part~=launcher]");
    while (!launcher()) await new Promise(requestAnimationFrame);
  });
  assert.deepEqual(await complaints(), []);
});

test("the one without a face chats as well", async () => {
  await browser.open(`${server.address}/demo/core.html`);
  const words = "Senza faccia";
  const answer = await talk(words);
  assert.ok(answer.includes(words), answer);
  assert.deepEqual(await complaints(), []);
});
