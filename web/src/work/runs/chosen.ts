import { EMPTY_FORM, type RunForm } from "./form";

/** What one may have to open "More options" to see. */
export const MORE = [
  "sample",
  "maxPerUser",
  "since",
  "until",
  "period",
  "facets",
  "minUsers",
  "minConversations",
  "clusterSize",
  "seed",
  "keep",
  "expire",
  "drillDown",
] as const satisfies readonly (keyof RunForm)[];

export const LABELS: Record<(typeof MORE)[number], string> = {
  sample: "Conversations, at random",
  maxPerUser: "Conversations of one person, at most",
  since: "From this day",
  until: "Up to this day",
  period: "Counted by",
  facets: "Columns to count by",
  minUsers: "People behind every figure, at least",
  minConversations: "Conversations behind every figure, at least",
  clusterSize: "Conversations in a base cluster, on average",
  seed: "Seed of randomness",
  keep: "What is kept once it has finished",
  expire: "Expire conversations after 30 days, facets after 90",
  drillDown: "Let investigators look at single conversations, with a reason and a line in the audit log",
};

const NAMES: Partial<Record<keyof RunForm, Readonly<Record<string, string>>>> = {
  period: { month: "month", week: "week" },
  keep: { all: "everything", facets: "facets, and no conversation", nothing: "nothing but the atlas" },
};

export const differs = (form: RunForm, field: keyof RunForm) => form[field] !== EMPTY_FORM[field];

/** What of a form is not as it was at first, each as a label and what was chosen; the name of the run is told elsewhere. */
export function chosenIn(form: RunForm): readonly (readonly [label: string, value: string | null])[] {
  const more = MORE.filter((field) => differs(form, field)).map((field) => {
    const value = form[field];
    return [LABELS[field], typeof value === "boolean" ? null : (NAMES[field]?.[value] ?? value)] as const;
  });
  const profile = differs(form, "profile") ? [["Privacy profile", form.profile] as const] : [];
  return [...profile, ...modelIn(form), ...more];
}

function modelIn({ withModel, model, maxCost, namesFrom, batch }: RunForm) {
  if (!withModel) return [];
  return [
    ["With a language model", model || "none is named yet"] as const,
    ["May cost at most, in US dollars", maxCost] as const,
    ...(namesFrom === "words" ? [["The model sees", "only words that enough people share"] as const] : []),
    ...(batch ? [["In batches", null] as const] : []),
  ];
}
