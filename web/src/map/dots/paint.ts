/** What each dot is painted with: changed without moving any. */

import type { Bins, Coloring } from "../props";
import type { Dots } from "./placement";

/** Indices into the strengths of a layer. */
const BESIDE_SELECTED = 1;
const FILTERED_OUT = 2;

/**
 * Uint8 [bins * 2]: the swatch of the dots of each bin, and how strongly they are drawn.
 *
 * `faint` has one entry a base cluster; `selected` are the bins of the cluster that is selected, if any is.
 */
export function paintBins(
  bins: Bins,
  coloring: Coloring,
  faint: ArrayLike<number> | undefined,
  selected: readonly number[] | undefined,
): Uint8Array<ArrayBuffer> {
  const ofBin = new Uint8Array(bins.cluster.length * 2);
  for (let bin = 0; bin < bins.cluster.length; bin += 1) {
    const cluster = bins.cluster[bin] as number;
    ofBin[bin * 2] = coloring.swatch[coloring.by === "bin" ? bin : cluster] ?? 0;
    ofBin[bin * 2 + 1] = faint?.[cluster] ? FILTERED_OUT : selected ? BESIDE_SELECTED : 0;
  }
  for (const bin of selected ?? []) {
    if (ofBin[bin * 2 + 1] === BESIDE_SELECTED) ofBin[bin * 2 + 1] = 0;
  }
  return ofBin;
}

/** Uint8 [count * 2], in the order of drawing: what each dot has of `ofBin`, Uint8 [bins * 2]. */
export function paintDots(dots: Dots, ofBin: Uint8Array): Uint8Array<ArrayBuffer> {
  const paint = new Uint8Array(dots.count * 2);
  for (let i = 0; i < dots.count; i += 1) {
    const bin = dots.bin[dots.order[i] as number] as number;
    paint[i * 2] = ofBin[bin * 2] as number;
    paint[i * 2 + 1] = ofBin[bin * 2 + 1] as number;
  }
  return paint;
}

/** Whether all numbers, or letters, are equal. */
export function sameValues(a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}

/** Float32 [count * 2]: the places of dots in the order of drawing. */
export function placesInOrder(dots: Dots): Float32Array<ArrayBuffer> {
  const places = new Float32Array(dots.count * 2);
  for (let i = 0; i < dots.count; i += 1) {
    const dot = dots.order[i] as number;
    places[i * 2] = dots.positions[dot * 2] as number;
    places[i * 2 + 1] = dots.positions[dot * 2 + 1] as number;
  }
  return places;
}
