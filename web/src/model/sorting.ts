import type { Cluster } from "../api";
import type { Sort, SortKey } from "../state/state";
import { type Figure, NO_FIGURE } from "./figures";

const names = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** `clusters` in the order of `sort`; what is not released comes last, whichever way. */
export function sorted(
  clusters: readonly Cluster[],
  figures: ReadonlyMap<string, Figure>,
  sort: Sort,
): Cluster[] {
  const sign = sort.descending ? -1 : 1;
  if (sort.by === "name") {
    return [...clusters].sort((a, b) => sign * names.compare(a.name, b.name) || byId(a, b));
  }
  const value = (cluster: Cluster) => sortValue(figures.get(cluster.id) ?? NO_FIGURE, sort.by);
  return [...clusters].sort((a, b) => {
    const [left, right] = [value(a), value(b)];
    if (left === null || right === null) return Number(left === null) - Number(right === null) || byId(a, b);
    return sign * (left - right) || byId(a, b);
  });
}

/** The figure that a column is ordered by. */
export function sortValue(figure: Figure, by: SortKey): number | null {
  if (by === "growth") return figure.growth?.value ?? null;
  if (by === "concern") return figure.concern?.mean ?? null;
  if (by === "share") return figure.share;
  if (by === "people") return figure.count?.users ?? null;
  return figure.count?.conversations ?? null;
}

function byId(a: Cluster, b: Cluster): number {
  return names.compare(a.id, b.id);
}
