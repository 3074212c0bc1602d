import { attributeName } from "../../model/words";
import { INITIAL } from "../../state/state";
import { useStore } from "../../state/store";
import { useOpened } from "../atlas_context";

/** Which of a run's hierarchies is shown, where it has several. */
export function FacetField() {
  const { atlas } = useOpened();
  const store = useStore();
  const facets = Object.entries(atlas.facets);
  if (facets.length < 2) return null;
  return (
    <label class="field">
      <span>Grouped by</span>
      <select
        value={atlas.id}
        onChange={(event) =>
          store.set({ ...INITIAL, atlas: event.currentTarget.value, view: store.get().view })
        }
      >
        {facets.map(([facet, id]) => (
          <option key={id} value={id}>
            {attributeName(facet)}
          </option>
        ))}
      </select>
    </label>
  );
}
