// The files of dist/ in a page, under the strict policy of the demo server.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { pathToFileURL } from "node:url";
import { Browser } from "./support/browser.js";
import { startServer } from "./support/server.js";

const { TVOX_DIST: dist } = process.env;
const json = (path) => JSON.parse(readFileSync(join(dist, path), "utf8"));
const hashed = json("hashed/manifest.json");
const sums = json("integrity.json");

const page = (head, body = "") => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Test</title>${head}</head><body>${body}</body></html>
`;

const ELEMENT = `<tvox-widget config="/tvox/widget/config"></tvox-widget>`;
const module = (path) => `<script type="module" src="${path}"></script>`;
const sum = sums["bundle/tvox-widget.js"];
const wrongSum = `sha384-${"A".repeat(64)}`;

const PAGES = {
  "index.html": page(""),
  "demo/chat.js": readFileSync(new URL("projects/shared/chat.js", import.meta.url), "utf8"),
  // What stands on the line after the script, as the documented library's samples have it.
  "demo/next-line.js": `window.made = new Widget({
    server: { url: location.origin },
    servicesConfiguration: [{ type: MultiChannelType.CHAT, services: [{ code: "service0001", description: "A" }] }],
  });`,
  // Made where there is no Node to make the other.
  "demo/by-hand.js": readFileSync(process.env.TVOX_CLASSIC, "utf8"),
  "demo/by-hand.html": page(`<script src="/demo/by-hand.js"></script>`),
  "demo/classic.html": page(`<script src="/widget/bundle/tvox-widget.js"></script>`),
  "demo/compatible.html": page(`<script src="/widget/bundle/tvox-widget.js" data-compat></script>
    <script src="/demo/next-line.js"></script>`),
  "demo/checked.html": page(`<script src="/widget/bundle/tvox-widget.js" integrity="${sum}"></script>`),
  "demo/tampered.html": page(`<script src="/widget/bundle/tvox-widget.js" integrity="${wrongSum}"></script>`),
  "demo/element.html": page(module("/widget/element.js"), ELEMENT),
  "demo/no-element.html": page(module("/widget/element.js")),
  "demo/everything.html": page(module("/widget/tvox-widget.js"), ELEMENT),
  "demo/hashed.html": page(module(`/widget/hashed/${hashed["tvox-widget.js"].file}`), ELEMENT),
};

let browser;
let server;

before(async () => {
  server = await startServer({ pages: PAGES });
  browser = await Browser.start();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

beforeEach(async () => {
  await browser.open(`${server.address}/`);
  await browser.console();
});

const open = (name) => browser.open(`${server.address}/demo/${name}`);

/** Fails if the page has complained, of a broken policy for instance. */
const nothingWentWrong = async () => {
  const lines = (await browser.console()).filter((line) => !line.includes("favicon.ico"));
  assert.deepEqual(lines, []);
};

/** The files of the widget that the page has loaded. */
const loaded = () => browser.run(() => performance.getEntriesByType("resource")
  .map(({ name }) => new URL(name).pathname).filter((path) => path.startsWith("/widget/"))
  .map((path) => path.slice("/widget/".length)).sort());

/** Waits until the element has drawn itself. */
const elementIsThere = () => browser.run(() => new Promise((resolve) => {
  const look = () => {
    const launcher = document.querySelector("tvox-widget").shadowRoot?.querySelector("[part~=launcher]");
    if (launcher) resolve(launcher.textContent);
    else requestAnimationFrame(look);
  };
  look();
}));

for (const name of ["classic", "by-hand"]) {
  test(`the classic script adds one name to the page, and chats (${name})`, async () => {
    await open(`${name}.html`);
    const globals = await browser.run(() => [
      "TvoxWidget", ...Object.keys(TvoxWidget).filter((name) => globalThis[name] === TvoxWidget[name]),
    ]);
    assert.deepEqual(globals, ["TvoxWidget"]);
    const words = "Da un solo file";
    const answer = await browser.run(async (said) => {
      const { chat } = await import("/demo/chat.js");
      return chat(TvoxWidget, location.origin, said);
    }, words);
    assert.ok(answer.includes(words), answer);
    await nothingWentWrong();
  });
}

test("where the page asks for it the next line may say `new Widget(conf)`", async () => {
  await open("compatible.html");
  const connected = await browser.run(() => new Promise((resolve) => {
    made.client.connectionEvent.subscribe((event) => { if (event.connected) resolve(event); });
  }));
  assert.deepEqual(connected, { connected: true });
  const names = await browser.run(() => Object.keys(TvoxWidget).filter((name) => globalThis[name] !== TvoxWidget[name]));
  assert.deepEqual(names, [], "names that are not global");
  await nothingWentWrong();
});

test("the script is loaded with its sum, and not with another", async () => {
  await open("checked.html");
  assert.equal(await browser.run(() => typeof TvoxWidget), "object");
  await nothingWentWrong();
  await open("tampered.html");
  assert.equal(await browser.run(() => typeof TvoxWidget), "undefined");
});

test("the element alone is two files and those of one language, and one where no element is on the page", async () => {
  await open("element.html");
  await elementIsThere();
  assert.deepEqual(await loaded(), ["element.js", "element.wasm", "texts/en.json"]);
  await open("no-element.html");
  assert.equal(await browser.run(() => typeof customElements.get("tvox-widget")), "function");
  assert.deepEqual(await loaded(), ["element.js"]);
  await nothingWentWrong();
});

for (const name of ["everything", "hashed"]) {
  test(`the module has the element and the library, ready when imported (${name})`, async () => {
    await open(`${name}.html`);
    await elementIsThere();
    const path = name === "hashed" ? `hashed/${hashed["tvox-widget.js"].file}` : "tvox-widget.js";
    const words = "Un modulo per tutto";
    const answer = await browser.run(async (from, said) => {
      const { chat } = await import("/demo/chat.js");
      return chat(await import(from), location.origin, said);
    }, `/widget/${path}`, words);
    assert.ok(answer.includes(words), answer);
    const files = await loaded();
    assert.equal(files.length, 6, `the module, two files each for its two parts, one language: ${files}`);
    assert.ok(files.every((file) => file.startsWith("hashed/") === (name === "hashed")), `${files}`);
    await nothingWentWrong();
  });
}

test("a page and a program can import the same names", async () => {
  await open("everything.html");
  for (const [inPage, inNode] of [["tvox-widget.js", "tvox-widget.node.js"], ["core.js", "core.node.js"]]) {
    const names = await browser.run(async (from) => Object.keys(await import(from)), `/widget/${inPage}`);
    assert.deepEqual(names, Object.keys(await import(pathToFileURL(join(dist, inNode)))));
  }
});
