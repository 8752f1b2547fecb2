// Put into a page: keeps a transcript of what a screen reader is told by live regions, as WAI-ARIA 1.2
// defines them. `heard` has one line for each announcement: how (polite, assertive) and what.
const root = document.querySelector("tvox-widget").shadowRoot;
const heard = (window.heard = []);
const POLITE = { log: "polite", status: "polite", alert: "assertive", timer: "off", marquee: "off" };
const element = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement);
const liveliness = (one) => one.getAttribute("aria-live") ?? POLITE[one.getAttribute("role")];
const region = (node) => {
  for (let one = element(node); one; one = one.parentElement) if (liveliness(one)) return one;
  return null;
};
const silent = (node) => {
  const one = element(node);
  return !one || !one.isConnected || Boolean(one.closest("[aria-hidden=true]")) || !one.checkVisibility({ visibilityProperty: true });
};
const words = (node) => {
  if (node.nodeType === Node.TEXT_NODE) return silent(node) ? "" : node.data;
  if (node.nodeType !== Node.ELEMENT_NODE || silent(node)) return "";
  return (node.getAttribute("aria-label") ?? [...node.childNodes].map(words).join(" ")).replace(/\s+/g, " ").trim();
};
const tell = (how, text) => {
  if (text.trim()) heard.push(`${how}: ${text.trim()}`);
};
new MutationObserver((changes) => {
  const whole = new Set();
  const parts = new Map();
  for (const change of changes) {
    const nodes = change.type === "childList" ? [...change.addedNodes] : [change.target];
    for (const node of nodes) {
      if (!node.isConnected) continue;
      // An alert speaks when it comes, wherever it comes.
      const alerts = change.type === "childList" && node.querySelectorAll ? [node, ...node.querySelectorAll("*")] : [];
      for (const one of alerts) if (one.getAttribute("role") === "alert") whole.add(one);
      const place = region(node);
      if (!place || liveliness(place) === "off") continue;
      const atomic = place.getAttribute("aria-atomic") ?? String(["status", "alert"].includes(place.getAttribute("role")));
      if (atomic === "true") whole.add(place);
      else parts.set(node, place);
    }
  }
  for (const place of whole) tell(liveliness(place), words(place));
  for (const [node, place] of parts) {
    // Of what was added together, the outermost: it is read once.
    if ([...parts.keys()].some((other) => other !== node && other.contains(node))) continue;
    tell(liveliness(place), words(node));
  }
}).observe(root, { subtree: true, childList: true, characterData: true });
return true;
