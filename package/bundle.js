// The classic script: everything in one file, the module inside and compiled before the next line
// runs, so that `new TvoxWidget.Widget(conf)` may stand there.
import module from "./core.wasm";
import * as library from "./named.js";
import { initSync } from "./tvox-widget-core-glue.js";

initSync({ module });

// `<script src="…" data-compat>`: pages written for the documented library say `new Widget(conf)`.
if (globalThis.document?.currentScript?.hasAttribute("data-compat")) {
  Object.assign(globalThis, library);
}

export * from "./named.js";
