// `tvox-widget/core` in Node: the library, with the module read from the disk. Importing it opens
// nothing and waits for nothing, so `require` can load it too.
import { readFileSync } from "node:fs";
import * as library from "./named.js";
import { needSocket } from "./node-socket.js";
import { initSync } from "./tvox-widget-core-glue.js";

initSync({ module: readFileSync(new URL("./core.wasm", import.meta.url)) });

export class Widget extends library.Widget {
  static { Object.defineProperty(this, "name", { value: "Widget" }); }

  constructor(configuration) {
    // Said here: a connection that cannot be made is tried again for ever.
    needSocket();
    super(configuration);
  }
}

export * from "./named.js";
