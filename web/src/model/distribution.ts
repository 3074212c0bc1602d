import { type Attribute, EVERYTHING } from "../api";
import type { Count } from "../statistics/count";
import { share } from "../statistics/share";
import type { NarrowedCells } from "./asking";

export interface Slice {
  readonly value: string;
  readonly count: Count;
  readonly share: number;
  /** The share of the same value in everything together, under the same filter; `null` is not released. */
  readonly overall: number | null;
}

export interface Distribution {
  readonly slices: readonly Slice[];
  /** What the released values leave of the cluster: withheld, or without a value. 0 to 1. */
  readonly rest: number;
}

/** How an attribute is spread within what `cells` have of a cluster, in the attribute's own order. `null` where nothing of it is released. */
export function distributionOf(
  attribute: Attribute,
  cluster: string,
  cells: NarrowedCells,
): Distribution | null {
  const counts = cells.of(cluster);
  const [whole, all] = [cells.whole(cluster), cells.whole(EVERYTHING)];
  if (!whole || counts.size === 0) return null;
  const slices = attribute.values.flatMap((value): Slice[] => {
    const count = counts.get(value);
    if (!count) return [];
    const overall = cells.get(EVERYTHING, value);
    return [
      {
        value,
        count,
        share: share(count.conversations, whole.conversations),
        overall: overall && all && share(overall.conversations, all.conversations),
      },
    ];
  });
  const known = slices.reduce((sum, slice) => sum + slice.count.conversations, 0);
  return { slices, rest: Math.max(0, 1 - known / Math.max(1, whole.conversations)) };
}
