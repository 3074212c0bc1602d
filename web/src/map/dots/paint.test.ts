import { expect, it } from "vitest";
import type { Coloring } from "../props";
import { FOUR_BINS } from "../testing/bins";
import { paintBins, paintDots, placesInOrder } from "./paint";
import { placeDots } from "./placement";

const dots = placeDots(FOUR_BINS, 10, 0);
const swatches = [
  { color: "#000000", shape: "disc" },
  { color: "#ff0000", shape: "square" },
] as const;

function painted(coloring: Coloring, faint?: number[], selected?: number[]) {
  const paint = paintDots(dots, paintBins(FOUR_BINS, coloring, faint, selected));
  return Array.from(dots.order, (dot, i) => ({
    bin: dots.bin[dot],
    swatch: paint[2 * i],
    how: paint[2 * i + 1],
  }));
}

it("dots have the swatch of their cluster, or of their bin", () => {
  for (const { bin, swatch } of painted({ by: "cluster", swatch: [1, 0], swatches })) {
    expect(swatch).toBe([1, 1, 0, 0][bin as number]);
  }
  for (const { bin, swatch } of painted({ by: "bin", swatch: [0, 1, 0, 1], swatches })) {
    expect(swatch).toBe([0, 1, 0, 1][bin as number]);
  }
});

it("what is filtered out is fainter than what lies beside the selected", () => {
  const coloring: Coloring = { by: "cluster", swatch: [0, 0], swatches };
  for (const { bin, how } of painted(coloring, [0, 1], [0])) expect(how).toBe([0, 1, 2, 2][bin as number]);
});

it("a new colour moves no dot", () => {
  const before = placesInOrder(dots);
  painted({ by: "cluster", swatch: [1, 1], swatches });
  expect(placesInOrder(dots)).toEqual(before);
});
