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
export const NO_CELLS: CellIndex = { values: [], of: () => NOTHING, get: () => null, why: () => null };

/** `cells` of one attribute, or of two of which the first is held at one value; gone through when first asked. */
export function indexCells(cells: Cells): CellIndex {
  let held: CountsByCluster | null = null;
  const of = (cluster: string) => {
    held ??= byCluster(cells);
    return held.get(cluster) ?? NOTHING;
  };
  return {
    values: valuesOf(cells),
    of,
    get: (cluster, value) => of(cluster).get(value) ?? null,
    why: (level) => (level === cells.level ? cells.note : null),
  };
}

/** Several levels as one: ids tell clusters of different levels apart. A level that nobody asks of is not gone through. */
export function mergeCells(levels: readonly Cells[]): CellIndex {
  const indices = levels.map(indexCells);
  const holding = new Map<string, CellIndex>();
  for (const [i, { clusters }] of levels.entries()) {
    for (const cluster of clusters) if (!holding.has(cluster)) holding.set(cluster, indices[i] as CellIndex);
  }
  return {
    values: [...new Set(levels.flatMap(valuesOf))],
    of: (cluster) => holding.get(cluster)?.of(cluster) ?? NOTHING,
    get: (cluster, value) => holding.get(cluster)?.get(cluster, value) ?? null,
    why: (level) => indices.map((one) => one.why(level)).find((why) => why !== null) ?? null,
  };
}

type CountsByCluster = ReadonlyMap<string, ReadonlyMap<string, Count>>;

/** The values of the last attribute. */
const valuesOf = (cells: Cells): readonly string[] => cells.values[cells.attributes.length - 1] ?? [];

function byCluster(cells: Cells): CountsByCluster {
  const values = valuesOf(cells);
  const column = cells.attributes.length === 2 ? cells.value_2 : cells.value_1;
  const found = new Map<string, Map<string, Count>>();
  for (let i = 0; i < cells.cluster.length; i += 1) {
    const cluster = cells.clusters[cells.cluster[i] ?? -1];
    const value = values[column[i] ?? -1];
    const conversations = cells.conversations[i];
    if (cluster === undefined || value === undefined || conversations === undefined) continue;
    const counts = found.get(cluster) ?? new Map<string, Count>();
    counts.set(value, { conversations, users: cells.users?.[i] ?? null });
    found.set(cluster, counts);
  }
  return found;
}
