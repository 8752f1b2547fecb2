// `tvox-widget` in a page: `<tvox-widget>` and the library. The element comes first: it does not wait
// for the library, and is there even where the library cannot be loaded.
export { TvoxWidget } from "./element.js";
export * from "./core.js";
