import { type Atlas, EVERYTHING } from "../api";
import type { LevelsQuery, Source } from "../source/source";
import type { Filter } from "../state/state";
import type { Count } from "../statistics/count";
import { type CellIndex, mergeCells, NO_CELLS } from "./cells";
import { ownCount } from "./figures";
import { besides, queryOf, sizesQuery, sizeValue, THREE } from "./filtering";
import type { Hierarchy } from "./hierarchy";

/** Whose cells are asked for. */
export interface Asking {
  readonly source: Source;
  readonly atlas: Atlas;
  readonly hierarchy: Hierarchy;
}

/** Cells by an attribute under what narrows it. */
export interface NarrowedCells extends CellIndex {
  /** How much a cluster, or everything together, has under the same; `null` is not released. */
  whole(cluster: string): Count | null;
}

/** Cells by `attribute` under `filter`, of everything together and of every level; by itself, it is not filtered. */
export async function cellsBy(
  asking: Asking,
  attribute: string,
  filter: Filter | null,
): Promise<NarrowedCells> {
  const query = queryOf(attribute, filter);
  if (!query) return { ...NO_CELLS, whole: () => null, why: () => THREE };
  const rest = besides(filter, attribute);
  const [cells, sizes] = await Promise.all([ofAllLevels(asking, query), rest && sizesOf(asking, rest)]);
  return { ...cells, whole: sizes ? sizes.whole : (id) => ownSize(asking, id) };
}

/** How much each cluster and everything together have under a filter. */
export interface Sizes {
  readonly whole: NarrowedCells["whole"];
  /** Why nothing of a level is here, in a sentence; `null` where something is. */
  why(level: number): string | null;
}

/** What was asked for last of an atlas: all that is shown under a filter asks for the same. */
const last = new WeakMap<Hierarchy, { readonly key: string; readonly sizes: Promise<Sizes> }>();

export function sizesOf(asking: Asking, filter: Filter): Promise<Sizes> {
  const key = JSON.stringify(sizesQuery(filter));
  const before = last.get(asking.hierarchy);
  if (before?.key === key) return before.sizes;
  const sizes = askSizes(asking, filter);
  last.set(asking.hierarchy, { key, sizes });
  sizes.catch(() => last.delete(asking.hierarchy));
  return sizes;
}

async function askSizes(asking: Asking, filter: Filter): Promise<Sizes> {
  const cells = await ofAllLevels(asking, sizesQuery(filter));
  return { whole: (id) => cells.get(id, sizeValue(filter)), why: cells.why };
}

function ownSize({ atlas, hierarchy }: Asking, id: string): Count | null {
  if (id === EVERYTHING) return { conversations: atlas.conversations, users: atlas.users };
  const cluster = hierarchy.byId.get(id);
  return cluster ? ownCount(cluster) : null;
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
