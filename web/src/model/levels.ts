import type { Hierarchy } from "./hierarchy";

const MOST_AT_FIRST = 150;

/** The level to begin with: the finest that can still be looked over. */
export function firstLevel(hierarchy: Hierarchy): number {
  const level = hierarchy.levels.findIndex(
    (clusters) => clusters.length > 0 && clusters.length <= MOST_AT_FIRST,
  );
  return level < 0 ? Math.max(0, hierarchy.levels.length - 1) : level;
}
