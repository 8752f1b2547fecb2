import { defineConfig } from "vite";

export default defineConfig({
  base: "/demo/",
  build: {
    // A page of its own for each entry of the package.
    rollupOptions: { input: ["index.html", "core.html", "element.html"] },
    manifest: "manifest.json",
  },
});
