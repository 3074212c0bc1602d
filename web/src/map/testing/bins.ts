/** Bins to test with: those of a real atlas, and boxes cut at random. */

import sample from "../../../harness/sample.json";
import { seededRandom } from "../dots/random";
import type { Bins, Label, Lineage } from "../props";

export const SAMPLE: { bins: Bins; lineage: Lineage; labels: Label[] } = sample;

/** Two clusters side by side, of two bins each. */
export const FOUR_BINS: Bins = {
  grid: 16,
  cluster: [0, 0, 1, 1],
  x0: [0, 4, 8, 12],
  y0: [0, 0, 8, 8],
  x1: [4, 8, 12, 16],
  y1: [8, 8, 16, 16],
  conversations: [40, 20, 30, 90],
};

export function randomBins(count: number, seed: number): Bins {
  const random = seededRandom(seed);
  const below = (most: number) => Math.floor(random() * most);
  const x0 = Array.from({ length: count }, () => below(240));
  const y0 = Array.from({ length: count }, () => below(240));
  return {
    grid: 256,
    cluster: Array.from({ length: count }, () => below(20)),
    x0,
    y0,
    x1: x0.map((x) => x + 1 + below(16)),
    y1: y0.map((y) => y + 1 + below(16)),
    conversations: Array.from({ length: count }, () => 5 * (1 + below(40))),
  };
}
