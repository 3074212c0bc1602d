import { expect, test } from "vitest";
import { formatBytes, stepsOf } from "./files";

test("a path is a way down from the folder of data", () => {
  expect(stepsOf("").map((step) => step.path)).toEqual([""]);
  expect(stepsOf("2026/october")).toEqual([
    { name: "", path: "" },
    { name: "2026", path: "2026" },
    { name: "october", path: "2026/october" },
  ]);
});

test("sizes are told in few digits", () => {
  const sizes = [0, 999, 1000, 1449, 250_000, 3_400_000_000].map((size) => formatBytes(size, String));
  expect(sizes).toEqual(["0 bytes", "999 bytes", "1 kB", "1.4 kB", "250 kB", "3.4 GB"]);
});
