// The demo server with its automatic operator, for as long as a test takes.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

const { TVOX_SERVER: program, TVOX_WORK: work, TVOX_DIST: dist } = process.env;

// An operator in no hurry makes a test long and proves nothing.
const SETTINGS = `[echo]\npick_up = "10ms"\nthink = "10ms"\n`;

/**
 * Starts one on a free port: `{ address, stop }`.
 *
 * `pages` are files of its site by path; there is always an `index.html`.
 */
export async function startServer({ pages = {}, site = undefined, widget = dist } = {}) {
  const home = mkdtempSync(join(work, "server-"));
  const root = site ?? join(home, "site");
  for (const [path, text] of Object.entries(pages)) {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  writeFileSync(join(home, "demo.toml"), SETTINGS);
  const child = spawn(program, [
    "--listen", "127.0.0.1:0", "--data", join(home, "data"), "--config", join(home, "demo.toml"),
    "--site", root, "--widget", widget,
  ], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => { child.on("close", resolve).on("error", resolve); });
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /listening on (http:\/\/\S+)/.exec(line)?.[1];
    if (!address) continue;
    const stop = () => {
      child.kill();
      return ended;
    };
    return { address, stop };
  }
  throw new Error("the demo server ended before it listened");
}
