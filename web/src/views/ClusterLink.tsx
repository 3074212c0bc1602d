import type { Cluster } from "../api";
import { EditedMark } from "../parts/EditedMark";
import { Name } from "../parts/Name";
import { setHovered } from "../state/hover";
import { useStore } from "../state/store";
import { useSelect } from "./select";

/** A cluster's name as a link that selects it. */
export function ClusterLink({ cluster, lines = "cut" }: { cluster: Cluster; lines?: "cut" | "two-lines" }) {
  const store = useStore();
  const select = useSelect();
  return (
    <a
      class={`cluster-link ${lines}`}
      href={store.link({ cluster: cluster.id, panel: null })}
      onMouseEnter={() => setHovered(cluster.id)}
      onMouseLeave={() => setHovered(null)}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        select(cluster.id);
      }}
    >
      <Name text={cluster.name} />
      <EditedMark cluster={cluster} />
    </a>
  );
}
