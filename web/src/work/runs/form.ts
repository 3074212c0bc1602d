import type { RunOptions, RunRequest } from "../../api";

/** What is typed and chosen for a run. An empty text is as with the command line. */
export interface RunForm {
  readonly name: string;
  readonly withModel: boolean;
  readonly model: string;
  readonly maxCost: string;
  readonly batch: boolean;
  readonly namesFrom: "" | "facets" | "words";
  readonly profile: RunOptions["profile"];
  readonly minUsers: string;
  readonly minConversations: string;
  readonly sample: string;
  readonly maxPerUser: string;
  readonly since: string;
  readonly until: string;
  readonly period: "" | "month" | "week";
  readonly clusterSize: string;
  readonly facets: string;
  readonly seed: string;
  readonly keep: "" | "all" | "facets" | "nothing";
  readonly expire: boolean;
  readonly drillDown: boolean;
}

export const EMPTY_FORM: RunForm = {
  name: "",
  withModel: false,
  model: "",
  maxCost: "5",
  batch: false,
  namesFrom: "",
  profile: "default",
  minUsers: "",
  minConversations: "",
  sample: "",
  maxPerUser: "",
  since: "",
  until: "",
  period: "",
  clusterSize: "",
  facets: "",
  seed: "",
  keep: "",
  expire: false,
  drillDown: false,
};

const CHOICES: Partial<Record<keyof RunForm, readonly string[]>> = {
  namesFrom: ["", "facets", "words"],
  profile: ["default", "strict", "public", "personal"],
  period: ["", "month", "week"],
  keep: ["", "all", "facets", "nothing"],
};

/** What decides who is protected, and how well. It is never in the address: nobody chooses it for whom they send a link. */
const OWN = ["profile", "minUsers", "minConversations", "drillDown"] as const;
export type OwnChoices = Pick<RunForm, (typeof OWN)[number]>;
const isOwn = (key: string) => (OWN as readonly string[]).includes(key);

export function ownChoices(form: RunForm): OwnChoices {
  const { profile, minUsers, minConversations, drillDown } = form;
  return { profile, minUsers, minConversations, drillDown };
}

/** What was typed and chosen, as a text for the address: what is as at first is left out. `null`: all of it is. */
export function formatForm(form: RunForm): string | null {
  const changed = Object.entries(form).filter(
    ([key, value]) => !isOwn(key) && EMPTY_FORM[key as keyof RunForm] !== value,
  );
  return changed.length > 0 ? JSON.stringify(Object.fromEntries(changed)) : null;
}

/** The form that an address tells of. What it does not know is left as it was at first. */
export function parseForm(text: string | null): RunForm {
  const said = parsed(text);
  const known = Object.entries(EMPTY_FORM).flatMap(([key, first]) => {
    const value = said[key];
    if (isOwn(key) || typeof value !== typeof first) return [];
    const choices = CHOICES[key as keyof RunForm];
    return choices && !choices.includes(value as string) ? [] : [[key, value]];
  });
  return { ...EMPTY_FORM, ...(Object.fromEntries(known) as Partial<RunForm>) };
}

function parsed(text: string | null): Record<string, unknown> {
  try {
    const said: unknown = JSON.parse(text ?? "{}");
    return said !== null && typeof said === "object" ? (said as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

export type Problems = Partial<Record<keyof RunForm, string>>;

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$/;
const MODEL = /^[a-z]{2,20}\/[A-Za-z0-9][A-Za-z0-9._:@/-]{0,119}$/;
const MOST_FACETS = 20;
const COUNTS = ["minUsers", "minConversations", "sample", "maxPerUser", "clusterSize"] as const;

/** What is not right yet, by field, in sentences. The server has the last word. */
export function problemsOf(form: RunForm): Problems {
  const problems: Problems = {};
  if (!NAME.test(form.name)) problems.name = "Letters, digits, - and _, up to 60.";
  if (form.withModel) {
    if (!MODEL.test(form.model.trim())) problems.model = "PROVIDER/MODEL, such as openai/gpt-5-nano.";
    const limit = Number(form.maxCost);
    if (form.maxCost.trim() === "" || !(limit >= 0 && limit <= 1e6))
      problems.maxCost = "US dollars that the run may cost at most.";
  }
  for (const field of COUNTS) {
    if (form[field].trim() !== "" && whole(form[field], 1) === null)
      problems[field] = "A whole number above 0.";
  }
  if (form.seed.trim() !== "" && whole(form.seed, 0) === null) problems.seed = "A whole number.";
  if (form.since && form.until && form.since > form.until) problems.until = "Before the first day.";
  if (columnsOf(form.facets).length > MOST_FACETS) problems.facets = `At most ${MOST_FACETS} columns.`;
  return problems;
}

/** What is asked of the server: only what was chosen. */
export function optionsOf(form: RunForm, source: string): RunOptions {
  const model = form.withModel ? form.model.trim() : "";
  return {
    source,
    profile: form.profile,
    facets: columnsOf(form.facets),
    batch: model !== "" && form.batch,
    expire: form.expire,
    drill_down: form.drillDown,
    ...(model ? { model, max_cost: Number(form.maxCost) } : {}),
    ...(model && form.namesFrom ? { names_from: form.namesFrom } : {}),
    ...(form.since ? { since: form.since } : {}),
    ...(form.until ? { until: form.until } : {}),
    ...(form.period ? { period: form.period } : {}),
    ...(form.keep ? { keep: form.keep } : {}),
    ...number("min_users", form.minUsers),
    ...number("min_conversations", form.minConversations),
    ...number("sample", form.sample),
    ...number("max_per_user", form.maxPerUser),
    ...number("cluster_size", form.clusterSize),
    ...number("seed", form.seed),
  };
}

export const requestOf = (form: RunForm, source: string): RunRequest => ({
  ...optionsOf(form, source),
  name: form.name,
});

/** A name for a run on `path` that no run in `taken` has. */
export function nameFor(path: string, taken: ReadonlySet<string>): string {
  const file = path.split("/").at(-1) ?? "";
  const stem = file.replace(/\.(gz|zst|zip)$/i, "").replace(/\.[A-Za-z0-9]{1,8}$/, "");
  const plain = stem.replace(/[^A-Za-z0-9_-]+/g, "-").replace(/^[^A-Za-z0-9]+|-+$/g, "");
  const name = plain.slice(0, 50) || "run";
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? name : `${name}-${number}`;
    if (!taken.has(candidate)) return candidate;
  }
}

const columnsOf = (text: string) =>
  text
    .split(",")
    .map((column) => column.trim())
    .filter((column) => column !== "");

function whole(text: string, least: number): number | null {
  const number = Number(text);
  return Number.isSafeInteger(number) && number >= least && number <= 1e9 ? number : null;
}

function number<Key extends string>(key: Key, text: string): Partial<Record<Key, number>> {
  const value = text.trim() === "" ? null : whole(text, 0);
  return value === null ? {} : ({ [key]: value } as Record<Key, number>);
}
