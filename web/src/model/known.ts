import type { Atlas } from "../api";
import type { Selection, State } from "../state/state";
import { filterOf, partsOf } from "./filtering";
import { attributeName, selectionName } from "./words";

/** What an address asks for that an atlas does not have, and what to fall back on. */
export interface Unknown {
  /** What the address names, each as a part of a sentence; texts of the address, not trusted. */
  readonly named: readonly string[];
  readonly change: Partial<State>;
}

const LONGEST = 80;

/** Compares a state with what the atlas has. `null`: it has all of it. */
export function unknownIn(state: State, atlas: Atlas, levels: number): Unknown | null {
  const named: string[] = [];
  let change: Partial<State> = {};
  const values = (name: string) => atlas.attributes.find((one) => one.name === name)?.values;
  const has = ({ attribute, value }: Selection) => values(attribute)?.includes(value) ?? false;
  const note = (what: string, name: string, instead: Partial<State>) => {
    named.push(`${what} “${name.slice(0, LONGEST)}”`);
    change = { ...change, ...instead };
  };
  const { filter, level, colour, compare } = state;
  const held = partsOf(filter);
  for (const part of held.filter((one) => !has(one))) {
    note("the filter", selectionName(part), { filter: filterOf(held.filter(has)) });
  }
  if (level !== null && (level < 0 || level >= levels)) note("the level", String(level), { level: null });
  const coloured = colour.by === "attribute" ? colour : null;
  const isKnown = coloured
    ? coloured.value === null
      ? values(coloured.attribute) !== undefined
      : has({ attribute: coloured.attribute, value: coloured.value })
    : colour.by === "cluster" ||
      atlas.attributes.some((one) => (colour.by === "growth" ? one.kind === "time" : one.name === colour.by));
  if (!isKnown) {
    const name = !coloured
      ? colour.by
      : coloured.value === null
        ? attributeName(coloured.attribute)
        : selectionName({ attribute: coloured.attribute, value: coloured.value });
    note("the colours", name, { colour: { by: "cluster" } });
  }
  if (compare && !has(compare.a)) note("the comparison of", selectionName(compare.a), { compare: null });
  else if (compare?.b && !has(compare.b)) {
    note("the comparison with", selectionName(compare.b), { compare: { a: compare.a, b: null } });
  }
  return named.length > 0 ? { named, change } : null;
}
