// `cargo xtask demo --example core_page` puts the module beside the widget.
import start from "/widget/examples/core_page.js";

await start();
