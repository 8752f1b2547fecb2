// A part of the module, which comes when a visitor first needs it.
const parts = {};

/** Fetches a part and links it, once; false if it cannot be had, and the next wish tries again. */
export const fetchPart = (url, imports) => (parts[url] ??= link(url, imports).then(
  () => true,
  (error) => {
    console.error("tvox-widget:", error);
    delete parts[url];
    return false;
  },
));

const link = async (url, imports) => {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: HTTP ${response.status}`);
  await WebAssembly.instantiate(await response.arrayBuffer(), imports());
};
