import type { MapBins } from "../../api";
import type { Bins, Coloring, Label, Lineage } from "../../map/props";
import type { Colouring } from "../../model/colouring";
import type { Figure } from "../../model/figures";
import type { Hierarchy } from "../../model/hierarchy";
import { printable } from "../../parts/Name";

const LONGEST_LABEL = 80;

/** The bins of the clusters that are shown, and what each base cluster belongs to. */
export interface MapClusters {
  readonly bins: Bins;
  /** The id of each base cluster. */
  readonly ids: readonly string[];
  readonly lineage: Lineage;
}

/** Bins of hidden clusters are left out; those of merged ones are of the cluster that they were merged into. */
export function mapClustersOf(map: MapBins, hierarchy: Hierarchy): MapClusters {
  const into = new Map<string, string>();
  for (const cluster of hierarchy.byId.values()) {
    for (const member of cluster.members) into.set(member, cluster.id);
  }
  const ids = map.clusters.map((id) => into.get(id) ?? id);
  const lineage = ids.map((id) => [id, ...hierarchy.ancestors(id).map((cluster) => cluster.id)]);
  const kept = map.cluster.flatMap((cluster, bin) => (hierarchy.byId.has(ids[cluster] ?? "") ? [bin] : []));
  const take = (column: readonly number[]) => kept.map((bin) => column[bin] as number);
  const bins = {
    grid: map.grid,
    cluster: take(map.cluster),
    x0: take(map.x0),
    y0: take(map.y0),
    x1: take(map.x1),
    y1: take(map.y1),
    conversations: take(map.conversations),
  };
  return { bins, ids, lineage };
}

/** The swatch of each base cluster: that of the cluster of `level` that it belongs to. */
export function swatchesOf(
  clusters: MapClusters,
  colouring: Colouring,
  hierarchy: Hierarchy,
  level: number,
): Coloring {
  const swatch = clusters.ids.map((id) => colouring.of(hierarchy.at(id, level)?.id ?? id));
  return { by: "cluster", swatch, swatches: colouring.swatches };
}

export function labelsOf(hierarchy: Hierarchy): Label[] {
  return [...hierarchy.byId.values()].map((cluster) => ({
    id: cluster.id,
    text: printable(cluster.name).slice(0, LONGEST_LABEL) + (cluster.edited.length > 0 ? " (edited)" : ""),
    x: cluster.x,
    y: cluster.y,
    weight: cluster.conversations ?? 0,
    level: cluster.level,
  }));
}

/** Which base clusters are drawn faintly: without a figure under the filter, or not found. `null`: none. */
export function faintOf(
  clusters: MapClusters,
  filtered: ReadonlyMap<string, Figure> | null,
  found: ReadonlySet<string> | null,
): Uint8Array | null {
  if (!filtered && !found) return null;
  return Uint8Array.from(clusters.lineage, (line, i) => {
    const withheld = filtered !== null && !filtered.get(clusters.ids[i] ?? "")?.count;
    const missed = found !== null && !line.some((id) => found.has(id));
    return withheld || missed ? 1 : 0;
  });
}
