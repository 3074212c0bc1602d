/** Dots painted into pixels by the processor: what the canvas shows without a GPU's API, and what a PNG is made of. */

import { parseColor } from "../colors";
import type { Swatch } from "../props";
import { distanceTo, REACH } from "../shapes";
import { type Drawing, STRENGTHS } from "./layer";

/** Where in a pixel a dot may lie: so many places a side. */
const PLACES = 4;

interface Stamp {
  readonly side: number;
  /** Uint8 [PLACES, PLACES, side, side]: how much of each pixel is covered. */
  readonly covered: Uint8Array;
}

/** Paints over RGBA pixels [height, width, 4] that are opaque. */
export function splat(
  pixels: Uint8ClampedArray,
  drawing: Drawing,
  places: Float32Array,
  paint: Uint8Array,
  swatches: readonly Swatch[],
): void {
  const stamps = swatches.map(({ shape }) => stampOf(drawing.shapes ? shape : "disc", drawing.radius));
  const colors = swatches.map(({ color }) => parseColor(color));
  for (let i = 0; i < drawing.count; i += 1) {
    const swatch = paint[i * 2] as number;
    const stamp = stamps[swatch];
    const color = colors[swatch];
    if (!stamp || !color) continue;
    const x = (places[i * 2] as number) * drawing.scale + drawing.left;
    const y = (places[i * 2 + 1] as number) * drawing.scale + drawing.top;
    if (
      x < -stamp.side ||
      y < -stamp.side ||
      x > drawing.width + stamp.side ||
      y > drawing.height + stamp.side
    ) {
      continue;
    }
    press(
      pixels,
      drawing,
      stamp,
      x,
      y,
      color,
      drawing.opacity * (STRENGTHS[paint[i * 2 + 1] as number] ?? 1),
    );
  }
}

function press(
  pixels: Uint8ClampedArray,
  { width, height }: Drawing,
  { side, covered }: Stamp,
  x: number,
  y: number,
  color: readonly [number, number, number],
  opacity: number,
): void {
  const half = (side - 1) / 2;
  const [column, row] = [Math.floor(x), Math.floor(y)];
  const variant = Math.floor((y - row) * PLACES) * PLACES + Math.floor((x - column) * PLACES);
  const strength = opacity / 255;
  for (let j = Math.max(0, half - row); j < Math.min(side, height - row + half); j += 1) {
    const line = (variant * side + j) * side;
    const target = (row - half + j) * width + column - half;
    for (let i = Math.max(0, half - column); i < Math.min(side, width - column + half); i += 1) {
      const cover = covered[line + i] as number;
      if (cover === 0) continue;
      const alpha = cover * strength;
      const at = (target + i) * 4;
      pixels[at] = (pixels[at] as number) * (1 - alpha) + color[0] * alpha;
      pixels[at + 1] = (pixels[at + 1] as number) * (1 - alpha) + color[1] * alpha;
      pixels[at + 2] = (pixels[at + 2] as number) * (1 - alpha) + color[2] * alpha;
    }
  }
}

function stampOf(shape: Swatch["shape"], radius: number): Stamp {
  const half = Math.ceil(radius * (shape === "disc" ? 1 : REACH) + 1);
  const side = 2 * half + 1;
  const covered = new Uint8Array(PLACES * PLACES * side * side);
  let at = 0;
  for (let v = 0; v < PLACES; v += 1) {
    for (let u = 0; u < PLACES; u += 1) {
      for (let y = 0; y < side; y += 1) {
        for (let x = 0; x < side; x += 1) {
          const [dx, dy] = [x - half + 0.5 - (u + 0.5) / PLACES, y - half + 0.5 - (v + 0.5) / PLACES];
          const distance = distanceTo(shape, dx / radius, dy / radius) * radius;
          covered[at] = Math.round(Math.min(Math.max(0.5 - distance, 0), 1) * 255);
          at += 1;
        }
      }
    }
  }
  return { side, covered };
}

/** Fills RGBA pixels with one opaque colour. */
export function fillPixels(pixels: Uint8ClampedArray, color: string): void {
  const [r, g, b] = parseColor(color);
  const whole = new Uint32Array(pixels.buffer, pixels.byteOffset, pixels.length / 4);
  const first = new Uint8Array([r, g, b, 255]);
  whole.fill(new Uint32Array(first.buffer)[0] as number);
}
