// `cargo xtask demo --example leptos_app` puts the module beside the widget.
const start = await import("/widget/examples/leptos_app.js").then((module) => module.default, () => undefined);

if (start) await start();
else {
  const hint = document.createElement("p");
  hint.setAttribute("role", "alert");
  hint.textContent = "This page is not built yet: cargo xtask demo --example leptos_app";
  (document.querySelector("main") ?? document.body).append(hint);
}
