import {
  type Atlas,
  type AtlasEntry,
  type Cells,
  type Cluster,
  type Clusters,
  EVERYTHING_LEVEL,
  type MapBins,
  type Privacy,
  type SearchResults,
} from "../api";
import { pickCells } from "../model/pick_cells";
import { byWords } from "../model/searching";
import type { Blocks } from "./blocks";
import { type CellQuery, type LevelsQuery, Refusal, type Source } from "./source";

const LEFT_OUT =
  "This report leaves out two attributes at once at this level, for its size. A report made with --folder holds them.";

/** In the place of cells of a level that a report leaves out: the other levels are there. */
const nothingOf = (level: number, attribute: string, by: string): Cells => ({
  level,
  note: LEFT_OUT,
  attributes: [attribute, by],
  clusters: [],
  values: [[], []],
  cluster: [],
  value_1: [],
  value_2: [],
  conversations: [],
  users: [],
});

/** The answers that a report holds. */
export class EmbeddedSource implements Source {
  readonly live = false;
  readonly first: string | null;

  constructor(private readonly blocks: Blocks) {
    const [, id] =
      blocks.keys.map((key) => JSON.parse(key) as [string, string]).find(([kind]) => kind === "atlas") ?? [];
    this.first = id ?? null;
  }

  /** Nobody edits a report. */
  forget(): void {}

  async session(): Promise<null> {
    return null;
  }

  async atlases(): Promise<AtlasEntry[]> {
    return [];
  }

  atlas(id: string): Promise<Atlas> {
    return this.read("atlas", id);
  }

  clusters(id: string): Promise<Clusters> {
    return this.read("clusters", id);
  }

  map(id: string): Promise<MapBins> {
    return this.read("map", id);
  }

  privacy(id: string): Promise<Privacy> {
    return this.read("privacy", id);
  }

  cells(id: string, query: LevelsQuery, levels: number): Promise<Cells[]> {
    const all = Array.from({ length: levels + 1 }, (_, i) => EVERYTHING_LEVEL + i);
    return Promise.all(all.map((level) => this.cellsOf(id, { level, ...query })));
  }

  private async cellsOf(id: string, query: CellQuery): Promise<Cells> {
    const { level, attribute, by } = query;
    const keys =
      by === undefined
        ? [[attribute]]
        : [
            [attribute, by],
            [by, attribute],
          ];
    for (const names of keys) {
      const table = await this.blocks.read(JSON.stringify(["cells", id, level, ...names]));
      if (table) return pickCells(table as Cells, query);
    }
    if (by === undefined) throw new Refusal("This report does not hold that attribute.", 404);
    return nothingOf(level, attribute, by);
  }

  async search(id: string, query: string): Promise<SearchResults> {
    const { clusters } = await this.clusters(id);
    const shown = clusters.filter((cluster: Cluster) => !cluster.hidden);
    return { query, results: byWords(shown, query), by_meaning: false };
  }

  exported(): void {}

  exportAddress(): null {
    return null;
  }

  private async read<Answer>(kind: string, id: string): Promise<Answer> {
    const answer = await this.blocks.read(JSON.stringify([kind, id]));
    if (answer === null) throw new Refusal("This report does not hold that atlas.", 404);
    return answer as Answer;
  }
}
