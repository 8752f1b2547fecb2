// Building the page: nodes only. No markup strings, no inline styles; the page is served with a
// policy that would refuse both.

import { PATHS } from "./icons.js";

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element. `props`: `class`, `text`, `on: {event: listener}`, `testid`, DOM properties that
 * exist only as such (`value`, `checked`, `disabled`, `hidden`), and attributes.
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) set(node, name, value);
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** An icon of 20 px that screen readers pass over: the control around it has the name. */
export function icon(name, extra = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon ${extra}`.trim());
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  for (const d of PATHS[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

/** A button that shows an icon only; `label` is its name and its tooltip. */
export function iconButton(name, label, onClick, props = {}) {
  return h(
    "button",
    { type: "button", class: "icon-button", "aria-label": label, title: label, on: { click: onClick }, ...props },
    icon(name),
  );
}

/** Sets text only where it differs: live regions speak at every write. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Shows `on` as a class. */
export function mark(node, name, on) {
  node.classList.toggle(name, Boolean(on));
}

/** Sets an attribute where it differs, or removes it (`null`); `aria-*` states keep their `false`. */
export function attribute(node, name, value) {
  if (value === null || value === undefined || (value === false && !name.startsWith("aria-")))
    node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, String(value));
}

/**
 * Makes the children of `parent` those of `items`, keeping the node of a key that stays, so that
 * focus, selection and animations survive. `create(item)` makes a node, `update(node, item)` fills it.
 */
export function reconcile(parent, items, keyOf, create, update) {
  const nodes = (parent.keyed ??= new Map());
  const wanted = new Set(items.map(keyOf));
  for (const [key, node] of nodes) {
    if (wanted.has(key)) continue;
    nodes.delete(key);
    node.remove();
  }
  let next = parent.firstChild;
  for (const item of items) {
    const key = keyOf(item);
    let node = nodes.get(key);
    if (!node) nodes.set(key, (node = create(item)));
    update(node, item);
    if (node === next) next = next.nextSibling;
    else parent.insertBefore(node, next);
  }
}

function set(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "class") node.className = value;
  else if (name === "text") node.textContent = value;
  else if (name === "testid") node.dataset.testid = value;
  else if (name === "on") for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
  else if (["value", "checked", "disabled", "hidden", "open"].includes(name)) node[name] = value;
  else node.setAttribute(name, value === true ? "" : String(value));
}
