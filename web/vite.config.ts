import { defineConfig } from "vitest/config";

const serverAddress = process.env.CLIOSCOPE_SERVER ?? "http://127.0.0.1:8710";

/**
 * The page, whose parts are loaded when they are wanted, and with `--mode report` the script and the style sheet
 * of reports, which hold all of it in one plain script. Names without hashes: the server answers with an ETag, and a
 * rebuild changes only what changed.
 */
export default defineConfig(({ mode }) => ({
  base: "/",
  resolve: { alias: mode === "report" ? [{ find: /^(.*)\/load$/, replacement: "$1/at_once" }] : [] },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../src/clioscope/explorer/static",
    emptyOutDir: mode !== "report",
    copyPublicDir: mode !== "report",
    target: "es2022",
    sourcemap: false,
    modulePreload: false,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    rolldownOptions: {
      ...(mode === "report" ? { input: "src/report.tsx" } : {}),
      output: {
        format: mode === "report" ? "iife" : "es",
        entryFileNames: mode === "report" ? "report.js" : "app.js",
        chunkFileNames: "[name].js",
        assetFileNames: mode === "report" ? "report[extname]" : "[name][extname]",
      },
    },
  },
  server: { proxy: { "/api": serverAddress, "/login": serverAddress } },
  // What hangs is ended all the same; how busy a machine is fails no test.
  test: { include: ["src/**/*.test.ts"], environment: "node", testTimeout: 60_000 },
}));
