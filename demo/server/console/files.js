// Files: chosen here and sent, or sent by the visitor and fetched. The bytes go by HTTP; the WebSocket says where.

import { newKey } from "./memory.js";
import { h, icon } from "./dom.js";

const SIZES = ["B", "kB", "MB"];

/** A size as people read it: `81 kB`. */
export function sizeText(bytes) {
  let unit = 0;
  let size = bytes;
  while (size >= 1_000 && unit < SIZES.length - 1) {
    size /= 1_000;
    unit += 1;
  }
  return `${size < 10 && unit > 0 ? size.toFixed(1) : Math.round(size)} ${SIZES[unit]}`;
}

/** Why a file cannot be sent, in words; by the server's reason. */
const REFUSALS = {
  FILE_TYPE: "Files of this type are not taken.",
  FILE_SIZE: "This file is empty or too large.",
  FILE_NAME: "A file may not be called that.",
  RATE_LIMITED: "Too many files are on their way. Please wait a moment.",
  NOT_CONNECTED: "The visitor is being connected again. Please try in a moment.",
  SESSION_CLOSED: "The conversation has ended.",
  UPLOAD_EXPIRED: "The file took too long. Please try again.",
};

/** Words for an error of `file.begin` or of the upload. */
export function refusalText(reason) {
  return REFUSALS[reason] ?? "The file could not be sent. Please try again.";
}

/**
 * Announces a file and sends it.
 * @param {{call: (method: string, params: object) => Promise<object>}} wire
 * @param {string} server  the server's address
 * @throws {Error} with the server's `reason`
 */
export async function sendFile(wire, server, session, file) {
  const key = newKey();
  const slot = await wire.call("file.begin", { session, key, name: file.name, size: file.size, type: file.type });
  const answer = await fetch(new URL(slot.url, server), {
    method: slot.method,
    headers: { Authorization: `Bearer ${slot.token}`, "Content-Type": "application/octet-stream" },
    body: file,
    credentials: "omit",
  });
  if (answer.ok) return;
  const { error } = await answer.json().catch(() => ({}));
  throw Object.assign(new Error("the file was refused"), { reason: error?.data?.reason });
}

/** Fetches a file: the browser keeps it under its name. */
export async function fetchFile(wire, server, session, file, name) {
  const { url } = await wire.call("file.url", { session, file });
  // The server serves it as an attachment: the console stays where it is.
  const anchor = h("a", { href: new URL(url, server).href, download: name, rel: "noopener" });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
}

/** The button by the composer with which a file is chosen. */
export function attachView(store, desk) {
  const input = h("input", { type: "file", class: "visually-hidden", testid: "file-input", tabindex: "-1", "aria-hidden": "true" });
  const button = h(
    "button",
    {
      type: "button",
      class: "icon-button",
      testid: "file-open",
      "aria-label": "Send a file",
      title: "Send a file",
      on: { click: () => input.click() },
    },
    icon("clip"),
  );
  input.addEventListener("change", () => {
    const [file] = input.files;
    input.value = "";
    if (file) desk.sendFile(store.selected, file);
  });
  store.on(["conversation", "selected", "services"], () => {
    const { file } = store.limits;
    button.hidden = !file || !store.current?.open;
    if (file) input.setAttribute("accept", file.types.join(","));
  });
  return [button, input];
}
