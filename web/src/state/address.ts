import {
  type Colour,
  type Comparison,
  type Filter,
  type Home,
  HOMES,
  INITIAL,
  type Panel,
  PANELS,
  type Place,
  REVIEW_STATES,
  type ReviewState,
  type Selection,
  SORTS,
  type Sort,
  type SortKey,
  type State,
  VIEWS,
  type View,
} from "./state";

/**
 * `state` as the fragment of an address: `#/demo/table?cluster=0-3&filter=language:es`. What is as it was at first is left
 * out. A fragment never reaches a server, and works from a disk. Beside atlases there are `#/` and, as `#//log`, other homes.
 */
export function formatAddress(state: State): string {
  const parts: string[] = [];
  const add = (name: string, value: string | null) => {
    if (value !== null && value !== "") parts.push(`${name}=${value}`);
  };
  const at = (path: string) => `#/${path}${parts.length ? `?${parts.join("&")}` : ""}`;
  if (state.atlas === null) {
    for (const name of HOME_TEXTS) add(name, state[name] && encode(state[name]));
    return at(state.home === INITIAL.home ? "" : `/${state.home}`);
  }
  add("cluster", state.cluster === null ? null : encode(state.cluster));
  add("panel", state.panel);
  add("whole", state.cluster !== null && state.whole === state.cluster ? "yes" : null);
  add("level", state.level === null ? null : String(state.level));
  add("open", state.open.map(encode).join(","));
  add("sort", sameSort(state.sort, INITIAL.sort) ? null : formatSort(state.sort));
  add("colour", state.colour.by === "cluster" ? null : formatColour(state.colour));
  add("filter", state.filter && formatFilter(state.filter));
  add("compare", state.compare && formatComparison(state.compare));
  add("clear", state.clear ? "yes" : null);
  add("search", encode(state.search));
  add("place", state.place && [state.place.x, state.place.y, state.place.zoom].map(short).join(","));
  add("review", state.review);
  return at(`${encode(state.atlas)}/${state.view}`);
}

/** What is told beside the home itself. */
const HOME_TEXTS = ["run", "file", "folder", "options", "kind", "person"] as const;

/** The state that a fragment tells of. What it does not know is left as it was at first. */
export function parseAddress(fragment: string): State {
  const [path = "", query = ""] = divide(fragment.replace(/^#?\/?/, ""), "?");
  const [atlas = "", view = ""] = divide(path, "/");
  const said = new Map(query.split("&").map((pair) => divide(pair, "=") as [string, string]));
  const get = (name: string) => said.get(name) || null;
  if (atlas === "") {
    const text = (name: string) => optional(get(name), decode);
    return {
      ...INITIAL,
      home: HOMES.includes(view as Home) ? (view as Home) : INITIAL.home,
      run: text("run"),
      file: text("file"),
      folder: text("folder") ?? "",
      options: text("options"),
      kind: text("kind"),
      person: text("person"),
    };
  }
  const level = Number.parseInt(get("level") ?? "", 10);
  const cluster = optional(get("cluster"), decode);
  return {
    ...INITIAL,
    atlas: decode(atlas),
    view: VIEWS.includes(view as View) ? (view as View) : INITIAL.view,
    cluster,
    panel: optional(get("panel"), parsePanel),
    whole: get("whole") === "yes" ? cluster : null,
    level: Number.isNaN(level) ? null : level,
    open: optional(get("open"), (text) => text.split(",").map(decode)) ?? [],
    sort: optional(get("sort"), parseSort) ?? INITIAL.sort,
    colour: optional(get("colour"), parseColour) ?? INITIAL.colour,
    filter: optional(get("filter"), parseFilter),
    compare: optional(get("compare"), parseComparison),
    clear: get("clear") === "yes",
    search: optional(get("search"), decode) ?? "",
    place: optional(get("place"), parsePlace),
    review: optional(get("review"), parseReview),
  };
}

const parsePanel = (text: string) => (PANELS.includes(text as Panel) ? (text as Panel) : null);
const parseReview = (text: string) =>
  REVIEW_STATES.includes(text as ReviewState) ? (text as ReviewState) : null;

function encode(text: string): string {
  return encodeURIComponent(text).replace(/\./g, "%2E");
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function divide(text: string, by: string): [string, string] {
  const at = text.indexOf(by);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + by.length)];
}

function optional<T>(text: string | null, parse: (text: string) => T | null): T | null {
  return text === null ? null : parse(text);
}

const formatSort = (sort: Sort) => `${sort.by}.${sort.descending ? "down" : "up"}`;
const sameSort = (a: Sort, b: Sort) => a.by === b.by && a.descending === b.descending;

function parseSort(text: string): Sort | null {
  const [by, direction] = divide(text, ".");
  return SORTS.includes(by as SortKey) ? { by: by as SortKey, descending: direction !== "up" } : null;
}

const formatSelection = (selection: Selection) => `${encode(selection.attribute)}:${encode(selection.value)}`;

function parseSelection(text: string): Selection | null {
  const [attribute, value] = divide(text, ":");
  return attribute && value ? { attribute: decode(attribute), value: decode(value) } : null;
}

const formatFilter = (filter: Filter) =>
  filter.and ? `${formatSelection(filter)},${formatSelection(filter.and)}` : formatSelection(filter);

function parseFilter(text: string): Filter | null {
  const [first, second] = divide(text, ",");
  const [one, and] = [parseSelection(first), parseSelection(second)];
  return one && and && and.attribute !== one.attribute ? { ...one, and } : one;
}

function formatComparison(comparison: Comparison): string {
  return `${formatSelection(comparison.a)}..${comparison.b ? formatSelection(comparison.b) : ""}`;
}

function parseComparison(text: string): Comparison | null {
  const [first, second] = divide(text, "..");
  const a = parseSelection(first);
  return a && { a, b: parseSelection(second) };
}

function formatColour(colour: Colour): string {
  if (colour.by !== "attribute") return colour.by;
  const { attribute, value } = colour;
  return value === null ? `${encode(attribute)}:` : formatSelection({ attribute, value });
}

function parseColour(text: string): Colour | null {
  if (text === "growth" || text === "concern" || text === "cluster") return { by: text };
  if (!text.includes(":")) return null;
  const [attribute, value] = divide(text, ":");
  return attribute
    ? { by: "attribute", attribute: decode(attribute), value: value ? decode(value) : null }
    : null;
}

const short = (number: number) => String(Number(number.toFixed(4)));

function parsePlace(text: string): Place | null {
  const [x, y, zoom] = text.split(",").map(Number);
  const known = [x, y, zoom].every((number) => number !== undefined && Number.isFinite(number));
  return known && (zoom as number) > 0 ? { x: x as number, y: y as number, zoom: zoom as number } : null;
}
