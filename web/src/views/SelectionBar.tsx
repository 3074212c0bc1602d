import { NO_FIGURE } from "../model/figures";
import { CountText } from "../parts/Figures";
import { EditedMark } from "../parts/EditedMark";
import { Name } from "../parts/Name";
import { useAddress, useStore } from "../state/store";
import { type Shown, useOpened } from "./atlas_context";

/** On narrow screens: what is selected, and the way to its details. */
export function SelectionBar({ shown }: { shown: Shown }) {
  const { hierarchy } = useOpened();
  const { cluster: id } = useAddress();
  const store = useStore();
  const cluster = id === null ? undefined : hierarchy.byId.get(id);
  if (!cluster) return null;
  const figure = shown.figures.get(cluster.id) ?? NO_FIGURE;
  return (
    <div class="selection-bar">
      <span class="cut">
        <Name text={cluster.name} />
        <EditedMark cluster={cluster} />
      </span>
      <CountText value={figure.count?.conversations} />
      <button type="button" class="button primary" onClick={() => store.set({ view: "details" })}>
        Details
      </button>
    </div>
  );
}
