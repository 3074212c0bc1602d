import type { Atlas } from "../../api";
import type { Selection, SortKey } from "../../state/state";
import { tellsConcern, tellsGrowth } from "../atlas_context";

export interface Column {
  readonly key: SortKey | "people";
  readonly label: string;
  /** What the rows can be ordered by; people cannot be ordered by alone. */
  readonly sort: SortKey | null;
}

/** The columns of the table of clusters that an atlas can fill under a filter. */
export function columnsOf(atlas: Atlas, filter: Selection | null): Column[] {
  const columns: Column[] = [
    { key: "name", label: "Cluster", sort: "name" },
    { key: "size", label: atlas.counted === "user" ? "People" : "Conversations", sort: "size" },
    { key: "share", label: "Share", sort: "share" },
  ];
  if (atlas.users !== null && atlas.counted !== "user")
    columns.push({ key: "people", label: "People", sort: null });
  if (tellsGrowth(atlas, filter)) columns.push({ key: "growth", label: "Growth", sort: "growth" });
  if (tellsConcern(atlas, filter)) columns.push({ key: "concern", label: "Concern", sort: "concern" });
  return columns;
}
