import { attributeName, valueName } from "../../model/words";
import type { Colour } from "../../state/state";
import { useAddress, useStore } from "../../state/store";
import { concernOf, timeOf, useOpened } from "../atlas_context";

const MOST_VALUES = 40;

/** What the colours of the map, the tree and the table tell. */
export function ColourField() {
  const { atlas } = useOpened();
  const { colour } = useAddress();
  const store = useStore();
  const choices = atlas.attributes.map((attribute) => ({
    name: attribute.name,
    colours: [null, ...attribute.values.slice(0, MOST_VALUES)].map((value): Colour => ({
      by: "attribute",
      attribute: attribute.name,
      value,
    })),
  }));
  return (
    <label class="field">
      <span>Colour by</span>
      <select
        value={JSON.stringify(colour)}
        onChange={(event) => store.set({ colour: JSON.parse(event.currentTarget.value) as Colour })}
      >
        <option value={JSON.stringify({ by: "cluster" })}>Cluster</option>
        {timeOf(atlas) && <option value={JSON.stringify({ by: "growth" })}>Growth</option>}
        {concernOf(atlas) && <option value={JSON.stringify({ by: "concern" })}>Concern</option>}
        {choices.map(({ name, colours }) => (
          <optgroup key={name} label={attributeName(name).slice(0, 60)}>
            {colours.map((one) => (
              <option key={JSON.stringify(one)} value={JSON.stringify(one)}>
                {labelOf(one)}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </label>
  );
}

/** What a colouring is called. */
export function labelOf(colour: Colour): string {
  if (colour.by !== "attribute") return colour.by;
  const name = attributeName(colour.attribute).slice(0, 60);
  return colour.value === null
    ? `${name}: most frequent`
    : `${name}: ${valueName(colour.attribute, colour.value).slice(0, 60)}`;
}
