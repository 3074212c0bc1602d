import { describe, expect, it } from "vitest";
import type { Shape, Swatch } from "../props";
import { distanceTo, SHAPES } from "../shapes";
import type { Drawing } from "./layer";
import { fillPixels, splat } from "./splat";

const SIDE = 40;
const drawing = (radius: number, shapes = true): Drawing => ({
  width: SIDE,
  height: SIDE,
  scale: SIDE,
  left: 0,
  top: 0,
  radius,
  opacity: 1,
  shapes,
  count: 1,
});

function pixelsOf(place: [number, number], swatch: Swatch, how: Drawing, strength = 0): Uint8ClampedArray {
  const pixels = new Uint8ClampedArray(SIDE * SIDE * 4);
  fillPixels(pixels, "#ffffff");
  splat(pixels, how, new Float32Array(place), new Uint8Array([0, strength]), [swatch]);
  return pixels;
}

/** Pixels that are covered, by how much they lost of white. */
function ink(pixels: Uint8ClampedArray): number {
  let sum = 0;
  for (let i = 0; i < pixels.length; i += 4) sum += (255 - (pixels[i] as number)) / 255;
  return sum;
}

describe("a dot painted by the processor", () => {
  it.each(SHAPES)("covers as much as a %s does, wherever in a pixel it lies", (shape: Shape) => {
    let area = 0;
    for (let y = -1.5; y < 1.5; y += 0.02) {
      for (let x = -1.5; x < 1.5; x += 0.02) if (distanceTo(shape, x, y) < 0) area += 0.0004;
    }
    for (const place of [0.5, 0.5013, 0.511] as const) {
      const painted = ink(pixelsOf([place, 0.5], { color: "#000000", shape }, drawing(6)));
      expect(painted / (area * 36)).toBeGreaterThan(0.93);
      expect(painted / (area * 36)).toBeLessThan(1.07);
    }
  });

  it("is a disc while it is too small to show a shape", () => {
    const [disc, square] = (["disc", "square"] as const).map((shape) =>
      pixelsOf([0.5, 0.5], { color: "#123456", shape }, drawing(2, false)),
    );
    expect(square).toEqual(disc);
  });

  it("is fainter where it is filtered out", () => {
    const [plain, filtered] = [0, 2].map((strength) =>
      ink(pixelsOf([0.5, 0.5], { color: "#000000", shape: "disc" }, drawing(4), strength)),
    ) as [number, number];
    expect(filtered / plain).toBeCloseTo(0.13, 1);
  });

  it("lies over those before it, as much as it is opaque", () => {
    const pixels = new Uint8ClampedArray(SIDE * SIDE * 4);
    fillPixels(pixels, "#ffffff");
    const how = { ...drawing(6), opacity: 0.5, count: 2 };
    const swatches: Swatch[] = ["#c80000", "#0064c8"].map((color) => ({ color, shape: "disc" }));
    splat(pixels, how, new Float32Array([0.5, 0.5, 0.5, 0.5]), new Uint8Array([0, 0, 1, 0]), swatches);
    const middle = (SIDE / 2) * SIDE + SIDE / 2;
    const [r, g, b] = pixels.slice(middle * 4, middle * 4 + 3);
    expect([r, g, b]).toEqual([114, 114, 164]);
  });

  it("is cut off at the picture's edges", () => {
    for (const place of [
      [0, 0],
      [1, 0.5],
      [0.5, 1],
    ] as [number, number][]) {
      const painted = ink(pixelsOf(place, { color: "#000000", shape: "disc" }, drawing(5)));
      expect(painted).toBeGreaterThan(10);
      expect(painted).toBeLessThan(0.6 * Math.PI * 25);
    }
    for (const place of [-0.02, 1.02]) {
      const painted = ink(pixelsOf([place, place], { color: "#000000", shape: "disc" }, drawing(5)));
      expect(painted).toBeGreaterThan(5);
      expect(painted).toBeLessThan(0.25 * Math.PI * 25);
    }
    for (const place of [-1e-17, Number.NaN]) {
      expect(ink(pixelsOf([0.5, place], { color: "#000000", shape: "disc" }, drawing(5)))).toBeLessThan(45);
    }
    expect(ink(pixelsOf([3, -2], { color: "#000000", shape: "disc" }, drawing(5)))).toBe(0);
  });
});
