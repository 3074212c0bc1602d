import { type Cluster, EVERYTHING } from "../api";
import type { Count, Precision } from "../statistics/count";
import { type Growth, growth, type Period } from "../statistics/growth";
import { expectedScale, type ScaleMean } from "../statistics/scale";
import { share } from "../statistics/share";
import type { CellIndex } from "./cells";

/** What every view shows of one cluster, under the filter. `null` is not released, or cannot be told from what is. */
export interface Figure {
  readonly count: Count | null;
  readonly share: number | null;
  readonly growth: Growth | null;
  readonly concern: ScaleMean | null;
}

export const NO_FIGURE: Figure = { count: null, share: null, growth: null, concern: null };

/** What figures are made from: released cells of all levels and of everything together, under the filter. */
export interface FigureCells {
  /** How many conversations a cluster has; its own figure where there is no filter. */
  readonly size: (cluster: Cluster) => Count | null;
  readonly total: Count | null;
  /** By period. */
  readonly time: CellIndex | null;
  /** By concern. */
  readonly concern: CellIndex | null;
}

export function figuresOf(
  clusters: Iterable<Cluster>,
  given: FigureCells,
  precision: Precision,
): Map<string, Figure> {
  const figures = new Map<string, Figure>();
  for (const cluster of clusters) {
    const count = given.size(cluster);
    figures.set(cluster.id, {
      count,
      share: count && given.total ? share(count.conversations, given.total.conversations) : null,
      growth: given.time && growth(periodsOf(cluster.id, given.time), precision),
      concern: count && given.concern ? concernOf(cluster.id, given.concern, count) : null,
    });
  }
  return figures;
}

export function ownCount(cluster: Cluster): Count | null {
  return cluster.conversations === null
    ? null
    : { conversations: cluster.conversations, users: cluster.users };
}

/** The largest share among `clusters`. */
export function largestShare(clusters: readonly Cluster[], figures: ReadonlyMap<string, Figure>): number {
  return clusters.reduce((most, cluster) => Math.max(most, figures.get(cluster.id)?.share ?? 0), 0);
}

/** One cluster over time, beside everything: every period that has a figure of everything, in order. */
export function periodsOf(cluster: string, time: CellIndex): Period[] {
  return [...time.of(EVERYTHING)]
    .map(([name, whole]) => ({ name, part: time.get(cluster, name), whole }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function concernOf(cluster: string, cells: CellIndex, count: Count): ScaleMean | null {
  const steps = [...cells.of(cluster)].map(([value, { conversations }]) => ({ value, conversations }));
  return expectedScale(steps, count.conversations);
}
