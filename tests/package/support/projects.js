// Projects that use the package, as strangers make them: a folder of their own, the packed archive
// installed by npm, nothing linked.
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";

const { TVOX_WORK: work, TVOX_TARBALL: tarball, TVOX_TOOLBOX: toolbox } = process.env;

const NPM = process.platform === "win32" ? "npm.cmd" : "npm";

/** Runs a program to its end: `{ code, out }`, with what it wrote to either stream. */
export function run(program, words, { cwd = work, env = {}, limit = 120_000 } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, {
      cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"], timeout: limit,
    });
    let out = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => { out += text; });
    }
    child.on("error", reject).on("close", (code, signal) => resolve({ code: code ?? signal, out }));
  });
}

/** The same, and it has to end well. */
export async function succeed(program, words, options) {
  const { code, out } = await run(program, words, options);
  if (code !== 0) throw new Error(`${program} ${words.join(" ")} ended with ${code}:\n${out}`);
  return out;
}

/** A copy of `projects/<name>`, and `projects/shared`, with the package installed; gives its folder. */
export async function project(name) {
  const folder = join(work, name);
  for (const part of ["shared", name]) {
    cpSync(new URL(`../projects/${part}`, import.meta.url), folder, { recursive: true });
  }
  // The registry is not asked: the package has no dependency that would have to come from there.
  const words = ["install", "--offline", "--no-audit", "--no-fund", "--no-package-lock", tarball];
  await succeed(NPM, words, { cwd: folder });
  return folder;
}

/** Lets a project import these packages of the toolbox, as if it had installed them. */
export function lend(folder, names) {
  for (const name of names) {
    const place = join(folder, "node_modules", name);
    mkdirSync(join(place, ".."), { recursive: true });
    if (!existsSync(place)) symlinkSync(join(toolbox, name), place, "junction");
  }
}

/** A program of the toolbox, to be run by Node. */
export const tool = (path) => join(toolbox, path);
