// The declarations, as a strict compiler in a stranger's project reads them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { project, run, tool } from "./support/projects.js";

let folder;
let installed;

before(async () => {
  folder = await project("typescript");
  installed = join(folder, "node_modules/tvox-widget");
});

const tsc = (place, ...words) => run(
  process.execPath, [tool("typescript/bin/tsc"), "--project", join(folder, place), ...words], { cwd: folder },
);

/** The names that a declaration file exports, values and types. */
const declared = (name) => {
  const text = readFileSync(join(installed, name), "utf8");
  const lines = text.matchAll(/^export (?:declare )?(?:abstract )?(class|const|interface|type|function) (\w+)/gm);
  return [...lines].map(([, kind, name]) => ({ kind, name }));
};

for (const resolution of [["--module", "nodenext"], ["--module", "preserve", "--moduleResolution", "bundler"]]) {
  test(`a strict project compiles (${resolution.at(-1)})`, async () => {
    const { code, out } = await tsc(".", ...resolution);
    assert.equal(code, 0, out);
  });
}

test("the classic script's one name is known to scripts that import nothing", async () => {
  const { code, out } = await tsc("classic");
  assert.equal(code, 0, out);
});

for (const config of ["tsconfig.json", "tsconfig.rxjs5.json"]) {
  test(`what the library's tests say of its types holds (${config})`, async () => {
    const cwd = process.env.TVOX_LIBRARY_TESTS;
    const { code, out } = await run(process.execPath, [tool("typescript/bin/tsc"), "--project", config], { cwd });
    assert.equal(code, 0, out);
  });
}

test("the compiler has read the sample: a mistake in it is found", async () => {
  const { code, out } = await tsc(".", "--lib", "es2022");
  assert.notEqual(code, 0);
  assert.match(out, /library\.ts.*Cannot find name 'document'/);
});

test("the sample names everything that is declared", () => {
  for (const [sample, declarations] of [["library.ts", "core.d.ts"], ["element.ts", "element.d.ts"]]) {
    const text = readFileSync(join(folder, sample), "utf8");
    const names = new Set(declared(declarations).map(({ name }) => name));
    assert.ok(names.size > 4, `only ${names.size} names were found in ${declarations}`);
    const missing = [...names].filter((name) => !new RegExp(`^import[^;]*\\b${name}\\b`, "m").test(text));
    assert.deepEqual(missing, []);
  }
});

test("what is declared as a value is one, and nothing else is exported", async () => {
  for (const [entry, files] of [
    ["core.node.js", ["core.d.ts"]],
    ["element.js", ["element.d.ts"]],
    ["tvox-widget.node.js", ["core.d.ts", "element.d.ts"]],
  ]) {
    const values = files.flatMap(declared)
      .filter(({ kind }) => ["class", "const", "function"].includes(kind)).map(({ name }) => name);
    const exported = Object.keys(await import(pathToFileURL(join(installed, entry))));
    assert.deepEqual(exported.sort(), [...new Set(values)].sort(), entry);
  }
});
