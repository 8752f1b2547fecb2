// Chromium, steered by way of chromedriver (W3C WebDriver), as much of it as these tests need.
import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

const { TVOX_CHROMEDRIVER: driver, TVOX_CHROMIUM: chromium, TVOX_WORK: work } = process.env;

/** A page's promise is waited for so long. */
const LIMIT = 60_000;

/** A running browser with one page in it. */
export class Browser {
  #child;
  #session;

  static async start() {
    const browser = new Browser();
    const child = spawn(driver, ["--port=0"], { stdio: ["ignore", "pipe", "ignore"] });
    browser.#child = child;
    for await (const line of createInterface({ input: child.stdout })) {
      const port = /started successfully on port (\d+)/.exec(line)?.[1];
      if (!port) continue;
      const profile = mkdtempSync(join(work, "profile-"));
      const options = {
        binary: chromium,
        args: [
          "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
          "--disable-background-networking", "--disable-component-update", "--disable-sync",
          `--user-data-dir=${profile}`,
        ],
      };
      const capabilities = {
        alwaysMatch: {
          browserName: "chrome", "goog:chromeOptions": options, timeouts: { script: LIMIT },
          "goog:loggingPrefs": { browser: "ALL" },
        },
      };
      browser.#session = `http://127.0.0.1:${port}/session`;
      const { sessionId } = await browser.#ask("", { capabilities });
      browser.#session += `/${sessionId}`;
      return browser;
    }
    throw new Error("chromedriver ended before it was ready");
  }

  /** Loads a page and waits until it has loaded. */
  async open(url) {
    await this.#ask("/url", { url });
  }

  /**
   * What a function gives, or the promise that it returns comes to, when run in the page with
   * `values`. It may not use anything from around it.
   */
  async run(act, ...values) {
    const script = `const done = arguments[arguments.length - 1];
      const act = ${act};
      Promise.resolve().then(() => act(...[...arguments].slice(0, -1))).then(
        (value) => done({ value }), (error) => done({ error: String(error?.stack ?? error) }));`;
    const { value, error } = await this.#ask("/execute/async", { script, args: values });
    if (error) throw new Error(`in the page: ${error}`);
    return value;
  }

  /** What the console has shown since it was last asked for, errors of the page among it. */
  async console() {
    const entries = await this.#ask("/se/log", { type: "browser" });
    return entries.map(({ level, message }) => `${level} ${message}`);
  }

  async close() {
    await fetch(this.#session, { method: "DELETE" }).catch(() => undefined);
    this.#child.kill();
  }

  async #ask(path, body) {
    const answer = await fetch(`${this.#session}${path}`, {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body),
    });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`WebDriver: ${value.error}: ${value.message}`);
    return value;
  }
}
