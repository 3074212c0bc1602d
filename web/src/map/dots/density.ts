/**
 * How dense a cluster is inside its bins, smoothed so that neighbouring boxes meet without a step.
 *
 * Tobler (1979), "Smooth Pycnophylactic Interpolation for Geographical Regions": smooth, then scale every zone back to
 * its own total, several times. It is made from what was released and adds nothing to it.
 */

import type { Bins } from "../props";

/** The box that holds a cluster's bins, and conversations in each of its cells, row by row. */
export interface ClusterDensity {
  readonly x0: number;
  readonly y0: number;
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

const MOST_ROUNDS = 5;

/** Cells that may be smoothed in all, a cell counting once a round: some tenths of a second. */
const MOST_CELLS = 20_000_000;

const ROUNDNESS = 2.5;
const IN_CORNERS = 0.15;

/** How many rounds of smoothing there is time for when all clusters are smoothed. */
export function affordableRounds(bins: Bins, clusters: Iterable<ArrayLike<number>>): number {
  let cells = 0;
  for (const own of clusters) {
    const { width, height } = frameOf(bins, own);
    cells += width * height;
  }
  return Math.min(MOST_ROUNDS, Math.floor(MOST_CELLS / Math.max(cells, 1)));
}

/** The density of the cluster that has these bins; `null` where each of them is to be filled evenly. */
export function clusterDensity(
  bins: Bins,
  own: ArrayLike<number>,
  rounds = MOST_ROUNDS,
): ClusterDensity | null {
  const frame = frameOf(bins, own);
  const radius = Math.round(Math.sqrt((frame.width * frame.height) / own.length) * 0.8);
  if (radius < 1 || own.length < 2 || rounds < 1) return null;
  const values = new Float32Array(frame.width * frame.height);
  for (let i = 0; i < own.length; i += 1) spreadEvenly(bins, own[i] as number, frame, values);
  const density = { ...frame, values };
  const spare = new Float32Array(values.length);
  const rounding = roundWindow(frame);
  for (let round = 0; round < rounds; round += 1) {
    blurRows(values, spare, frame.width, frame.height, radius);
    blurColumns(spare, values, frame.width, frame.height, radius);
    for (let i = 0; i < values.length; i += 1) values[i] = (values[i] as number) * (rounding[i] as number);
    for (let i = 0; i < own.length; i += 1) restoreTotal(bins, own[i] as number, density);
  }
  return density;
}

type Frame = Omit<ClusterDensity, "values">;

function frameOf(bins: Bins, own: ArrayLike<number>): Frame {
  let [x0, y0, x1, y1] = [bins.grid, bins.grid, 0, 0];
  for (let i = 0; i < own.length; i += 1) {
    const bin = own[i] as number;
    x0 = Math.min(x0, bins.x0[bin] as number);
    y0 = Math.min(y0, bins.y0[bin] as number);
    x1 = Math.max(x1, bins.x1[bin] as number);
    y1 = Math.max(y1, bins.y1[bin] as number);
  }
  return { x0, y0, width: x1 - x0, height: y1 - y0 };
}

/**
 * 1 inside of a superellipse, and little in the corners outside of it: clusters have no corners, only their boxes do.
 * What lies in a corner bin stays in it.
 */
function roundWindow({ width, height }: Frame): Float32Array {
  const distances = (length: number) =>
    Float32Array.from({ length }, (_, i) => Math.abs((2 * i + 1) / length - 1) ** ROUNDNESS);
  const [across, down] = [distances(width), distances(height)];
  return Float32Array.from({ length: width * height }, (_, i) =>
    (across[i % width] as number) + (down[Math.floor(i / width)] as number) > 1 ? IN_CORNERS : 1,
  );
}

/** Calls with the first and the end of each row of a bin's cells. */
export function eachRow(
  bins: Bins,
  bin: number,
  frame: Frame,
  visit: (from: number, to: number) => void,
): void {
  const left = (bins.x0[bin] as number) - frame.x0;
  const right = (bins.x1[bin] as number) - frame.x0;
  const bottom = (bins.y1[bin] as number) - frame.y0;
  for (let y = (bins.y0[bin] as number) - frame.y0; y < bottom; y += 1) {
    visit(y * frame.width + left, y * frame.width + right);
  }
}

function cellsOf(bins: Bins, bin: number): number {
  const width = (bins.x1[bin] as number) - (bins.x0[bin] as number);
  return width * ((bins.y1[bin] as number) - (bins.y0[bin] as number));
}

function spreadEvenly(bins: Bins, bin: number, frame: Frame, values: Float32Array): void {
  const each = (bins.conversations[bin] as number) / cellsOf(bins, bin);
  eachRow(bins, bin, frame, (from, to) => values.fill(each, from, to));
}

function restoreTotal(bins: Bins, bin: number, { values, ...frame }: ClusterDensity): void {
  let total = 0;
  eachRow(bins, bin, frame, (from, to) => {
    for (let i = from; i < to; i += 1) total += values[i] as number;
  });
  const factor = total > 0 ? (bins.conversations[bin] as number) / total : 0;
  eachRow(bins, bin, frame, (from, to) => {
    for (let i = from; i < to; i += 1) values[i] = (values[i] as number) * factor;
  });
}

/** Each value becomes the mean of those at most `radius` away in its row, nothing being outside. */
function blurRows(from: Float32Array, to: Float32Array, width: number, height: number, radius: number): void {
  for (let y = 0; y < height; y += 1) blurLine(from, to, y * width, 1, width, radius);
}

function blurColumns(
  from: Float32Array,
  to: Float32Array,
  width: number,
  height: number,
  radius: number,
): void {
  for (let x = 0; x < width; x += 1) blurLine(from, to, x, width, height, radius);
}

function blurLine(
  from: Float32Array,
  to: Float32Array,
  start: number,
  step: number,
  length: number,
  radius: number,
): void {
  let sum = 0;
  for (let i = 0; i < Math.min(radius, length); i += 1) sum += from[start + i * step] as number;
  for (let i = 0; i < length; i += 1) {
    if (i + radius < length) sum += from[start + (i + radius) * step] as number;
    if (i - radius > 0) sum -= from[start + (i - radius - 1) * step] as number;
    to[start + i * step] = Math.max(sum, 0) / (2 * radius + 1);
  }
}
