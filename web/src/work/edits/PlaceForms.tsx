import { useState } from "preact/hooks";
import type { Cluster, Edit } from "../../api";
import { Name } from "../../parts/Name";
import { useOpened } from "../../views/atlas_context";
import { useSelect } from "../../views/select";
import { ClusterChooser } from "../parts/ClusterChooser";
import type { Editing } from "./editing";

interface Props {
  readonly cluster: Cluster;
  readonly editing: Editing;
}

/** Shown as a part of another cluster of its level; and its own parts by themselves again. */
export function MergeForm({ cluster, editing }: Props) {
  const { hierarchy } = useOpened();
  const select = useSelect();
  const [into, setInto] = useState<Cluster | null>(null);
  const others = (hierarchy.levels[cluster.level] ?? []).filter((one) => one.id !== cluster.id);
  const merge = async () => {
    if (!into) return;
    const edit: Edit = { kind: "merge", clusters: [cluster.id], into: into.id };
    if (await editing.make([edit], "Merged. No total is shown until the next release.")) select(into.id);
  };
  return (
    <div class="stack">
      {cluster.members.map((id) => (
        <div key={id} class="member">
          <span class="two-lines">
            <Name text={hierarchy.named(id)?.name ?? id} />
          </span>
          <button
            type="button"
            class="button small"
            disabled={editing.busy}
            onClick={() => editing.make([{ kind: "separate", cluster: id }], "Shown by itself again.")}
          >
            Separate
          </button>
        </div>
      ))}
      <ClusterChooser label="Merge into" clusters={others} chosen={into} onChoose={setInto} />
      <div class="button-line">
        <button type="button" class="button" disabled={!into || editing.busy} onClick={merge}>
          Merge
        </button>
      </div>
    </div>
  );
}

/** Shown under another cluster of the level above. */
export function MoveForm({ cluster, editing }: Props) {
  const { hierarchy } = useOpened();
  const [parent, setParent] = useState<Cluster | null>(null);
  const above = (hierarchy.levels[cluster.level + 1] ?? []).filter((one) => one.id !== cluster.parent_id);
  if (above.length === 0) return null;
  const move = async () => {
    if (!parent) return;
    await editing.make([{ kind: "move", cluster: cluster.id, parent: parent.id }], "Moved.");
  };
  return (
    <div class="stack">
      <ClusterChooser label="Move under" clusters={above} chosen={parent} onChoose={setParent} />
      <div class="button-line">
        <button type="button" class="button" disabled={!parent || editing.busy} onClick={move}>
          Move
        </button>
      </div>
    </div>
  );
}

export function HideForm({ cluster, editing }: Props) {
  const select = useSelect();
  const hide = async () => {
    const text = "Hidden. It is kept in the list of edits.";
    if (await editing.make([{ kind: "hide", cluster: cluster.id }], text)) select(null);
  };
  return (
    <div class="button-line">
      <button type="button" class="button" disabled={editing.busy} onClick={hide}>
        Hide
      </button>
      <span class="note">from everybody; what is hidden can be shown again under Edits</span>
    </div>
  );
}
