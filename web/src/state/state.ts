/** What can be looked at. On wide screens the tree and the details stand beside any of them. */
export const VIEWS = ["tree", "map", "table", "details", "compare", "review", "edits", "privacy"] as const;
export type View = (typeof VIEWS)[number];

/** What there is beside a single atlas. */
export const HOMES = ["runs", "start", "log", "access"] as const;
export type Home = (typeof HOMES)[number];

export const REVIEW_STATES = ["open", "watched", "closed"] as const;
export type ReviewState = (typeof REVIEW_STATES)[number];

/** What can be done about the selected cluster, each in a panel of its details; `none` closes what the view opens. */
export const PANELS = ["edit", "review", "conversations", "none"] as const;
export type Panel = (typeof PANELS)[number];

export const SORTS = ["size", "name", "share", "people", "growth", "concern"] as const;
export type SortKey = (typeof SORTS)[number];

export interface Sort {
  readonly by: SortKey;
  readonly descending: boolean;
}

/** One value of one attribute. */
export interface Selection {
  readonly attribute: string;
  readonly value: string;
}

/** What all figures are narrowed to: one value, or at once one of another attribute too. */
export interface Filter extends Selection {
  readonly and?: Selection;
}

/** Two selections side by side; without a second one, the first beside all the rest. */
export interface Comparison {
  readonly a: Selection;
  readonly b: Selection | null;
}

export type Colour =
  | { readonly by: "cluster" | "growth" | "concern" }
  /** The most frequent value of an attribute, or how common one value is. */
  | { readonly by: "attribute"; readonly attribute: string; readonly value: string | null };

/** The part of the map that is looked at. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** All that the address says. */
export interface State {
  /** `null` is what `home` says. */
  readonly atlas: string | null;
  readonly home: Home;
  /** The run that is watched in the list. */
  readonly run: string | null;
  /** What a run is to be started on, and the folder in which it is looked for. */
  readonly file: string | null;
  readonly folder: string;
  /** What was typed and chosen for it, as the form writes it. */
  readonly options: string | null;
  /** Which lines of the audit log. */
  readonly kind: string | null;
  readonly person: string | null;
  /** Which clusters of the review queue; `null` is all. */
  readonly review: ReviewState | null;
  readonly view: View;
  readonly cluster: string | null;
  /** `null` is what the view opens. */
  readonly panel: Panel | null;
  /** The cluster whose long name and description are shown in full: of another one they are cut again. */
  readonly whole: string | null;
  /** `null` is the level that the atlas is best begun with. */
  readonly level: number | null;
  readonly open: readonly string[];
  readonly sort: Sort;
  readonly colour: Colour;
  readonly filter: Filter | null;
  readonly compare: Comparison | null;
  /** Whether of a comparison clear differences alone are shown. */
  readonly clear: boolean;
  readonly search: string;
  readonly place: Place | null;
}

export const INITIAL: State = {
  atlas: null,
  home: "runs",
  run: null,
  file: null,
  folder: "",
  options: null,
  kind: null,
  person: null,
  review: null,
  view: "map",
  cluster: null,
  panel: null,
  whole: null,
  level: null,
  open: [],
  sort: { by: "size", descending: true },
  colour: { by: "cluster" },
  filter: null,
  compare: null,
  clear: false,
  search: "",
  place: null,
};
