// The library, whose classes keep their names when scripts are made smaller: errors and consoles say them.
import * as library from "./library.js";

for (const [name, value] of Object.entries(library)) {
  if (typeof value === "function") Object.defineProperty(value, "name", { value: name });
}

export * from "./library.js";
