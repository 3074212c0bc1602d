import type { Cluster } from "../../api";
import { NO_FIGURE } from "../../model/figures";
import { CountText } from "../../parts/Figures";
import { nearest } from "../../statistics/nearest";
import { type Shown, useOpened } from "../atlas_context";
import { ClusterLink } from "../ClusterLink";

const MOST = 6;

/** What lies below, beside and near a cluster. */
export function Relatives({ cluster, shown }: { cluster: Cluster; shown: Shown }) {
  const { hierarchy } = useOpened();
  const children = hierarchy.children(cluster.id);
  const beside = cluster.parent_id === null ? hierarchy.roots : hierarchy.children(cluster.parent_id);
  const siblings = beside.filter((one) => one.id !== cluster.id);
  const near = nearest(cluster, [...hierarchy.byId.values()], MOST).flatMap(
    (id) => hierarchy.byId.get(id) ?? [],
  );
  return (
    <>
      <List title="Within it" clusters={children} shown={shown} />
      <List title="Siblings" clusters={siblings} shown={shown} />
      <List title="Nearest on the map" clusters={near} shown={shown} />
    </>
  );
}

function List({ title, clusters, shown }: { title: string; clusters: readonly Cluster[]; shown: Shown }) {
  if (clusters.length === 0) return null;
  const more = clusters.length - MOST;
  return (
    <section class="details-section">
      <h3>{title}</h3>
      <ul class="relatives">
        {clusters.slice(0, MOST).map((cluster) => (
          <li key={cluster.id}>
            <ClusterLink cluster={cluster} />
            <CountText value={(shown.figures.get(cluster.id) ?? NO_FIGURE).count?.conversations} />
          </li>
        ))}
      </ul>
      {more > 0 && <p class="note">and {more} more, in the tree</p>}
    </section>
  );
}
