// Gives the widget a brand colour and measures the contrast of everything that is written in it, from the
// rendered styles. Source: WCAG 2.2, "contrast ratio" and "relative luminance".
const [color, done] = arguments;
const host = document.querySelector("tvox-widget");
const root = host.shadowRoot;
host.setAttribute("color", color);
const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
// [red, green, blue, alpha] of whatever a computed style may say.
const read = (text) => {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = text;
  canvas.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
  return [r, g, b, a / 255];
};
const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
const luminance = (rgb) => {
  const [r, g, b] = rgb.slice(0, 3).map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const ratio = (one, other) => {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
};
const COLORS = /(?:rgba?|color|hsla?|oklab|oklch|lab|lch)\([^()]*\)/g;
// The layers of a background image, the uppermost first, each with the colours of its gradient.
const gradients = (image) => {
  const layers = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at <= image.length; at += 1) {
    if (image[at] === "(") depth += 1;
    if (image[at] === ")") depth -= 1;
    if (at < image.length && (image[at] !== "," || depth)) continue;
    const layer = image.slice(start, at);
    if (layer.includes("gradient")) layers.push((layer.match(COLORS) ?? []).map(read));
    start = at + 1;
  }
  return layers;
};
// Every colour that may lie behind an element.
const grounds = (element) => {
  const layers = [];
  for (let one = element; one; one = one.parentElement) {
    const style = getComputedStyle(one);
    const own = [...gradients(style.backgroundImage), [read(style.backgroundColor)]];
    layers.push(...own.filter((layer) => layer.some((color) => color[3] > 0)));
    if (own.some((layer) => layer.every((color) => color[3] === 1))) break;
  }
  return layers.reduceRight((below, here) => here.flatMap((one) => below.map((under) => over(one, under))), [[255, 255, 255, 1]]);
};
const measure = () => {
  const poor = [];
  let measured = 0;
  for (const element of root.querySelectorAll("*")) {
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || element.closest(".sr, [aria-disabled=true]")) continue;
    const text = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    const icon = element.localName === "svg" && element.closest("button");
    if ((!text && !icon) || element.getBoundingClientRect().width <= 1) continue;
    const style = getComputedStyle(element);
    const ink = read(style.color);
    const worst = Math.min(...grounds(element).map((ground) => ratio(over(ink, ground), ground)));
    measured += 1;
    const needed = text ? 4.5 : 3;
    if (worst < needed - 0.01) {
      const named = element.closest("[part]")?.getAttribute("part");
      poor.push(`${named} ${element.className.baseVal ?? element.className}: ${style.color} at ${worst.toFixed(2)} instead of ${needed}`);
    }
  }
  return { measured, poor };
};
// The configuration is read again before the colour is another.
let frames = 20;
const wait = () => (frames-- ? requestAnimationFrame(wait) : done(measure()));
wait();
