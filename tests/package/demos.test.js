// The demos, as a strict compiler reads them: what they say of the library has to be true.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { run, tool } from "./support/projects.js";

const demo = fileURLToPath(new URL("../../demo", import.meta.url));
const tsc = (...words) =>
  run(process.execPath, [tool("typescript/bin/tsc"), "--project", demo, ...words], { cwd: demo });

test("the demos agree with the library's types", async () => {
  const { code, out } = await tsc();
  assert.equal(code, 0, out);
});

test("the compiler has read every script of theirs, and finds a mistake in it", async () => {
  const scripts = readdirSync(join(demo, "lib")).filter((name) => name.endsWith(".js"));
  assert.ok(scripts.includes("wtest_chat.js"));
  const listed = await tsc("--listFilesOnly");
  for (const script of scripts) assert.ok(listed.out.includes(`demo/lib/${script}`), script);
  const { code, out } = await tsc("--lib", "es2022");
  assert.notEqual(code, 0);
  assert.match(out, /wtest_chat\.js.*Cannot find name 'document'/);
});
