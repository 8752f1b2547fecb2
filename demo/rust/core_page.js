// `cargo xtask demo --example core_page` puts the module beside the widget.
const start = await import("/widget/examples/core_page.js").then((module) => module.default, () => undefined);

if (start) await start();
else {
  const hint = document.createElement("p");
  hint.setAttribute("role", "alert");
  hint.textContent = "This page is not built yet: cargo xtask demo --example core_page";
  (document.querySelector("main") ?? document.body).append(hint);
}
