import { useState } from "preact/hooks";
import type { Cluster, Edit } from "../../api";
import type { Editing } from "./editing";

const LONGEST_NAME = 120;
const LONGEST_DESCRIPTION = 4000;

/** Another name and description, or the published ones again. */
export function NameForm({ cluster, editing }: { cluster: Cluster; editing: Editing }) {
  const [typedName, setName] = useState<string | null>(null);
  const [typedDescription, setDescription] = useState<string | null>(null);
  const [name, description] = [typedName ?? cluster.name, typedDescription ?? cluster.description];
  const edits = editsOf(cluster, name, description);
  const forget = () => {
    setName(null);
    setDescription(null);
  };
  const save = async () => {
    if (edits.length > 0 && !editing.busy && (await editing.make(edits, toldOf(edits)))) forget();
  };
  const give = (kind: "rename" | "describe") => {
    const back: Edit =
      kind === "rename"
        ? { kind, cluster: cluster.id, name: null }
        : { kind, cluster: cluster.id, description: null };
    forget();
    void editing.make([back], `The published ${kind === "rename" ? "name" : "description"} is back.`);
  };
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <label class="stacked">
        <span>Name</span>
        <input
          type="text"
          dir="auto"
          maxLength={LONGEST_NAME}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <label class="stacked">
        <span>Description</span>
        <textarea
          dir="auto"
          rows={4}
          maxLength={LONGEST_DESCRIPTION}
          value={description}
          onInput={(event) => setDescription(event.currentTarget.value)}
        />
      </label>
      <div class="button-line">
        <button type="submit" class="button primary" disabled={edits.length === 0 || editing.busy}>
          Save
        </button>
        {cluster.edited.includes("name") && (
          <button type="button" class="button" disabled={editing.busy} onClick={() => give("rename")}>
            Published name
          </button>
        )}
        {cluster.edited.includes("description") && (
          <button type="button" class="button" disabled={editing.busy} onClick={() => give("describe")}>
            Published description
          </button>
        )}
      </div>
    </form>
  );
}

/** What was changed, as edits; nothing of what is empty. */
export function editsOf(cluster: Cluster, name: string, description: string): Edit[] {
  const edits: Edit[] = [];
  const [newName, newDescription] = [name.trim(), description.trim()];
  if (newName !== "" && newName !== cluster.name.trim())
    edits.push({ kind: "rename", cluster: cluster.id, name: newName });
  if (newDescription !== "" && newDescription !== cluster.description.trim())
    edits.push({ kind: "describe", cluster: cluster.id, description: newDescription });
  return edits;
}

function toldOf(edits: readonly Edit[]): string {
  if (edits.length > 1) return "Renamed and described.";
  return edits[0]?.kind === "rename" ? "Renamed." : "Described.";
}
