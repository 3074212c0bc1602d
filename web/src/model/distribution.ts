import type { Attribute } from "../api";
import type { Count } from "../statistics/count";
import { share } from "../statistics/share";
import type { CellIndex } from "./cells";

export interface Slice {
  readonly value: string;
  readonly count: Count;
  readonly share: number;
  /** The share of the same value in everything; `null` is not released. */
  readonly overall: number | null;
}

export interface Distribution {
  readonly slices: readonly Slice[];
  /** What the released values leave of the cluster: withheld, or without a value. 0 to 1. */
  readonly rest: number;
}

/** How an attribute is spread within a cluster, in the attribute's own order. `null` where nothing of it is released. */
export function distributionOf(
  attribute: Attribute,
  cluster: string,
  whole: Count,
  cells: CellIndex,
  everything: { readonly id: string; readonly count: Count },
): Distribution | null {
  const counts = cells.of(cluster);
  if (counts.size === 0) return null;
  const slices = attribute.values.flatMap((value): Slice[] => {
    const count = counts.get(value);
    if (!count) return [];
    const overall = cells.get(everything.id, value);
    return [
      {
        value,
        count,
        share: share(count.conversations, whole.conversations),
        overall: overall && share(overall.conversations, everything.count.conversations),
      },
    ];
  });
  const known = slices.reduce((sum, slice) => sum + slice.count.conversations, 0);
  return { slices, rest: Math.max(0, 1 - known / Math.max(1, whole.conversations)) };
}
