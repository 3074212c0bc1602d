import { createContext } from "preact";
import { useContext, useMemo, useRef } from "preact/hooks";
import { type Atlas, EVERYTHING, type Privacy, type Session } from "../api";
import { cellsBy, type NarrowedCells, sizesOf } from "../model/asking";
import type { CellIndex } from "../model/cells";
import { type Figure, type FigureCells, figuresOf, ownCount } from "../model/figures";
import { tells } from "../model/filtering";
import type { Hierarchy } from "../model/hierarchy";
import { type Asked, useAsked } from "../parts/asked";
import type { Source } from "../source/source";
import type { Filter } from "../state/state";
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
  readonly filter: Filter | null;
  readonly figures: ReadonlyMap<string, Figure>;
  /** All conversations under the filter; `null` is not released. */
  readonly total: Count | null;
  /** By period, and by concern; `null` where there is none, or it is not there yet. */
  readonly time: CellIndex | null;
  readonly concern: CellIndex | null;
  /** Whether no figures of any filter were there yet: what is missing may still come. */
  readonly loading: boolean;
  /** Why the figures that were asked for last could not be had: those of before are shown. */
  readonly problem: string | null;
  /** Why no count of a level was released under the filter; `null` where one was. */
  why(level: number): string | null;
}

/** The attribute that tells time, and the one that tells concern, where the atlas has them. */
export const timeOf = (atlas: Atlas) => atlas.attributes.find((one) => one.kind === "time")?.name ?? null;
export const concernOf = (atlas: Atlas) =>
  atlas.attributes.find((one) => one.name === "concern")?.name ?? null;

/** One month alone cannot grow, and one degree of concern has no mean; under two filters nothing further is counted. */
export const tellsGrowth = (atlas: Atlas, filter: Filter | null) => tells(timeOf(atlas), filter);
export const tellsConcern = (atlas: Atlas, filter: Filter | null) => tells(concernOf(atlas), filter);

export function useCells(attribute: string | null, filter: Filter | null): Asked<NarrowedCells> {
  const opened = useOpened();
  const key = attribute === null ? null : JSON.stringify([opened.atlas.id, attribute, filter]);
  return useAsked(key, () => cellsBy(opened, attribute ?? "", filter));
}

/** `ready`: whether what else is shown of the filter is there, so that all changes at once. */
export function useShown(filter: Filter | null, ready: boolean): Shown {
  const opened = useOpened();
  const { atlas, hierarchy, precision } = opened;
  const sizes = useAsked(filter && JSON.stringify([atlas.id, filter]), () =>
    sizesOf(opened, filter as Filter),
  );
  const timeName = tellsGrowth(atlas, filter) ? timeOf(atlas) : null;
  const concernName = tellsConcern(atlas, filter) ? concernOf(atlas) : null;
  const time = useCells(timeName, filter);
  const concern = useCells(concernName, filter);
  const timeCells = timeName !== null && time.current ? time.value : null;
  const concernCells = concernName !== null && concern.current ? concern.value : null;
  const counted = sizes.current ? sizes.value : null;
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
      size: filter ? (cluster) => counted?.whole(cluster.id) ?? null : ownCount,
      total: filter ? (counted?.whole(EVERYTHING) ?? null) : own,
      time: timeCells,
      concern: concernCells,
    };
    const figures = figuresOf(hierarchy.byId.values(), given, precision);
    const why = (level: number) => (filter && counted?.why(level)) ?? null;
    const cells = { time: timeCells, concern: concernCells };
    return { filter, figures, total: given.total, ...cells, loading, problem: null, why };
  }, [atlas, hierarchy, precision, filter, counted, timeCells, concernCells, loading]);
  const held = (ready ? (made ?? last.current) : (last.current ?? made)) as Shown;
  last.current = held;
  return useMemo(() => (problem === null ? held : { ...held, problem }), [held, problem]);
}

const arrived = (attribute: string | null, asked: Asked<CellIndex>) => attribute === null || asked.current;
