import type { AtlasEntry, RunEntry, RunList } from "../../api";

/** A run in the list: started here, having an atlas, or both. */
export interface Listed {
  readonly id: string;
  readonly run: RunEntry | null;
  readonly atlas: AtlasEntry | null;
}

/** What is under way first, then what was started here, the newest first, and then all others. */
export function listedOf(atlases: readonly AtlasEntry[], runs: RunList | null): Listed[] {
  const started = runs?.runs ?? [];
  const known = new Set(started.map((run) => run.id));
  const here = started.map((run) => ({ id: run.id, run, atlas: run.atlas }));
  const others = atlases.filter((atlas) => !known.has(atlas.id));
  return [
    ...here.filter((one) => isUnderWay(one.run)),
    ...here.filter((one) => !isUnderWay(one.run)),
    ...others.map((atlas) => ({ id: atlas.id, run: null, atlas })),
  ];
}

export const isUnderWay = (run: RunEntry | null) => run?.status === "running" || run?.status === "stopping";
