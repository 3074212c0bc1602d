import type { Atlas, AtlasEntry, Cells, Clusters, MapBins, Privacy, SearchResults, Session } from "../api";

/** Which released cells: by one attribute, or by two, each perhaps at one value alone. */
export interface LevelsQuery {
  readonly attribute: string;
  readonly value?: string;
  readonly by?: string;
  readonly byValue?: string;
}

/** Those of one level alone. */
export interface CellQuery extends LevelsQuery {
  readonly level: number;
}

export type ExportWhat = "clusters" | "cube" | "map" | "cells";
export type ExportFormat = "csv" | "json" | "parquet";

/** Where the page's figures come from: a server, or what is embedded in a report. */
export interface Source {
  /** Whether a server is there to write files, search by meaning and list runs. */
  readonly live: boolean;
  session(): Promise<Session | null>;
  atlases(): Promise<AtlasEntry[]>;
  atlas(id: string): Promise<Atlas>;
  clusters(id: string): Promise<Clusters>;
  /** Cells of everything together and of each of so many levels. */
  cells(id: string, query: LevelsQuery, levels: number): Promise<readonly Cells[]>;
  map(id: string): Promise<MapBins>;
  privacy(id: string): Promise<Privacy>;
  /** The atlas to begin with, where there is no list to choose from. */
  readonly first: string | null;
  /** The clusters of an atlas were edited: they are asked for again. */
  forget(id: string): void;
  search(id: string, query: string, signal?: AbortSignal): Promise<SearchResults>;
  /** A file of what is shown was made in the page: the server writes it down. */
  exported(id: string, what: string, format: string): void;
  /** Where a file of released figures can be fetched; `null` where no server makes one. */
  exportAddress(id: string, what: ExportWhat, format: ExportFormat, query?: CellQuery): string | null;
}

/** A refusal in a sentence that can be shown. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}
