import { SelectionField } from "../../parts/SelectionField";
import type { Selection } from "../../state/state";
import { useAddress, useStore } from "../../state/store";
import { useOpened } from "../atlas_context";

/** Which two selections stand beside each other. */
export function CompareChoice() {
  const { atlas } = useOpened();
  const { compare } = useAddress();
  const store = useStore();
  const setA = (a: Selection | null) => {
    if (!a) store.set({ compare: null });
    else if (a.attribute === compare?.a.attribute) store.set({ compare: { a, b: compare.b } });
    else store.set({ compare: { a, b: otherValue(a) } });
  };
  const otherValue = (a: Selection): Selection | null => {
    const values = atlas.attributes.find((attribute) => attribute.name === a.attribute)?.values ?? [];
    const value = values.find((one) => one !== a.value);
    return value === undefined ? null : { attribute: a.attribute, value };
  };
  return (
    <div class="pane-head compare-choice">
      <SelectionField
        attributes={atlas.attributes}
        label="Compare"
        value={compare?.a ?? null}
        none="Choose…"
        onChange={setA}
      />
      {compare && (
        <>
          <SelectionField
            attributes={atlas.attributes}
            label="with"
            value={compare.b}
            none="all others"
            onChange={(b) => store.set({ compare: { a: compare.a, b } })}
          />
          {compare.b && (
            <button
              type="button"
              class="button small"
              onClick={() => compare.b && store.set({ compare: { a: compare.b, b: compare.a } })}
            >
              Swap
            </button>
          )}
        </>
      )}
    </div>
  );
}
