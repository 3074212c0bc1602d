import { type Cells, type Cluster, EVERYTHING_LEVEL } from "../api";
import type { Count } from "../statistics/count";

/** Released cells of one level, by cluster and then by value. */
export interface CellIndex {
  /** Values of the attribute that is counted by (the second one where there are two), in the order of the answer. */
  readonly values: readonly string[];
  of(cluster: string): ReadonlyMap<string, Count>;
  get(cluster: string, value: string): Count | null;
  /** Why nothing of a level is here, in a sentence; `null` where something is. */
  why(level: number): string | null;
}

/** That of a cluster; of everything together where there is none. */
export const levelOf = (cluster: Cluster | undefined) => cluster?.level ?? EVERYTHING_LEVEL;

const NOTHING: ReadonlyMap<string, Count> = new Map();

/** `cells` of one attribute, or of two of which the first is held at one value. */
export function indexCells(cells: Cells): CellIndex {
  const last = cells.attributes.length === 2 ? 1 : 0;
  const values = cells.values[last] ?? [];
  const column = last === 1 ? cells.value_2 : cells.value_1;
  const byCluster = new Map<string, Map<string, Count>>();
  for (let i = 0; i < cells.cluster.length; i += 1) {
    const cluster = cells.clusters[cells.cluster[i] ?? -1];
    const value = values[column[i] ?? -1];
    const conversations = cells.conversations[i];
    if (cluster === undefined || value === undefined || conversations === undefined) continue;
    const counts = byCluster.get(cluster) ?? new Map<string, Count>();
    counts.set(value, { conversations, users: cells.users?.[i] ?? null });
    byCluster.set(cluster, counts);
  }
  return {
    values,
    of: (cluster) => byCluster.get(cluster) ?? NOTHING,
    get: (cluster, value) => byCluster.get(cluster)?.get(value) ?? null,
    why: (level) => (level === cells.level ? cells.note : null),
  };
}

/** Several levels as one: ids tell clusters of different levels apart. */
export function mergeCells(levels: readonly CellIndex[]): CellIndex {
  const values = [...new Set(levels.flatMap((level) => level.values))];
  const holding = (cluster: string) => levels.find((level) => level.of(cluster).size > 0);
  return {
    values,
    of: (cluster) => holding(cluster)?.of(cluster) ?? NOTHING,
    get: (cluster, value) => holding(cluster)?.get(cluster, value) ?? null,
    why: (level) => levels.map((one) => one.why(level)).find((why) => why !== null) ?? null,
  };
}
