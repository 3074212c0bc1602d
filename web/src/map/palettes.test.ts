import { describe, expect, it } from "vitest";
import { contrast, withContrast } from "./colors";
import { categorySwatches, divergingSwatches, orderedSwatches } from "./palettes";

describe.each([
  ["light", "#fbfbfa"],
  ["dark", "#15181d"],
])("swatches on a %s background", (_, background) => {
  it("can all be told from it", () => {
    for (const swatches of [categorySwatches, orderedSwatches, divergingSwatches]) {
      for (const { color } of swatches(background)) {
        expect(contrast(color, background)).toBeGreaterThanOrEqual(3);
      }
    }
  });

  it("differ from each other in colour, and categories and steps in shape too", () => {
    for (const swatches of [categorySwatches(background), orderedSwatches(background)]) {
      expect(new Set(swatches.map(({ color }) => color)).size).toBe(swatches.length);
      expect(new Set(swatches.map(({ shape }) => shape)).size).toBe(swatches.length);
    }
  });
});

it("colours that can be told apart already are left as they are", () => {
  expect(withContrast("#0072b2", "#ffffff", 3)).toBe("#0072b2");
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 5);
});
