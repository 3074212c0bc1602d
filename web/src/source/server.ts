import type { Atlas, AtlasEntry, Cells, Clusters, MapBins, Privacy, SearchResults, Session } from "../api";
import { ask, get } from "./http";
import type { CellQuery, ExportFormat, ExportWhat, LevelsQuery, Source } from "./source";
import { Together } from "./together";

/** The explorer's own server, at the address that the page came from. */
export class ServerSource implements Source {
  readonly live = true;
  readonly first = null;
  private readonly together = new Together<readonly Cells[]>();

  /** Nothing is kept here. */
  forget(): void {}

  session(): Promise<Session> {
    return get("/api/session");
  }

  atlases(): Promise<AtlasEntry[]> {
    return get("/api/atlases");
  }

  atlas(id: string): Promise<Atlas> {
    return get(of(id));
  }

  clusters(id: string): Promise<Clusters> {
    return get(`${of(id)}/clusters`);
  }

  /** A filter is asked for by one attribute after the other: what is asked for at once is one request. */
  async cells(id: string, query: LevelsQuery): Promise<readonly Cells[]> {
    const alone = () => get<Cells[]>(`${of(id)}/levels?${parameters(query)}`);
    if (query.value === undefined || query.byValue !== undefined) return alone();
    const filter = `${of(id)}/filtered?${parameters({ attribute: query.attribute, value: query.value })}`;
    const answers = await this.together.ask(filter, alone, () => get<Cells[]>(filter));
    return answers.filter((cells) => cells.attributes[1] === query.by);
  }

  map(id: string): Promise<MapBins> {
    return get(`${of(id)}/map`);
  }

  privacy(id: string): Promise<Privacy> {
    return get(`${of(id)}/privacy`);
  }

  search(id: string, query: string, signal?: AbortSignal): Promise<SearchResults> {
    return get(`${of(id)}/search?${new URLSearchParams({ q: query })}`, signal);
  }

  /** The file is there already: where this fails, nobody is told. */
  exported(id: string, what: string, format: string): void {
    ask("POST", `${of(id)}/exported`, { what, format }).catch(() => undefined);
  }

  exportAddress(id: string, what: ExportWhat, format: ExportFormat, query?: CellQuery): string {
    const more = query ? `&level=${query.level}&${parameters(query)}` : "";
    return `${of(id)}/export?what=${what}&format=${format}${more}`;
  }
}

function of(id: string): string {
  return `/api/atlases/${encodeURIComponent(id)}`;
}

function parameters(query: LevelsQuery): URLSearchParams {
  const asked = new URLSearchParams({ attribute: query.attribute });
  if (query.value !== undefined) asked.set("value", query.value);
  if (query.by !== undefined) asked.set("by", query.by);
  if (query.byValue !== undefined) asked.set("by_value", query.byValue);
  return asked;
}
