/** Where dots lie: at random inside their bins, the same for the same seed. */

import type { Bins } from "../props";
import { affordableRounds, type ClusterDensity, clusterDensity, eachRow } from "./density";
import { seededRandom, seedOf, shuffledIndices } from "./random";

/** Dots in the order of their bins. */
export interface Dots {
  readonly count: number;
  readonly conversationsPerDot: number;
  /** Float32 [count * 2]: x and y in the unit square. */
  readonly positions: Float32Array<ArrayBuffer>;
  /** Uint32 [bins + 1]: the dots of bin `i` are `first[i]` to `first[i + 1] - 1`. */
  readonly first: Uint32Array;
  /** Uint32 [count]: the bin of each dot. */
  readonly bin: Uint32Array;
  /** Uint32 [count]: the dots in the order to draw them. Its beginning of any length is a fair sample. */
  readonly order: Uint32Array<ArrayBuffer>;
}

export const MOST_DOTS = 200_000;

/** The smallest of 1, 2, 5, 10, 20, ... that needs at most about `most` dots. */
export function chooseConversationsPerDot(bins: Bins, most: number = MOST_DOTS): number {
  const total = Array.from(bins.conversations).reduce((sum, count) => sum + count, 0);
  for (let power = 1; ; power *= 10) {
    for (const step of [1, 2, 5]) {
      if (total / (step * power) <= most) return step * power;
    }
  }
}

/** Bins by their cluster. */
export function binsByCluster(bins: Bins): Map<number, number[]> {
  const byCluster = new Map<number, number[]>();
  for (let bin = 0; bin < bins.cluster.length; bin += 1) {
    const cluster = bins.cluster[bin] as number;
    const own = byCluster.get(cluster);
    if (own) own.push(bin);
    else byCluster.set(cluster, [bin]);
  }
  return byCluster;
}

/** Dots for all bins, one for about so many conversations. */
export function placeDots(bins: Bins, conversationsPerDot: number, seed: number): Dots {
  const byCluster = binsByCluster(bins);
  const first = firstDots(bins, byCluster, Math.max(1, conversationsPerDot));
  const count = first[first.length - 1] as number;
  const positions = new Float32Array(count * 2);
  const binOfDot = new Uint32Array(count);
  const rounds = affordableRounds(bins, byCluster.values());
  for (const [cluster, own] of byCluster) {
    const density = clusterDensity(bins, own, rounds);
    const random = seededRandom(seedOf(seed, cluster));
    for (const bin of own) {
      const from = first[bin] as number;
      const to = first[bin + 1] as number;
      binOfDot.fill(bin, from, to);
      const places = positions.subarray(from * 2, to * 2);
      if (density) placeByDensity(bins, bin, density, places, random);
      else placeEvenly(bins, bin, places, random);
    }
  }
  const order = shuffledIndices(count, seededRandom(seed));
  return { count, conversationsPerDot, positions, first, bin: binOfDot, order };
}

/**
 * How many dots each bin has, added up. What is left over of a bin is handed on to the next of its cluster, so that a
 * cluster has its own number, and at least one.
 */
function firstDots(bins: Bins, byCluster: Map<number, number[]>, conversationsPerDot: number): Uint32Array {
  const counts = new Uint32Array(bins.cluster.length + 1);
  for (const own of byCluster.values()) {
    let [conversations, placed] = [0, 0];
    for (const bin of own) {
      conversations += bins.conversations[bin] as number;
      const wanted = Math.max(Math.floor(conversations / conversationsPerDot), conversations > 0 ? 1 : 0);
      counts[bin + 1] = wanted - placed;
      placed = wanted;
    }
  }
  for (let bin = 1; bin < counts.length; bin += 1) {
    counts[bin] = (counts[bin] as number) + (counts[bin - 1] as number);
  }
  return counts;
}

/**
 * Fills `places` (x and y in turn) with places in the bin, more where it is denser. The bin's conversations are cut
 * into as many equal parts as there are dots, each part getting one: dots clump less than when drawn one by one.
 */
function placeByDensity(
  bins: Bins,
  bin: number,
  density: ClusterDensity,
  places: Float32Array,
  random: () => number,
): void {
  const dots = places.length / 2;
  const each = (bins.conversations[bin] as number) / dots;
  let [placed, passed, backwards] = [0, 0, false];
  let wanted = each * random();
  const visit = (cell: number) => {
    passed += density.values[cell] as number;
    while (placed < dots && wanted < passed) {
      const x = density.x0 + (cell % density.width) + random();
      const y = density.y0 + Math.floor(cell / density.width) + random();
      places[placed * 2] = x / bins.grid;
      places[placed * 2 + 1] = y / bins.grid;
      placed += 1;
      wanted = each * (placed + random());
    }
  };
  eachRow(bins, bin, density, (from, to) => {
    if (backwards) for (let cell = to - 1; cell >= from; cell -= 1) visit(cell);
    else for (let cell = from; cell < to; cell += 1) visit(cell);
    backwards = !backwards;
  });
  // Sums of fractions may end a little below the whole.
  placeEvenly(bins, bin, places.subarray(placed * 2), random);
}

/**
 * Fills `places` with places anywhere in the bin, kept apart.
 *
 * Roberts (2018), "The Unreasonable Effectiveness of Quasirandom Sequences": the sequence R2, here moved a little.
 */
function placeEvenly(bins: Bins, bin: number, places: Float32Array, random: () => number): void {
  const [x0, y0] = [bins.x0[bin] as number, bins.y0[bin] as number];
  const [width, height] = [(bins.x1[bin] as number) - x0, (bins.y1[bin] as number) - y0];
  const moved = 0.7 / Math.sqrt(Math.max(places.length / 2, 1));
  let [u, v] = [random(), random()];
  for (let i = 0; i < places.length; i += 2) {
    [u, v] = [(u + 0.7548776662466927) % 1, (v + 0.5698402909980532) % 1];
    places[i] = (x0 + ((u + random() * moved) % 1) * width) / bins.grid;
    places[i + 1] = (y0 + ((v + random() * moved) % 1) * height) / bins.grid;
  }
}
