// How a person is shown in lists: a disc with initials, in a colour that stays his.

import { clean } from "./conversation.js";
import { h, icon } from "./dom.js";

const HUES = 6;

/** A disc with the initials of `name`; the colour follows from `id`, so that namesakes differ. */
export function avatar(name, id, anonymous = false) {
  const disc = h("span", { class: `avatar hue-${hash(id ?? name) % HUES}`, "aria-hidden": "true" });
  disc.append(anonymous ? icon("person") : initials(name));
  return disc;
}

function initials(name) {
  const words = clean(name).match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}’'-]*/gu) ?? [];
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters.map((word) => [...word][0].toLocaleUpperCase()).join("") || "?";
}

function hash(text) {
  let sum = 0;
  for (const char of text) sum = (sum * 31 + char.codePointAt(0)) >>> 0;
  return sum;
}
