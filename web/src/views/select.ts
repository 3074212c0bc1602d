import { useStore } from "../state/store";
import { useOpened } from "./atlas_context";

/** Selects a cluster for every view, and opens the tree down to it. `null` takes the selection back. */
export function useSelect(): (id: string | null) => void {
  const store = useStore();
  const { hierarchy } = useOpened();
  return (id) => {
    const above = id === null ? [] : hierarchy.ancestors(id).map((cluster) => cluster.id);
    const before = store.get();
    const panel = id === before.cluster ? before.panel : null;
    store.set({ cluster: id, panel, open: [...new Set([...before.open, ...above])] });
  };
}
