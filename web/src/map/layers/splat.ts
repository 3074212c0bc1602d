/** Dots painted into pixels by the processor: what the canvas shows without a GPU's API, and what a PNG is made of. */

import { parseColor, type Rgb } from "../colors";
import type { Swatch } from "../props";
import { distanceTo, REACH } from "../shapes";
import { type Drawing, STRENGTHS } from "./layer";

/** Where in a pixel a dot may lie: so many places a side. */
const PLACES = 4;

/** One in fixed point. */
const ONE = 1 << 16;
const HALF = ONE / 2;

/** The pixels that a dot covers, from the one that it lies in, where it lies in a certain place of that. */
interface Stamp {
  readonly dx: Int32Array;
  readonly dy: Int32Array;
  /** How far on in the pixels' bytes. */
  readonly at: Int32Array;
  /** From 1 to 255. */
  readonly cover: Uint8Array;
}

interface Stamps {
  /** Pixels on each side of the one that a dot lies in. */
  readonly half: number;
  /** [PLACES * PLACES], by row. */
  readonly byPlace: readonly Stamp[];
}

/** Paints over RGBA pixels [height, width, 4] that are opaque. */
export function splat(
  pixels: Uint8ClampedArray,
  drawing: Drawing,
  places: Float32Array,
  paint: Uint8Array,
  swatches: readonly Swatch[],
): void {
  const { width, radius } = drawing;
  const stamps = swatches.map(({ shape }) => stampsOf(drawing.shapes ? shape : "disc", radius, width));
  const colors = swatches.map(({ color }) => parseColor(color));
  const alphas = STRENGTHS.map((strength) => alphasOf(drawing.opacity * strength));
  pressAll(pixels, drawing, places, paint, stamps, colors, alphas);
}

/**
 * Apart from what prepares it, and taking nothing apart as a list: where swatches come that look otherwise than those
 * before, browsers forget how they made a function fast, and go through its loops slowly once more.
 */
function pressAll(
  pixels: Uint8ClampedArray,
  drawing: Drawing,
  places: Float32Array,
  paint: Uint8Array,
  stamps: readonly Stamps[],
  colors: readonly Rgb[],
  alphas: readonly Int32Array[],
): void {
  const { width, height, scale, left, top } = drawing;
  const bytes = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.length);
  for (let i = 0; i < drawing.count; i += 1) {
    const swatch = paint[i * 2] as number;
    const of = stamps[swatch];
    const color = colors[swatch];
    const alpha = alphas[paint[i * 2 + 1] as number];
    if (of === undefined || color === undefined || alpha === undefined) continue;
    const x = (places[i * 2] as number) * scale + left;
    const y = (places[i * 2 + 1] as number) * scale + top;
    const column = Math.floor(x);
    const row = Math.floor(y);
    const half = of.half;
    // What is no number is nowhere, too.
    if (!(column >= -half && row >= -half && column < width + half && row < height + half)) continue;
    const place = placeIn(y - row) * PLACES + placeIn(x - column);
    const stamp = of.byPlace[place] as Stamp;
    const first = (row * width + column) * 4;
    if (column >= half && row >= half && column < width - half && row < height - half)
      press(bytes, first, stamp, color, alpha);
    else press(bytes, first, within(stamp, column, row, drawing), color, alpha);
  }
}

/** Of a part of a pixel, which is 1 where a tiny negative number is rounded. */
function placeIn(part: number): number {
  return Math.min(Math.floor(part * PLACES), PLACES - 1);
}

function press(bytes: Uint8Array, first: number, stamp: Stamp, color: Rgb, alpha: Int32Array): void {
  const { at, cover } = stamp;
  const red = color[0];
  const green = color[1];
  const blue = color[2];
  for (let k = 0; k < at.length; k += 1) {
    const much = alpha[cover[k] as number] as number;
    const to = first + (at[k] as number);
    const r = bytes[to] as number;
    const g = bytes[to + 1] as number;
    const b = bytes[to + 2] as number;
    bytes[to] = r + (((red - r) * much + HALF) >> 16);
    bytes[to + 1] = g + (((green - g) * much + HALF) >> 16);
    bytes[to + 2] = b + (((blue - b) * much + HALF) >> 16);
  }
}

/** What of a stamp is inside the picture, pressed at a pixel near its edge. */
function within(stamp: Stamp, column: number, row: number, { width, height }: Drawing): Stamp {
  const isInside = (_: number, k: number) => {
    const [x, y] = [column + (stamp.dx[k] as number), row + (stamp.dy[k] as number)];
    return x >= 0 && y >= 0 && x < width && y < height;
  };
  return { ...stamp, at: stamp.at.filter(isInside), cover: stamp.cover.filter(isInside) };
}

/** Int32 [256]: how much of a colour goes where so much of a pixel is covered, in fixed point. */
function alphasOf(opacity: number): Int32Array {
  return Int32Array.from({ length: 256 }, (_, cover) => Math.round((opacity * cover * ONE) / 255));
}

function stampsOf(shape: Swatch["shape"], radius: number, width: number): Stamps {
  const half = Math.ceil(radius * (shape === "disc" ? 1 : REACH) + 1);
  const byPlace: Stamp[] = [];
  for (let v = 0; v < PLACES; v += 1) {
    for (let u = 0; u < PLACES; u += 1) byPlace.push(stampOf(shape, radius, width, half, u, v));
  }
  return { half, byPlace };
}

function stampOf(
  shape: Swatch["shape"],
  radius: number,
  width: number,
  half: number,
  u: number,
  v: number,
): Stamp {
  const covered: [dx: number, dy: number, cover: number][] = [];
  for (let dy = -half; dy <= half; dy += 1) {
    for (let dx = -half; dx <= half; dx += 1) {
      const [x, y] = [dx + 0.5 - (u + 0.5) / PLACES, dy + 0.5 - (v + 0.5) / PLACES];
      const distance = distanceTo(shape, x / radius, y / radius) * radius;
      const cover = Math.round(Math.min(Math.max(0.5 - distance, 0), 1) * 255);
      if (cover > 0) covered.push([dx, dy, cover]);
    }
  }
  return {
    dx: Int32Array.from(covered, ([dx]) => dx),
    dy: Int32Array.from(covered, ([, dy]) => dy),
    at: Int32Array.from(covered, ([dx, dy]) => (dy * width + dx) * 4),
    cover: Uint8Array.from(covered, ([, , cover]) => cover),
  };
}

/** Fills RGBA pixels with one opaque colour. */
export function fillPixels(pixels: Uint8ClampedArray, color: string): void {
  const [r, g, b] = parseColor(color);
  const whole = new Uint32Array(pixels.buffer, pixels.byteOffset, pixels.length / 4);
  const first = new Uint8Array([r, g, b, 255]);
  whole.fill(new Uint32Array(first.buffer)[0] as number);
}
