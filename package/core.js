// `tvox-widget/core` in a page: the library, ready when imported.
import init from "./tvox-widget-core-glue.js";

await init({ module_or_path: new URL("./core.wasm", import.meta.url) });

export * from "./named.js";
