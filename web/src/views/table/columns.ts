import type { Atlas } from "../../api";
import type { Filter, SortKey } from "../../state/state";
import { tellsConcern, tellsGrowth } from "../atlas_context";

export interface Column {
  /** What it shows, and what rows can be ordered by. */
  readonly key: SortKey;
  readonly label: string;
}

/** The columns of the table of clusters that an atlas can fill under a filter. */
export function columnsOf(atlas: Atlas, filter: Filter | null): Column[] {
  const columns: Column[] = [
    { key: "name", label: "Cluster" },
    { key: "size", label: atlas.counted === "user" ? "People" : "Conversations" },
    { key: "share", label: "Share" },
  ];
  if (atlas.users !== null && atlas.counted !== "user") columns.push({ key: "people", label: "People" });
  if (tellsGrowth(atlas, filter)) columns.push({ key: "growth", label: "Growth" });
  if (tellsConcern(atlas, filter)) columns.push({ key: "concern", label: "Concern" });
  return columns;
}
