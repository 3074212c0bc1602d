import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

/** Builds the pages that tests look at single parts with. They are not shipped. */
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  base: "./",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { map: fileURLToPath(new URL("map.html", import.meta.url)) } },
  },
});
