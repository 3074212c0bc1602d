import type { LevelsQuery, Source } from "./source";

/** `source` with answers kept: an atlas does not change, so that nothing is asked for twice. Refusals are not kept. */
export function remembering(source: Source): Source {
  const kept = new Map<string, Promise<unknown>>();
  function once<Answer>(key: string, ask: () => Promise<Answer>): Promise<Answer> {
    const before = kept.get(key) as Promise<Answer> | undefined;
    if (before) return before;
    const answer = ask();
    kept.set(key, answer);
    answer.catch(() => kept.delete(key));
    return answer;
  }
  return {
    live: source.live,
    first: source.first,
    session: () => source.session(),
    atlases: () => source.atlases(),
    atlas: (id) => once(`atlas ${id}`, () => source.atlas(id)),
    clusters: (id) => once(`clusters ${id}`, () => source.clusters(id)),
    cells: (id, query, levels) => once(`cells ${id} ${key(query)}`, () => source.cells(id, query, levels)),
    map: (id) => once(`map ${id}`, () => source.map(id)),
    privacy: (id) => once(`privacy ${id}`, () => source.privacy(id)),
    forget: (id) => {
      kept.delete(`clusters ${id}`);
      source.forget(id);
    },
    search: (id, query, signal) => source.search(id, query, signal),
    exported: (...taken) => source.exported(...taken),
    exportAddress: (...asked) => source.exportAddress(...asked),
  };
}

function key(query: LevelsQuery): string {
  return JSON.stringify([query.attribute, query.value, query.by, query.byValue]);
}
