import { formatNumber, levelName } from "../../model/words";
import { useStore } from "../../state/store";
import { useOpened } from "../atlas_context";

/** The level of the table, the comparison, and the colours of the map. */
export function LevelField({ level }: { level: number }) {
  const { hierarchy } = useOpened();
  const store = useStore();
  if (hierarchy.levels.length < 2) return null;
  return (
    <label class="field">
      <span>Level</span>
      <select value={level} onChange={(event) => store.set({ level: Number(event.currentTarget.value) })}>
        {hierarchy.levels
          .flatMap((clusters, i) =>
            clusters.length === 0
              ? []
              : [
                  <option key={i} value={i}>
                    {levelName(i, hierarchy.levels.length)} ({formatNumber(clusters.length)})
                  </option>,
                ],
          )
          .reverse()}
      </select>
    </label>
  );
}
