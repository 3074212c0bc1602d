import { describe, expect, it } from "vitest";
import { placeDots } from "./dots/placement";
import { binPicker } from "./pick";
import type { Bins } from "./props";
import { FOUR_BINS, SAMPLE } from "./testing/bins";

describe("pointing", () => {
  it("at a dot finds its bin, whatever lies over it", () => {
    const dots = placeDots(SAMPLE.bins, 1, 0);
    const pick = binPicker(SAMPLE.bins, dots);
    for (let dot = 0; dot < dots.count; dot += 13) {
      const place = { x: dots.positions[dot * 2] as number, y: dots.positions[dot * 2 + 1] as number };
      expect(pick(place, 1e-6)).toBe(dots.bin[dot]);
    }
  });

  it("between dots finds the densest bin there", () => {
    const over: Bins = {
      ...FOUR_BINS,
      x0: [0, 0],
      y0: [0, 0],
      x1: [16, 8],
      y1: [16, 8],
      conversations: [100, 90],
    };
    const pick = binPicker({ ...over, cluster: [0, 1] }, placeDots({ ...over, cluster: [0, 1] }, 1000, 0));
    expect(pick({ x: 0.3, y: 0.3 }, 0)).toBe(1);
    expect(pick({ x: 0.8, y: 0.8 }, 0)).toBe(0);
  });

  it("beside all bins finds none, and near enough to a dot its bin", () => {
    const dots = placeDots(FOUR_BINS, 1, 0);
    const pick = binPicker(FOUR_BINS, dots);
    expect(pick({ x: 0.25, y: 0.75 }, 0.01)).toBe(-1);
    expect(pick({ x: -0.3, y: 2 }, 0.01)).toBe(-1);
    expect(pick({ x: 0.25, y: 0.52 }, 0.15)).toBeGreaterThanOrEqual(0);
  });
});
