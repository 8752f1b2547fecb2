// Tries in a page what `tests/js` says of the library, over its scripted server.
globalThis.TVOX_LIBRARY = "/widget/core.js";

const { run } = await import("/demo/js/harness.js");
for (const name of ["calls", "chat", "contact", "observable", "widget"]) {
  await import(`/demo/js/${name}.test.js`);
}
globalThis.results = await run();
