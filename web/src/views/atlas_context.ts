import { createContext } from "preact";
import { useContext, useMemo, useRef } from "preact/hooks";
import { type Atlas, EVERYTHING, type Privacy, type Session } from "../api";
import { cellsBy, cellsOf } from "../model/asking";
import type { CellIndex } from "../model/cells";
import { type Figure, type FigureCells, figuresOf, ownCount } from "../model/figures";
import type { Hierarchy } from "../model/hierarchy";
import { type Asked, useAsked } from "../parts/asked";
import type { Source } from "../source/source";
import type { Selection } from "../state/state";
import type { Count, Precision } from "../statistics/count";

/** The atlas that is open, as every view of it needs it. */
export interface Opened {
  readonly source: Source;
  /** Who looks; nobody in a report. */
  readonly session: Session | null;
  /** The actions that the person's role allows; none in a report. */
  readonly may: ReadonlySet<string>;
  readonly atlas: Atlas;
  readonly privacy: Privacy;
  readonly hierarchy: Hierarchy;
  readonly precision: Precision;
  /** The version of the edits that are shown. */
  readonly edits: number;
  /** Asks for the clusters again: somebody edited them. */
  reload(): void;
}

export const OpenedContext = createContext<Opened | null>(null);

export function useOpened(): Opened {
  const opened = useContext(OpenedContext);
  if (!opened) throw new Error("There is no atlas around this component.");
  return opened;
}

/** What every view shows of the clusters under the filter. */
export interface Shown {
  /** The filter that the figures are of: for a moment still the one before. */
  readonly filter: Selection | null;
  readonly figures: ReadonlyMap<string, Figure>;
  /** All conversations under the filter; `null` is not released. */
  readonly total: Count | null;
  /** By period; `null` where there is no time, or it is not there yet. */
  readonly time: CellIndex | null;
  /** Whether no figures of any filter were there yet: what is missing may still come. */
  readonly loading: boolean;
  /** Why the figures that were asked for last could not be had: those of before are shown. */
  readonly problem: string | null;
}

/** The attribute that tells time, and the one that tells concern, where the atlas has them. */
export const timeOf = (atlas: Atlas) => atlas.attributes.find((one) => one.kind === "time")?.name ?? null;
export const concernOf = (atlas: Atlas) =>
  atlas.attributes.find((one) => one.name === "concern")?.name ?? null;

/** One month alone cannot grow, and one degree of concern has no mean. */
export const tellsGrowth = (atlas: Atlas, filter: Selection | null) =>
  timeOf(atlas) !== null && filter?.attribute !== timeOf(atlas);
export const tellsConcern = (atlas: Atlas, filter: Selection | null) =>
  concernOf(atlas) !== null && filter?.attribute !== concernOf(atlas);

export function useCells(attribute: string | null, filter: Selection | null): Asked<CellIndex> {
  const opened = useOpened();
  const key = attribute === null ? null : JSON.stringify([opened.atlas.id, attribute, filter]);
  return useAsked(key, () => cellsBy(opened, attribute ?? "", filter));
}

/** `ready`: whether what else is shown of the filter is there, so that all changes at once. */
export function useShown(filter: Selection | null, ready: boolean): Shown {
  const opened = useOpened();
  const { atlas, hierarchy, precision } = opened;
  const sizes = useAsked(filter && JSON.stringify([atlas.id, filter]), () =>
    cellsOf(opened, filter as Selection),
  );
  const [timeName, concernName] = [timeOf(atlas), concernOf(atlas)];
  const time = useCells(timeName, filter);
  const concern = useCells(concernName, filter);
  const timeCells = time.current && tellsGrowth(atlas, filter) ? time.value : null;
  const concernCells = concern.current && tellsConcern(atlas, filter) ? concern.value : null;
  const sizeCells = sizes.current ? sizes.value : null;
  const problem = sizes.problem ?? time.problem ?? concern.problem;
  const arrivedAll =
    arrived(timeName, time) && arrived(concernName, concern) && (filter === null || sizes.current);
  const last = useRef<Shown | null>(null);
  // Until all of the filter is answered, and where it cannot be, the figures of before are shown: "not released" would
  // be untrue, and each showing takes time.
  const loading = !arrivedAll;
  const made = useMemo((): Shown | null => {
    if (loading && last.current) return null;
    const own = { conversations: atlas.conversations, users: atlas.users };
    const given: FigureCells = {
      size: filter ? (cluster) => sizeCells?.get(cluster.id, filter.value) ?? null : ownCount,
      total: filter ? (sizeCells?.get(EVERYTHING, filter.value) ?? null) : own,
      time: timeCells,
      concern: concernCells,
    };
    const figures = figuresOf(hierarchy.byId.values(), given, precision);
    return { filter, figures, total: given.total, time: timeCells, loading, problem: null };
  }, [atlas, hierarchy, precision, filter, sizeCells, timeCells, concernCells, loading]);
  const held = (ready ? (made ?? last.current) : (last.current ?? made)) as Shown;
  last.current = held;
  return useMemo(() => (problem === null ? held : { ...held, problem }), [held, problem]);
}

const arrived = (attribute: string | null, asked: Asked<CellIndex>) => attribute === null || asked.current;
