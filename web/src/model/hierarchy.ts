import type { Cluster } from "../api";

/** The clusters of an atlas as a tree. Hidden ones are left out, and those merged into another are found through it. */
export interface Hierarchy {
  readonly byId: ReadonlyMap<string, Cluster>;
  /** All of them: hidden and merged ones too. */
  readonly released: readonly Cluster[];
  /** Those that a person hid. */
  readonly hidden: readonly Cluster[];
  /** Hidden ones too. */
  named(id: string): Cluster | undefined;
  /** Clusters by level, base first. */
  readonly levels: readonly (readonly Cluster[])[];
  /** Of the highest level, and all that hang under nothing. */
  readonly roots: readonly Cluster[];
  children(id: string): readonly Cluster[];
  /** From the parent upwards. */
  ancestors(id: string): Cluster[];
  /** The cluster of `level` that holds the cluster `id`: itself, or the ancestor nearest to that level. */
  at(id: string, level: number): Cluster | undefined;
}

export function createHierarchy(clusters: readonly Cluster[]): Hierarchy {
  const shown = clusters.filter((cluster) => !cluster.hidden);
  const byId = new Map(shown.map((cluster) => [cluster.id, cluster]));
  const childrenOf = new Map<string, Cluster[]>();
  const roots: Cluster[] = [];
  const levels: Cluster[][] = [];
  for (const cluster of shown) {
    while (levels.length <= cluster.level) levels.push([]);
    levels[cluster.level]?.push(cluster);
    if (cluster.parent_id !== null && byId.has(cluster.parent_id)) {
      const siblings = childrenOf.get(cluster.parent_id);
      if (siblings) siblings.push(cluster);
      else childrenOf.set(cluster.parent_id, [cluster]);
    } else roots.push(cluster);
  }
  roots.sort((a, b) => b.level - a.level);
  const ancestors = (id: string): Cluster[] => {
    const above: Cluster[] = [];
    let next = byId.get(id)?.parent_id ?? null;
    while (next !== null) {
      const cluster = byId.get(next);
      if (!cluster || above.includes(cluster)) break;
      above.push(cluster);
      next = cluster.parent_id;
    }
    return above;
  };
  const all = new Map(clusters.map((cluster) => [cluster.id, cluster]));
  return {
    byId,
    released: clusters,
    hidden: clusters.filter((cluster) => cluster.hidden && cluster.edited.includes("hidden")),
    named: (id) => all.get(id),
    levels,
    roots,
    children: (id) => childrenOf.get(id) ?? [],
    ancestors,
    at(id, level) {
      const line = [byId.get(id), ...ancestors(id)].filter((cluster) => cluster !== undefined);
      return line.find((cluster) => cluster.level >= level) ?? line.at(-1);
    },
  };
}
