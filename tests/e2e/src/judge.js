// What can be measured of a widget as it stands, beyond the rules of axe-core. Gives a list of faults, each
// a sentence. Runs as the body of a function; `arguments[0]` says whether to try the text spacing too.
const host = document.querySelector("tvox-widget");
const root = host.shadowRoot;
const faults = [];
const every = (selector, below = root) => [...below.querySelectorAll(selector)];
const seen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
const called = (element) => {
  const part = element.getAttribute("part") ?? element.className;
  return `${element.localName}[${part}] “${(element.getAttribute("aria-label") ?? element.innerText ?? "").trim().slice(0, 40)}”`;
};
// Something drawn for screen readers only is a pixel large.
const drawn = (element) => seen(element) && !element.closest(".sr") && element.getBoundingClientRect().width > 1;
// What lies over the rest, and is closed by Escape.
const modal = every("[aria-modal=true], [part~=call-sheet], [part~=menu]").find(seen);
const usable = (element) => !element.closest("[inert]") && (!modal || modal.contains(element));
const INTERACTIVE = "button, a[href], input, select, textarea, [role=button], [role=radio], [role=slider]";
// The way to earlier messages is shown while it has the focus, to whoever comes by keyboard.
const shown = (element) => !element.matches("[part~=earlier]:not(:focus)");
const interactive = () => every(INTERACTIVE).filter((element) => drawn(element) && usable(element) && shown(element));

// 1.4.10: nothing sticks out of the window, nothing scrolls sideways.
const panel = root.querySelector("[part~=panel]");
if (panel && seen(panel)) {
  const { left, top, right, bottom } = panel.getBoundingClientRect();
  const out = Math.max(-left, -top, right - innerWidth, bottom - innerHeight);
  const inline = root.querySelector("[part~=root]").dataset.mode !== "floating";
  if (!inline && out > 1) faults.push(`the panel sticks out of the window by ${out} pixels`);
}
for (const element of every("*")) {
  if (!drawn(element) || !usable(element)) continue;
  const style = getComputedStyle(element);
  const wide = element.scrollWidth - element.clientWidth;
  if (wide > 1 && ["auto", "scroll"].includes(style.overflowX) && element.localName !== "textarea" && element.clientWidth > 0) {
    faults.push(`${called(element)} scrolls sideways by ${wide} pixels`);
  }
}
const roomy = root.querySelector("[part~=root]").getBoundingClientRect();
if (roomy.right > innerWidth + 1) faults.push(`the widget is wider than the window: ${roomy.right}`);

// 2.5.8, and ours: targets of 44 by 44 pixels. A link within a text is as tall as its line.
for (const element of interactive()) {
  if (element.localName === "a" && getComputedStyle(element).display === "inline") continue;
  // Its label takes clicks for it.
  const rects = [element, ...(element.labels ?? [])].map((one) => one.getBoundingClientRect());
  const width = Math.max(...rects.map((rect) => rect.width));
  const height = Math.max(...rects.map((rect) => rect.height));
  const before = getComputedStyle(element, "::after");
  const grown = before.content !== "none" && before.position === "absolute" ? [parseFloat(before.width), parseFloat(before.height)] : [0, 0];
  const [w, h] = [Math.max(width, grown[0] || 0), Math.max(height, grown[1] || 0)];
  if (w < 43.5 || h < 43.5) faults.push(`${called(element)} is ${w.toFixed(1)} by ${h.toFixed(1)} pixels`);
}

// 2.1.1, 2.4.11, 1.4.10: whatever can be used can be brought into view, and nothing lies over it there.
const scrolled = every("*").map((element) => [element, element.scrollTop]);
for (const element of interactive()) {
  // Where a card leaves the list no line of room, the list waits until the card is dismissed.
  if (element.closest("[part~=log]")?.clientHeight < 44) continue;
  element.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
  // A link may go over several lines: the first of them is where it begins.
  const { left, top, right, bottom } = element.getClientRects()[0];
  const free = [[0.5, 0.5], [0.2, 0.5], [0.8, 0.5], [0.5, 0.2], [0.5, 0.8]].some(([x, y]) => {
    const hit = root.elementFromPoint(left + (right - left) * x, top + (bottom - top) * y);
    return hit && (element.contains(hit) || [...(element.labels ?? [])].some((label) => label.contains(hit)));
  });
  if (!free) faults.push(`${called(element)} cannot be brought into view: ${[left, top, right, bottom].map(Math.round)}`);
}
for (const [element, top] of scrolled) {
  // What does not scroll for people must not be scrolled by the browser either.
  if (element.scrollTop > 1 && getComputedStyle(element).overflowY === "hidden") faults.push(`${called(element)} is shifted by ${element.scrollTop} pixels`);
  if (element.scrollTop !== top) element.scrollTop = top;
}

// 2.3.3: nothing moves where reduced motion is wanted.
const moving = (root.getAnimations ? root.getAnimations() : []).filter((one) => one.playState === "running");
if (moving.length) faults.push(`${moving.length} animations are running: ${moving.map((one) => called(one.effect.target))}`);

// 1.4.12: with the text spacing of the criterion nothing is cut off that was not cut off before.
// Source: WCAG 2.2, 1.4.12; line height 1.5, paragraphs 2, letters 0.12, words 0.16 times the font size.
const cut = () => every("button, a, p, h1, h2, h3, label, legend, li, dt, dd, span, [part~=bubble]").filter((element) => {
  if (!drawn(element) || !usable(element) || element.closest("[aria-hidden=true]")) return false;
  const style = getComputedStyle(element);
  if (!["hidden", "clip"].includes(style.overflowX) || !element.innerText?.trim()) return false;
  return element.scrollWidth > element.clientWidth + 2 || element.scrollHeight > element.clientHeight + 4;
});
if (arguments[0]) {
  const before = new Set(cut());
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`.tvox * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
    .tvox p { margin-block-end: 2em !important; }`);
  const sheets = [...root.adoptedStyleSheets];
  root.adoptedStyleSheets = [...sheets, sheet];
  const after = cut().filter((element) => !before.has(element));
  for (const element of after) {
    // A title may end in dots: the whole of it is its name for whoever asks.
    if (getComputedStyle(element).textOverflow !== "ellipsis") faults.push(`${called(element)} is cut off with wider spacing`);
  }
  root.adoptedStyleSheets = sheets;
}
return faults;
