/** Which bin is pointed at. Bins of different clusters overlap: dots decide, and then density. */

import type { Dots } from "./dots/placement";
import type { Bins } from "./props";
import type { Point } from "./view";

const TILES = 64;

/** Bins that touch more tiles are looked at wherever the pointer is. */
const MOST_TILES = 100;

/** The bin at a place of the unit square, dots being near from `reach` on; -1 where there is none. */
export type BinPicker = (place: Point, reach: number) => number;

export function binPicker(bins: Bins, dots: Dots): BinPicker {
  const tiles = binsByTile(bins);
  return (place, reach) => {
    const near = nearbyBins(tiles, place, reach);
    const byDot = binOfNearestDot(dots, near, place, reach);
    return byDot >= 0 ? byDot : densestBin(bins, near, place);
  };
}

function tileOf(share: number): number {
  return Math.min(Math.max(Math.floor(share * TILES), 0), TILES - 1);
}

interface Tiles {
  readonly bins: readonly number[][];
  /** Bins that are too large to be kept by tile. */
  readonly large: readonly number[];
}

function binsByTile({ grid, cluster, x0, y0, x1, y1 }: Bins): Tiles {
  const bins: number[][] = Array.from({ length: TILES * TILES }, () => []);
  const large: number[] = [];
  for (let bin = 0; bin < cluster.length; bin += 1) {
    const [left, right] = [tileOf((x0[bin] as number) / grid), tileOf(((x1[bin] as number) - 1) / grid)];
    const [top, bottom] = [tileOf((y0[bin] as number) / grid), tileOf(((y1[bin] as number) - 1) / grid)];
    if ((right - left + 1) * (bottom - top + 1) > MOST_TILES) {
      large.push(bin);
      continue;
    }
    for (let y = top; y <= bottom; y += 1) {
      for (let x = left; x <= right; x += 1) bins[y * TILES + x]?.push(bin);
    }
  }
  return { bins, large };
}

function nearbyBins({ bins, large }: Tiles, { x, y }: Point, reach: number): Set<number> {
  const near = new Set(large);
  for (let row = tileOf(y - reach); row <= tileOf(y + reach); row += 1) {
    for (let column = tileOf(x - reach); column <= tileOf(x + reach); column += 1) {
      for (const bin of bins[row * TILES + column] ?? []) near.add(bin);
    }
  }
  return near;
}

function binOfNearestDot(dots: Dots, near: Iterable<number>, { x, y }: Point, reach: number): number {
  let [found, nearest] = [-1, reach * reach];
  for (const bin of near) {
    const end = dots.first[bin + 1] as number;
    for (let dot = dots.first[bin] as number; dot < end; dot += 1) {
      const dx = (dots.positions[dot * 2] as number) - x;
      const dy = (dots.positions[dot * 2 + 1] as number) - y;
      const away = dx * dx + dy * dy;
      if (away < nearest) [found, nearest] = [bin, away];
    }
  }
  return found;
}

function densestBin(bins: Bins, near: Iterable<number>, { x, y }: Point): number {
  const [column, row] = [x * bins.grid, y * bins.grid];
  let [found, densest] = [-1, 0];
  for (const bin of near) {
    const [x0, y0] = [bins.x0[bin] as number, bins.y0[bin] as number];
    const [x1, y1] = [bins.x1[bin] as number, bins.y1[bin] as number];
    if (column < x0 || column >= x1 || row < y0 || row >= y1) continue;
    const density = (bins.conversations[bin] as number) / ((x1 - x0) * (y1 - y0));
    if (density > densest) [found, densest] = [bin, density];
  }
  return found;
}
