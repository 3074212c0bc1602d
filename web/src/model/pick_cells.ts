import type { Cells } from "../api";
import type { CellQuery } from "../source/source";

/** The part of `table`, all cells of a level by the attributes of `query`, that `query` asks for: what a server answers. */
export function pickCells(table: Cells, query: CellQuery): Cells {
  const swapped = table.attributes.length === 2 && table.attributes[0] !== query.attribute;
  const first = swapped ? table.value_2 : table.value_1;
  const second = swapped ? table.value_1 : table.value_2;
  const [firstValues = [], secondValues = []] = swapped ? [table.values[1], table.values[0]] : table.values;
  const kept: number[] = [];
  for (let i = 0; i < table.cluster.length; i += 1) {
    const fits = query.value === undefined || firstValues[first[i] ?? -1] === query.value;
    const fitsBy = query.byValue === undefined || secondValues[second[i] ?? -1] === query.byValue;
    if (fits && fitsBy) kept.push(i);
  }
  const take = (column: readonly number[]) => kept.map((i) => column[i] as number);
  const two = query.by !== undefined;
  return {
    level: table.level,
    note: kept.length === 0 ? table.note : null,
    attributes: two ? [query.attribute, query.by as string] : [query.attribute],
    clusters: table.clusters,
    values: two ? [firstValues, secondValues] : [firstValues],
    cluster: take(table.cluster),
    value_1: take(first),
    value_2: two ? take(second) : [],
    conversations: take(table.conversations),
    users: table.users && take(table.users),
  };
}
