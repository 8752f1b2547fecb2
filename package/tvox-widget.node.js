// `tvox-widget` in Node: the library, and an element that nobody will see. A page that is rendered on
// a server may import the same names there.
export { TvoxWidget } from "./element.js";
export * from "./core.node.js";
