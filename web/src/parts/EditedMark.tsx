import type { Cluster } from "../api";
import { Icon } from "./Icon";

/** Beside the name of a cluster that a person changed. */
export function EditedMark({ cluster }: { cluster: Cluster }) {
  if (cluster.edited.length === 0) return null;
  return (
    <span class="edited-mark" title={`Edited: ${cluster.edited.join(", ")}`}>
      <Icon name="edited" />
      <span class="hidden">, edited</span>
    </span>
  );
}
