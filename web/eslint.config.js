import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import typescript from "typescript-eslint";

/** Forbids imports of what `pattern` matches, also those that are made while running. */
function withoutImports(files, pattern, message) {
  return {
    files: [files],
    rules: {
      "no-restricted-imports": ["error", { patterns: [{ regex: pattern, message }] }],
      "no-restricted-syntax": [
        "error",
        { selector: `ImportExpression[source.value=/${pattern.replaceAll("/", "\\/")}/]`, message },
      ],
    },
  };
}

export default defineConfig(
  { ignores: ["node_modules", "build", "src/api/types.ts"] },
  js.configs.recommended,
  typescript.configs.strict,
  { rules: { "no-undef": "off", "no-control-regex": "off" } },
  withoutImports(
    "src/map/**",
    "^(\\.\\./)+(api|exports|model|parts|source|state|statistics|styles|views|work)(/|$)",
    "The map is given all that it shows, and knows of nothing around it.",
  ),
  withoutImports(
    "src/statistics/**",
    "^(?!\\./|vitest$)",
    "Statistics are pure functions of what they are given.",
  ),
  {
    files: ["src/statistics/**"],
    rules: { "no-restricted-globals": ["error", "document", "fetch", "location", "window"] },
  },
);
