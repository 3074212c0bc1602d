import { type Cluster, EVERYTHING } from "../api";
import type { Count, Estimate, Precision } from "../statistics/count";
import { overrepresentation, remainder, remainderPrecision } from "../statistics/overrepresentation";
import { share } from "../statistics/share";
import type { NarrowedCells } from "./asking";
import type { CellIndex } from "./cells";
import type { Comparison, Selection } from "../state/state";
import { selectionName, valueName } from "./words";

/** One side of a comparison: what each cluster has of it, what all have, and how well that is known. */
export interface Side {
  of(cluster: Cluster): Count | null;
  readonly whole: Count | null;
  readonly precision: Precision;
}

export interface Compared {
  readonly cluster: Cluster;
  readonly a: Count | null;
  readonly b: Count | null;
  readonly shareA: number | null;
  readonly shareB: number | null;
  /** How many times more common it is in the first; `null` where either side is not released. */
  readonly ratio: Estimate | null;
}

/** The side of one value. */
export function sideOf(cells: CellIndex, value: string, precision: Precision): Side {
  return { of: (cluster) => cells.get(cluster.id, value), whole: cells.get(EVERYTHING, value), precision };
}

/** The side of all that `side`, one of `cells`, is not. */
export function restOf(side: Side, cells: NarrowedCells): Side {
  const without = (whole: Count | null, part: Count | null) =>
    whole && part ? remainder(whole, part) : null;
  return {
    of: (cluster) => without(cells.whole(cluster.id), side.of(cluster)),
    whole: without(cells.whole(EVERYTHING), side.whole),
    precision: remainderPrecision(side.precision),
  };
}

/** Every cluster on both sides: what the first has more of comes first, and what cannot be told last. */
export function compare(clusters: readonly Cluster[], a: Side, b: Side): Compared[] {
  const rows = clusters.map((cluster): Compared => {
    const [countA, countB] = [a.of(cluster), b.of(cluster)];
    const told = countA && countB && a.whole && b.whole;
    return {
      cluster,
      a: countA,
      b: countB,
      shareA: countA && a.whole && share(countA.conversations, a.whole.conversations),
      shareB: countB && b.whole && share(countB.conversations, b.whole.conversations),
      ratio: told
        ? overrepresentation(
            { part: countA, whole: a.whole, precision: a.precision },
            { part: countB, whole: b.whole, precision: b.precision },
          )
        : null,
    };
  });
  return rows.sort((one, other) => rank(other) - rank(one));
}

/** The rows of a comparison; `cellsB` where the second side is not all the rest. */
export function comparisonOf(
  clusters: readonly Cluster[],
  comparison: Comparison,
  cellsA: NarrowedCells,
  cellsB: NarrowedCells | null,
  precision: Precision,
): Compared[] {
  const a = sideOf(cellsA, comparison.a.value, precision);
  const b = comparison.b && cellsB ? sideOf(cellsB, comparison.b.value, precision) : restOf(a, cellsA);
  return compare(clusters, a, b);
}

/** What both sides are called; `short` leaves out an attribute that both share. */
export function namesOf(comparison: Comparison, how: "long" | "short" = "long"): { a: string; b: string } {
  const { a, b } = comparison;
  const name =
    how === "short" && (!b || a.attribute === b.attribute)
      ? (side: Selection) => valueName(side.attribute, side.value)
      : selectionName;
  return { a: name(a), b: b ? name(b) : "all others" };
}

/** Whether the interval leaves out that both are equal. */
export function isClearRatio(ratio: Estimate): boolean {
  return ratio.low > 1 || ratio.high < 1;
}

function rank(row: Compared): number {
  return row.ratio?.value ?? -1;
}
