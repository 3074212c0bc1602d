import { type Atlas, EVERYTHING } from "../api";
import { categorySwatches, divergingSwatches, orderedSwatches } from "../map/palettes";
import type { Swatch } from "../map/props";
import type { Colour, Filter } from "../state/state";
import type { Count, Estimate } from "../statistics/count";
import { overrepresentation } from "../statistics/overrepresentation";
import type { NarrowedCells } from "./asking";
import { type Figure, NO_FIGURE } from "./figures";
import { besides, filterName } from "./filtering";
import type { Hierarchy } from "./hierarchy";
import { attributeName, NOT_RELEASED, unitOf, valueName } from "./words";

/** One line of the legend: a swatch, what it stands for, and the cluster that it is, where it is one. */
export interface Entry {
  readonly swatch: number;
  readonly label: string;
  readonly cluster?: string;
}

/** Which swatch each cluster has. */
export interface Colouring {
  readonly title: string;
  readonly swatches: readonly Swatch[];
  readonly entries: readonly Entry[];
  of(cluster: string): number;
  /** Why nothing of a level is told in colours, in a sentence; `null` where something is. */
  why(level: number): string | null;
}

export interface Coloured {
  readonly atlas: Atlas;
  readonly hierarchy: Hierarchy;
  readonly figures: ReadonlyMap<string, Figure>;
  /** Cells by the attribute that is coloured by, of all levels and everything; `null` while they are not there. */
  readonly cells: NarrowedCells | null;
  readonly background: string;
  /** What `figures` and `cells` are under. */
  readonly filter: Filter | null;
  /** Why growth, or mean concern, of a level is not told; `null` where it is. */
  why(of: "growth" | "concern", level: number): string | null;
}

const MOST_CATEGORIES = 8;
const UNKNOWN = { color: "#8c8c8c", shape: "ring" } as const;

export function colouringOf(colour: Colour, given: Coloured): Colouring {
  if (colour.by === "growth") return byGrowth(given);
  if (colour.by === "concern") return byConcern(given);
  if (colour.by === "attribute" && colour.value !== null)
    return byShare(colour.attribute, colour.value, given);
  if (colour.by === "attribute") return byMostFrequent(colour.attribute, given);
  return byCluster(given);
}

/** The largest groups of the highest level, and all others. */
function byCluster({ hierarchy, background }: Coloured): Colouring {
  const size = (id: string) => hierarchy.byId.get(id)?.conversations ?? 0;
  const roots = [...hierarchy.roots].sort((a, b) => size(b.id) - size(a.id));
  const numbers = new Map(roots.slice(0, MOST_CATEGORIES).map((cluster, i) => [cluster.id, i]));
  const root = (id: string) => hierarchy.ancestors(id).at(-1)?.id ?? id;
  const entries: Entry[] = roots
    .slice(0, MOST_CATEGORIES)
    .map((cluster, i) => ({ swatch: i, label: cluster.name, cluster: cluster.id }));
  if (roots.length > MOST_CATEGORIES) entries.push({ swatch: MOST_CATEGORIES, label: "Other" });
  return {
    title: "Top clusters",
    swatches: categorySwatches(background),
    entries,
    of: (id) => numbers.get(root(id)) ?? MOST_CATEGORIES,
    why: () => null,
  };
}

const GROWTH_LABELS = [
  "Shrinking by a quarter or more",
  "Shrinking",
  "No clear change",
  "Growing",
  "Growing by a quarter or more",
];
const RATIO_LABELS = [
  "Half as common or less",
  "Less common",
  "No clear difference",
  "More common",
  "Twice as common or more",
];

function byGrowth({ figures, background, why }: Coloured): Colouring {
  const bin = (id: string) => diverging((figures.get(id) ?? NO_FIGURE).growth, 0.25, (change) => change);
  const made = steps("Growth", divergingSwatches(background), GROWTH_LABELS, bin);
  return { ...made, why: (level) => why("growth", level) };
}

const CONCERN_ENDS = [1.2, 1.5, 2, 3];
const CONCERN_LABELS = ["Under 1.2", "1.2 to 1.5", "1.5 to 2", "2 to 3", "3 and more"];

function byConcern({ figures, background, why }: Coloured): Colouring {
  const bin = (id: string) => {
    const concern = (figures.get(id) ?? NO_FIGURE).concern;
    return concern ? CONCERN_ENDS.filter((end) => concern.mean >= end).length : null;
  };
  const made = steps("Mean concern, 1 to 5", orderedSwatches(background), CONCERN_LABELS, bin);
  return { ...made, why: (level) => why("concern", level) };
}

/** How common one value is, beside how common it is in everything, both under the filter. */
function byShare(attribute: string, value: string, given: Coloured): Colouring {
  const { atlas, cells, background, filter } = given;
  const precision = { rounding: atlas.rounding, noise: atlas.noise };
  const all = cells?.get(EVERYTHING, value) ?? null;
  const bin = (id: string) => {
    const part = cells?.get(id, value);
    const [whole, total] = [cells?.whole(id), cells?.whole(EVERYTHING)];
    if (!part || !all || !whole || !total) return null;
    const ratio = overrepresentation({ part, whole, precision }, { part: all, whole: total, precision });
    return diverging(ratio, Math.LN2, Math.log);
  };
  const rest = besides(filter, attribute);
  const beside = rest ? `everything under ${filterName(rest)}` : `all ${unitOf(atlas)}`;
  const title = `${attributeName(attribute)}: ${valueName(attribute, value)}, beside ${beside}`;
  const made = steps(title, divergingSwatches(background), RATIO_LABELS, bin);
  return { ...made, why: (level) => cells?.why(level) ?? null };
}

function byMostFrequent(attribute: string, { atlas, cells, background }: Coloured): Colouring {
  const known = atlas.attributes.find((one) => one.name === attribute)?.values ?? [];
  const shown = known.slice(0, MOST_CATEGORIES);
  const entries = shown.map((value, i) => ({ swatch: i, label: valueName(attribute, value) }));
  if (known.length > MOST_CATEGORIES) entries.push({ swatch: MOST_CATEGORIES, label: "Other" });
  const unknown = MOST_CATEGORIES + 1;
  return {
    title: `Most frequent: ${attributeName(attribute).toLowerCase()}`,
    swatches: [...categorySwatches(background), UNKNOWN],
    entries: [...entries, { swatch: unknown, label: NOT_RELEASED }],
    of(id) {
      const most = mostFrequent([...(cells?.of(id) ?? [])], cells?.whole(id) ?? null);
      if (most === null) return unknown;
      const at = shown.indexOf(most);
      return at < 0 ? MOST_CATEGORIES : at;
    },
    why: (level) => cells?.why(level) ?? null,
  };
}

/** The largest released value; `null` where what is not released leaves room for a larger one. */
export function mostFrequent(
  released: readonly (readonly [string, Count])[],
  whole: Count | null,
): string | null {
  if (!whole) return null;
  const rest = whole.conversations - released.reduce((sum, [, count]) => sum + count.conversations, 0);
  const [most] = [...released].sort(([, a], [, b]) => b.conversations - a.conversations);
  return most && most[1].conversations >= rest ? most[0] : null;
}

/** The middle where the interval holds 0; beyond `far`, the outermost. */
function diverging(estimate: Estimate | null, far: number, scale: (n: number) => number): number | null {
  if (!estimate) return null;
  if (scale(estimate.low) <= 0 && scale(estimate.high) >= 0) return 2;
  const value = scale(estimate.value);
  return value < 0 ? (value <= -far ? 0 : 1) : value >= far ? 4 : 3;
}

function steps(
  title: string,
  swatches: readonly Swatch[],
  labels: readonly string[],
  bin: (id: string) => number | null,
): Colouring {
  const unknown = swatches.length;
  return {
    title,
    swatches: [...swatches, UNKNOWN],
    entries: [
      ...labels.map((label, swatch) => ({ swatch, label })),
      { swatch: unknown, label: NOT_RELEASED },
    ],
    of: (id) => bin(id) ?? unknown,
    why: () => null,
  };
}
