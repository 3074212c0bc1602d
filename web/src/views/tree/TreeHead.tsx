import type { SortKey } from "../../state/state";
import { useAddress, useStore } from "../../state/store";
import { concernOf, timeOf, useOpened } from "../atlas_context";

const LABELS: Record<SortKey, string> = {
  size: "Size",
  name: "Name",
  share: "Share",
  growth: "Growth",
  concern: "Concern",
  people: "People",
};

/** Above the tree: its order, and opening or closing all of it. */
export function TreeHead() {
  const { atlas, hierarchy } = useOpened();
  const { sort, open } = useAddress();
  const store = useStore();
  const keys: SortKey[] = ["size", "name", ...(timeOf(atlas) ? (["growth"] as const) : [])];
  if (concernOf(atlas)) keys.push("concern");
  if (atlas.users !== null && atlas.counted !== "user") keys.push("people");
  const parents = [...hierarchy.byId.keys()].filter((id) => hierarchy.children(id).length > 0);
  return (
    <div class="pane-head">
      <label class="field">
        <span>Sort by</span>
        <select
          value={sort.by === "share" ? "size" : sort.by}
          onChange={(event) => {
            const by = event.currentTarget.value as SortKey;
            store.set({ sort: { by, descending: by !== "name" } });
          }}
        >
          {keys.map((key) => (
            <option key={key} value={key}>
              {LABELS[key]}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        class="button small"
        aria-label={sort.descending ? "Descending order" : "Ascending order"}
        onClick={() => store.set({ sort: { ...sort, descending: !sort.descending } })}
      >
        <span aria-hidden="true">{sort.descending ? "↓" : "↑"}</span>
      </button>
      <span class="spring" />
      <button
        type="button"
        class="button small"
        onClick={() => store.set({ open: open.length > 0 ? [] : parents })}
        disabled={parents.length === 0}
      >
        {open.length > 0 ? "Close all" : "Open all"}
      </button>
    </div>
  );
}
