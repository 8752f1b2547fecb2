// The WebSocket of Node: its own from version 22 on, before that the package `ws`, if it is installed.
import { createRequire } from "node:module";
import { TvoxError } from "./error.js";

let installed;

/** The class there is. Throws a `TvoxError` where there is none. */
export const needSocket = () => {
  if (globalThis.WebSocket) return globalThis.WebSocket;
  try {
    return (installed ??= createRequire(import.meta.url)("ws"));
  } catch (cause) {
    if (cause?.code !== "MODULE_NOT_FOUND") throw cause;
    const message = `Node ${process.versions.node} has no WebSocket: use Node 22 or newer, or install the package ws`;
    throw new TvoxError("NO_WEBSOCKET", message, { node: process.versions.node });
  }
};

/** In place of the page's `WebSocket`, wherever the library says that name. */
export function WebSocket(address, protocols) {
  const Socket = needSocket();
  // Servers ask where a connection comes from. A program comes from no page: it names the server's own.
  const headers = { origin: new URL(address).origin.replace(/^ws/, "http") };
  if (Socket.Server) {
    const socket = new Socket(address, protocols, { headers });
    // An emitter of Node: an error that nobody listens for ends the program.
    socket.on("error", () => {});
    return socket;
  }
  if (Socket.prototype[Symbol.toStringTag] === "WebSocket") {
    try {
      return new Socket(address, { protocols, headers });
    } catch {
      // Not Node's own but that of an imitated page, which has an origin. It takes an object for the
      // name of a protocol, and no protocol has such a name.
    }
  }
  return new Socket(address, protocols);
}
