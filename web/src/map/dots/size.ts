/** How large and how opaque dots are drawn: as much ink at every zoom as can be read. */

import type { Bins } from "../props";

export interface DotStyle {
  /** CSS pixels. */
  readonly radius: number;
  /** 0 to 1. */
  readonly opacity: number;
  /** Whether dots are large enough to show their shapes. */
  readonly shapes: boolean;
}

const SMALLEST_RADIUS = 0.75;
const LARGEST_RADIUS = 4;
const SHAPES_FROM = 2.6;

/** The part of the unit square that has any bin. */
export function occupiedArea(bins: Bins): number {
  const taken = new Uint8Array(bins.grid * bins.grid);
  for (let bin = 0; bin < bins.cluster.length; bin += 1) {
    for (let y = bins.y0[bin] as number; y < (bins.y1[bin] as number); y += 1) {
      taken.fill(1, y * bins.grid + (bins.x0[bin] as number), y * bins.grid + (bins.x1[bin] as number));
    }
  }
  return taken.reduce((sum, cell) => sum + cell, 0) / taken.length;
}

/**
 * The style at a scale (CSS pixels a side of the unit square) where `count` dots share an area of it.
 *
 * Radii follow the mean distance between dots, more slowly than it grows: a map drawn nearer shows more of each dot
 * and more space between them.
 */
export function dotStyle(count: number, area: number, scale: number): DotStyle {
  const distance = Math.sqrt(area / Math.max(count, 1)) * scale;
  const radius = Math.min(Math.max(0.62 * distance ** 0.62, SMALLEST_RADIUS), LARGEST_RADIUS);
  const opacity = Math.min(Math.max(0.16 + 0.22 * distance, 0.32), 0.85);
  return { radius, opacity, shapes: radius >= SHAPES_FROM };
}
