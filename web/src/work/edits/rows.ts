import type { Atlas, EditEntry } from "../../api";
import type { DrawnRows } from "../../exports/rows_chart";
import type { Sheet } from "../../exports/tabular";
import { printable } from "../../parts/Name";
import { sentenceOf, standing } from "./sentences";

const saidOf = (entry: EditEntry) =>
  sentenceOf(entry)
    .map((part) => (typeof part === "string" ? part : `“${part.name}”`))
    .join("");

const descriptionOf = ({ edit }: EditEntry) => (edit?.kind === "describe" ? edit.description : null);

/** Who edited what and when, in the order that is shown. */
export function editsSheet(entries: readonly EditEntry[]): Sheet {
  return {
    columns: ["version", "time", "author", "kind", "edit", "description", "state", "stands", "why"],
    rows: entries.map((entry) => [
      ...[entry.version, entry.time, entry.author, entry.kind, saidOf(entry), descriptionOf(entry)],
      ...[entry.state, standing(entry), entry.why ?? null],
    ]),
  };
}

/** The same as rows of a picture. */
export function editsRows(entries: readonly EditEntry[], atlas: Atlas): DrawnRows {
  return {
    title: `Edits of ${atlas.run}`,
    heads: ["By", "At", "Stands"],
    rows: entries.map((entry) => ({
      name: [saidOf(entry), descriptionOf(entry)].filter(Boolean).join(": "),
      depth: 0,
      size: null,
      cells: [printable(entry.author), entry.time, standing(entry) || "yes"],
      faint: entry.state !== "applied",
    })),
  };
}
