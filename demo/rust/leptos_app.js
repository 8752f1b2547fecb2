// `cargo xtask demo --example leptos_app` puts the module beside the widget.
import start from "/widget/examples/leptos_app.js";

await start();
