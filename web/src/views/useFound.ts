import { useEffect, useMemo, useState } from "preact/hooks";
import type { Found } from "../api";
import { useOpened } from "./atlas_context";

interface Held {
  readonly query: string;
  readonly results: readonly Found[];
  readonly problem: string | null;
}

const NOTHING: Held = { query: "", results: [], problem: null };

/** What was found for `query`, best first; what was found before while a new search is under way. */
export function useFound(query: string): Held & { readonly current: boolean } {
  const { source, atlas } = useOpened();
  const [held, setHeld] = useState<Held>(NOTHING);
  useEffect(() => {
    if (query === "") {
      setHeld(NOTHING);
      return;
    }
    const stop = new AbortController();
    source.search(atlas.id, query, stop.signal).then(
      (answer) => !stop.signal.aborted && setHeld({ query, results: answer.results, problem: null }),
      (error: unknown) => {
        if (!stop.signal.aborted)
          setHeld({ query, results: [], problem: error instanceof Error ? error.message : "Search failed." });
      },
    );
    return () => stop.abort();
  }, [source, atlas.id, query]);
  return { ...held, current: held.query === query };
}

/** The ids of what the kept search found; `null` where there is no search. */
export function useFoundIds(search: string): ReadonlySet<string> | null {
  const { results, current } = useFound(search);
  return useMemo(
    () => (search !== "" && current ? new Set(results.map((found) => found.id)) : null),
    [search, current, results],
  );
}
