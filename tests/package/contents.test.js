// What is in the archive that npm would publish, and in dist/ beside it.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { before, test } from "node:test";
import { project } from "./support/projects.js";

const { TVOX_DIST: dist } = process.env;

const FILES = [
  "LICENSE-APACHE", "LICENSE-MIT", "README.md", "THIRD-PARTY.txt", "bundle/tvox-widget.d.ts", "bundle/tvox-widget.js", "calls.wasm", "core.d.ts", "core.js",
  "core.node.js", "core.wasm", "element.d.ts", "element.js", "element.wasm", "integrity.json",
  "package.json", ...["ar", "de", "en", "es", "fr", "it", "pt"].map((lang) => `texts/${lang}.json`), "tvox-widget.d.ts", "tvox-widget.js", "tvox-widget.node.js",
];

const filesOf = (folder) => readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1).replaceAll("\\", "/"))
  .sort();

const sum = (path) => `sha384-${createHash("sha384").update(readFileSync(path)).digest("base64")}`;
const json = (path) => JSON.parse(readFileSync(path, "utf8"));

let installed;

before(async () => {
  installed = join(await project("node"), "node_modules/tvox-widget");
});

test("what npm installs is exactly this", () => {
  assert.deepEqual(filesOf(installed), FILES);
});

test("the list has the sum of every file but itself", () => {
  const list = json(join(installed, "integrity.json"));
  assert.deepEqual(Object.keys(list).sort(), FILES.filter((name) => name !== "integrity.json"));
  for (const [name, integrity] of Object.entries(list)) {
    assert.equal(integrity, sum(join(installed, name)), name);
  }
});

test("every file that the manifest names is there", () => {
  const manifest = json(join(installed, "package.json"));
  const named = [manifest.main, manifest.module, manifest.types, ...manifest.sideEffects];
  const collect = (value) => {
    if (typeof value === "string") named.push(value);
    else Object.values(value).forEach(collect);
  };
  collect(manifest.exports);
  for (const path of named) assert.ok(existsSync(join(installed, path.replace("*", "en"))), path);
});

test("a file with a hashed name has the sum that its list says, and loads only such files", () => {
  const hashed = join(dist, "hashed");
  const list = json(join(hashed, "manifest.json"));
  const files = Object.values(list).map(({ file }) => file);
  for (const { file, integrity } of Object.values(list)) {
    assert.match(file, /-[0-9a-f]{10}\.(js|wasm|json)$/);
    assert.equal(integrity, sum(join(hashed, file)), file);
    if (!file.endsWith(".js")) continue;
    const text = readFileSync(join(hashed, file), "utf8");
    const loads = [...text.matchAll(/"\.\/([\w./-]+\.(?:js|wasm|json))"/g)];
    for (const [, name] of loads) assert.ok(files.includes(name), `${file} loads ${name}`);
    if (file.startsWith("tvox-widget-")) assert.equal(loads.length, 2, "it is made of two others");
  }
});

test("the element holds no language: it loads the one in use", () => {
  const element = readFileSync(join(installed, "element.wasm"), "utf8") + readFileSync(join(installed, "element.js"), "utf8");
  for (const name of FILES.filter((name) => name.startsWith("texts/"))) {
    const texts = Object.values(json(join(installed, name))).filter((text) => text.length > 25);
    assert.ok(texts.length > 20, name);
    for (const text of texts) assert.ok(!element.includes(text), `${name}: ${text}`);
    assert.ok(element.includes(`"./${name}"`), `${name} is never loaded`);
  }
});

test("no file tells where it was built", () => {
  for (const name of FILES) {
    const bytes = readFileSync(join(installed, name), "latin1");
    for (const trace of [homedir(), process.cwd(), dirname(dist), ".cargo/registry", "rustlib/src"]) {
      assert.ok(!bytes.includes(trace), `${name} holds ${trace}`);
    }
  }
});
