import type { Cluster } from "../../api";
import type { Figure } from "../../model/figures";
import type { Hierarchy } from "../../model/hierarchy";
import { sorted } from "../../model/sorting";
import type { Sort } from "../../state/state";

/** One visible row of the tree, with what a screen reader has to be told of its place. */
export interface Row {
  readonly cluster: Cluster;
  /** From 1. */
  readonly depth: number;
  readonly place: number;
  readonly siblings: number;
  /** `null`: nothing lies below. */
  readonly expanded: boolean | null;
  readonly parent: string | null;
}

/** The rows that show, top to bottom. */
export function visibleRows(
  hierarchy: Hierarchy,
  figures: ReadonlyMap<string, Figure>,
  open: ReadonlySet<string>,
  sort: Sort,
): Row[] {
  const rows: Row[] = [];
  const add = (clusters: readonly Cluster[], depth: number, parent: string | null) => {
    sorted(clusters, figures, sort).forEach((cluster, i) => {
      const children = hierarchy.children(cluster.id);
      const expanded = children.length > 0 ? open.has(cluster.id) : null;
      rows.push({ cluster, depth, place: i + 1, siblings: clusters.length, expanded, parent });
      if (expanded) add(children, depth + 1, cluster.id);
    });
  };
  add(hierarchy.roots, 1, null);
  return rows;
}

/** How many of the found clusters lie below each cluster that holds any. */
export function foundWithin(hierarchy: Hierarchy, found: ReadonlySet<string> | null): Map<string, number> {
  const counts = new Map<string, number>();
  for (const id of found ?? []) {
    for (const above of hierarchy.ancestors(id)) counts.set(above.id, (counts.get(above.id) ?? 0) + 1);
  }
  return counts;
}

export type Move = { readonly to: string } | { readonly open: string[] } | { readonly close: string };

/** What a key does on the row `at`, as the ARIA authoring practices say of trees. */
export function moveFor(key: string, rows: readonly Row[], at: number): Move | null {
  const row = rows[at];
  if (!row) return null;
  const to = (i: number): Move | null => {
    const found = rows[i];
    return found && i !== at ? { to: found.cluster.id } : null;
  };
  switch (key) {
    case "ArrowDown":
      return to(at + 1);
    case "ArrowUp":
      return to(at - 1);
    case "Home":
      return to(0);
    case "End":
      return to(rows.length - 1);
    case "PageDown":
      return to(Math.min(rows.length - 1, at + 10));
    case "PageUp":
      return to(Math.max(0, at - 10));
    case "ArrowRight":
      if (row.expanded === false) return { open: [row.cluster.id] };
      return row.expanded ? to(at + 1) : null;
    case "ArrowLeft":
      if (row.expanded) return { close: row.cluster.id };
      return row.parent === null ? null : { to: row.parent };
    case "*":
      return {
        open: rows
          .filter((one) => one.parent === row.parent && one.expanded === false)
          .map((one) => one.cluster.id),
      };
    default:
      return null;
  }
}

/** The next row, from behind `at` and around, whose name begins with `typed`. */
export function typedRow(rows: readonly Row[], at: number, typed: string): string | null {
  const wanted = typed.toLocaleLowerCase();
  const from = typed.length === 1 ? at + 1 : at;
  for (let i = 0; i < rows.length; i += 1) {
    const row = rows[(from + i) % rows.length];
    if (row?.cluster.name.toLocaleLowerCase().startsWith(wanted)) return row.cluster.id;
  }
  return null;
}
