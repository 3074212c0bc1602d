import type { Atlas } from "../api";
import type { LevelsQuery, Source } from "../source/source";
import type { Selection } from "../state/state";
import { type CellIndex, mergeCells } from "./cells";
import type { Hierarchy } from "./hierarchy";

/** Whose cells are asked for. */
export interface Asking {
  readonly source: Source;
  readonly atlas: Atlas;
  readonly hierarchy: Hierarchy;
}

/** What to ask for cells by `attribute` under `filter`; by itself, an attribute is not filtered. */
export function queryOf(attribute: string, filter: Selection | null): LevelsQuery {
  if (!filter || filter.attribute === attribute) return { attribute };
  return { attribute: filter.attribute, value: filter.value, by: attribute };
}

/** Cells by `attribute` under `filter`, of everything together and of every level. */
export function cellsBy(asking: Asking, attribute: string, filter: Selection | null): Promise<CellIndex> {
  return ofAllLevels(asking, queryOf(attribute, filter));
}

/** Cells of one value alone, of everything together and of every level. */
export function cellsOf(asking: Asking, selection: Selection): Promise<CellIndex> {
  return ofAllLevels(asking, selection);
}

async function ofAllLevels(asking: Asking, query: LevelsQuery): Promise<CellIndex> {
  const { source, atlas, hierarchy } = asking;
  const answers = await source.cells(atlas.id, query, atlas.levels.length);
  return known(mergeCells(answers), hierarchy);
}

/** `cells` without those of clusters that people's edits left without a figure: theirs are of other conversations. */
function known(cells: CellIndex, hierarchy: Hierarchy): CellIndex {
  const isKnown = (id: string) => hierarchy.byId.get(id)?.conversations !== null;
  return {
    values: cells.values,
    of: (id) => (isKnown(id) ? cells.of(id) : new Map()),
    get: (id, value) => (isKnown(id) ? cells.get(id, value) : null),
    why: cells.why,
  };
}
