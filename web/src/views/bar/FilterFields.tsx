import { filterOf, partsOf } from "../../model/filtering";
import { SelectionField } from "../../parts/SelectionField";
import type { Selection } from "../../state/state";
import { useAddress, useStore } from "../../state/store";
import { useOpened } from "../atlas_context";

/** What all figures are narrowed to: a value, and at once one of another attribute. */
export function FilterFields() {
  const { atlas } = useOpened();
  const { filter } = useAddress();
  const store = useStore();
  const [first = null, second = null] = partsOf(filter);
  const set = (one: Selection | null, and: Selection | null) => {
    const isOther = and !== null && and.attribute !== one?.attribute;
    store.set({ filter: filterOf([one, isOther ? and : null].filter((part) => part !== null)) });
  };
  // A release with noise counts by one attribute at a time.
  const others = atlas.attributes.filter(
    ({ name, values }) => atlas.counted !== "user" && name !== first?.attribute && values.length > 0,
  );
  return (
    <>
      <SelectionField
        attributes={atlas.attributes}
        label="Filter"
        value={first}
        none="none"
        onChange={(one) => set(one, second)}
      />
      {first && others.length > 0 && (
        <SelectionField
          attributes={others}
          label="and"
          value={second}
          none="nothing else"
          onChange={(and) => set(first, and)}
        />
      )}
    </>
  );
}
