import type { Atlas, Cluster, ReviewItem } from "../api";
import { type Figure, NO_FIGURE } from "../model/figures";
import { filterName } from "../model/filtering";
import { sorted } from "../model/sorting";
import { formatChange, formatMean, formatNumber, formatShare, levelName, NOT_RELEASED } from "../model/words";
import type { Filter } from "../state/state";
import { concernOf, timeOf } from "../views/atlas_context";
import { type Column, columnsOf } from "../views/table/columns";
import { foundWithin, visibleRows } from "../views/tree/rows";
import type { DrawnRow, DrawnRows } from "./rows_chart";
import type { Exported } from "./shown";

const orNot = (value: number | null | undefined, format: (n: number) => string) =>
  value === null || value === undefined ? NOT_RELEASED : format(value);

const nameOf = (cluster: Cluster) => cluster.name + (cluster.edited.length > 0 ? " (edited)" : "");

/** The rows of the table, in its order. */
export function tableRows({ opened, shown, state, level, found }: Exported): DrawnRows {
  const { atlas, hierarchy } = opened;
  const all = hierarchy.levels[level] ?? [];
  const kept = found ? all.filter((cluster) => found.has(cluster.id)) : all;
  const columns = figureColumns(atlas, shown.filter);
  return {
    title: titled(levelName(level, hierarchy.levels.length), atlas, shown.filter),
    heads: columns.map((column) => column.label),
    rows: sorted(kept, shown.figures, state.sort).map((cluster) =>
      drawn(nameOf(cluster), 0, shown.figures.get(cluster.id) ?? NO_FIGURE, columns),
    ),
  };
}

/** The rows of the tree that are open, in its order. */
export function treeRows({ opened, shown, state, found }: Exported): DrawnRows {
  const { atlas, hierarchy } = opened;
  const within = foundWithin(hierarchy, found);
  const columns = figureColumns(atlas, shown.filter);
  const rows = visibleRows(hierarchy, shown.figures, new Set(state.open), state.sort);
  return {
    title: titled("Tree", atlas, shown.filter),
    heads: columns.map((column) => column.label),
    rows: rows.map(({ cluster, depth, expanded }) => {
      const sign = expanded === null ? "" : expanded ? "▾ " : "▸ ";
      const figure = shown.figures.get(cluster.id) ?? NO_FIGURE;
      const faint = found !== null && !found.has(cluster.id) && !within.has(cluster.id);
      return { ...drawn(sign + nameOf(cluster), depth - 1, figure, columns), faint };
    }),
  };
}

/** The rows of the review queue, in its order; `stateNames` are the words for its states. */
export function queueRows(
  items: readonly ReviewItem[],
  { atlas, hierarchy }: Exported["opened"],
  stateNames: Readonly<Record<ReviewItem["state"], string>>,
): DrawnRows {
  const concern = concernOf(atlas) !== null;
  const growth = timeOf(atlas) !== null;
  return {
    title: titled("Review queue", atlas, null),
    heads: ["Size", ...(growth ? ["Growth"] : []), ...(concern ? ["Mean concern"] : []), "Notes", "State"],
    rows: items.flatMap((item) => {
      const cluster = hierarchy.byId.get(item.cluster);
      if (!cluster) return [];
      const cells = [
        orNot(item.conversations, formatNumber),
        ...(growth ? [orNot(item.growth, formatChange)] : []),
        ...(concern ? [orNot(item.concern, formatMean)] : []),
        ...[item.notes > 0 ? formatNumber(item.notes) : "", stateNames[item.state]],
      ];
      return { name: nameOf(cluster), depth: 0, size: item.conversations, cells };
    }),
  };
}

const figureColumns = (atlas: Atlas, filter: Filter | null) =>
  columnsOf(atlas, filter).filter((column) => column.key !== "name");

function titled(what: string, atlas: Atlas, filter: Filter | null): string {
  return `${what} of ${atlas.run}${filter ? `, ${filterName(filter)}` : ""}`;
}

function drawn(name: string, depth: number, figure: Figure, columns: readonly Column[]): DrawnRow {
  return { name, depth, size: figure.share, cells: columns.map(({ key }) => cell(key, figure)) };
}

function cell(key: Column["key"], { count, share, growth, concern }: Figure): string {
  if (key === "people") return orNot(count?.users, formatNumber);
  if (key === "share") return orNot(share, formatShare);
  if (key === "growth") return orNot(growth?.value, formatChange);
  if (key === "concern") return orNot(concern?.mean, formatMean);
  return orNot(count?.conversations, formatNumber);
}
