/** The classic script: the documented library as one global name. */
export * from "../core.js";
export as namespace TvoxWidget;
