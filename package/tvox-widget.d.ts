/** The whole package: `<tvox-widget>` and the documented library, ready when imported. */
export * from "./core.js";
export * from "./element.js";
