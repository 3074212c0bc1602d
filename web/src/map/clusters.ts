/** Where clusters of every level lie, and which of them a scale tells apart. */

import { binsByCluster } from "./dots/placement";
import type { Bins, Lineage } from "./props";

export interface ClusterPlace {
  readonly bins: readonly number[];
  /** The middle of its conversations, in the unit square. */
  readonly x: number;
  readonly y: number;
  /** The sides of an evenly filled box that is as spread out as the cluster, as parts of the unit square. */
  readonly width: number;
  readonly height: number;
  /** Clusters right below it; 0 at the base. */
  readonly children: number;
}

export type ClusterPlaces = ReadonlyMap<string, ClusterPlace>;

/** CSS pixels a side from which a cluster is shown as its children, for each square root of their number. */
const SIDE_FOR_CHILDREN = 100;
const LEAST_OPEN_SIDE = 210;

/** All clusters that have bins, by id. */
export function clusterPlaces(bins: Bins, lineage: Lineage): ClusterPlaces {
  const binsOf = new Map<string, number[]>();
  const childrenOf = new Map<string, Set<string>>();
  for (const [cluster, own] of binsByCluster(bins)) {
    lineage[cluster]?.forEach((id, level, ids) => {
      const known = binsOf.get(id) ?? [];
      if (known.length === 0) binsOf.set(id, known);
      for (const bin of own) known.push(bin);
      const child = ids[level - 1];
      if (child !== undefined) childrenOf.set(id, (childrenOf.get(id) ?? new Set()).add(child));
    });
  }
  const places = new Map<string, ClusterPlace>();
  for (const [id, own] of binsOf) {
    places.set(id, { bins: own, ...spreadOf(bins, own), children: childrenOf.get(id)?.size ?? 0 });
  }
  return places;
}

/** Whether a cluster is so large on the screen that its children are shown in its stead. `scale`: CSS pixels. */
export function isOpen(place: ClusterPlace | undefined, scale: number): boolean {
  if (!place || place.children === 0) return false;
  const needed = Math.max(LEAST_OPEN_SIDE, SIDE_FOR_CHILDREN * Math.sqrt(place.children));
  return place.children === 1 || Math.sqrt(place.width * place.height) * scale >= needed;
}

/** The innermost cluster of a line of ancestors that a scale tells apart. */
export function shownCluster(
  line: readonly string[] | undefined,
  places: ClusterPlaces,
  scale: number,
): string | null {
  if (!line) return null;
  for (let level = line.length - 1; level > 0; level -= 1) {
    const id = line[level] as string;
    if (!isOpen(places.get(id), scale)) return id;
  }
  return line[0] ?? null;
}

/** All clusters that a scale tells apart. */
export function shownClusters(lineage: Lineage, places: ClusterPlaces, scale: number): Set<string> {
  const shown = new Set<string>();
  for (const line of lineage) {
    const id = shownCluster(line, places, scale);
    if (id !== null) shown.add(id);
  }
  return shown;
}

function spreadOf(bins: Bins, own: readonly number[]): Omit<ClusterPlace, "bins" | "children"> {
  const [x, width] = spread(bins, bins.x0, bins.x1, own);
  const [y, height] = spread(bins, bins.y0, bins.y1, own);
  return { x, y, width, height };
}

/** The mean, and the length of an even stretch of the same variance: a twelfth of its square. */
function spread(
  bins: Bins,
  from: ArrayLike<number>,
  to: ArrayLike<number>,
  own: readonly number[],
): [middle: number, length: number] {
  let [weight, sum, squares] = [0, 0, 0];
  for (const bin of own) {
    const [low, high] = [from[bin] as number, to[bin] as number];
    const count = bins.conversations[bin] as number;
    const middle = (low + high) / 2;
    weight += count;
    sum += count * middle;
    squares += count * (middle * middle + (high - low) ** 2 / 12);
  }
  if (weight === 0) return [0.5, 0];
  const mean = sum / weight;
  return [mean / bins.grid, Math.sqrt(12 * Math.max(squares / weight - mean * mean, 0)) / bins.grid];
}
