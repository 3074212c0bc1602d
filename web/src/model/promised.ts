import type { Privacy } from "../api";
import { attributeName, formatNumber, formatShare } from "./words";

/** What is promised, as it is told: a name and a figure in words. */
export interface Told {
  readonly name: string;
  readonly said: string;
}

const THRESHOLD_NAMES: Record<string, string> = {
  min_users: "People behind every figure, at least",
  min_conversations: "Conversations behind every figure, at least",
  term_support: "People who share every word of a name, at least",
  min_users_of_a_cluster: "People in every cluster, at least",
  min_conversations_of_a_cluster: "Conversations in every cluster, at least",
  largest_share_of_one_user: "Largest part of a figure that is one person’s",
  rounding: "Figures are rounded to the nearest",
  users_known: "People are known",
  titles_audited: "Names and descriptions were scored by a model",
  titles_audited_locally: "Names and descriptions were scored without a model",
  texts_audited: "Facet texts that a model looked at",
  without_users: "Conversations without a known person",
  epsilon: "Epsilon",
  delta: "Delta",
  levels_audited_apart: "Each level was audited by itself",
};

/** The profile and the thresholds in force. */
export function thresholdsOf({ profile, thresholds }: Privacy): Told[] {
  const named = Object.entries(thresholds).map(([name, value]) => ({
    name: THRESHOLD_NAMES[name] ?? attributeName(name),
    said: thresholdText(name, value),
  }));
  return [{ name: "Profile", said: profile || "not known" }, ...named];
}

/** How much was withheld for the whole run, by reason; rounded, and so told as "about". */
export function withheldOf({ withheld }: Privacy): (Told & { readonly count: number })[] {
  return Object.entries(withheld).map(([reason, count]) => ({
    name: attributeName(reason),
    count,
    said: count === 0 ? "none" : `about ${formatNumber(count)}`,
  }));
}

function thresholdText(name: string, value: number | boolean | string): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return value;
  if (name.includes("share")) return formatShare(value);
  return value !== 0 && Math.abs(value) < 0.001 ? value.toExponential() : formatNumber(value);
}

/** Which attributes are not counted together, and where, in sentences. */
export function notTogether(privacy: Privacy, levels: number): string[] {
  const never = privacy.pairs_not_released.map((pair) => pair.map(attributeName).join(" and "));
  const from = privacy.pairs_released_from_level;
  return [
    ...(never.length > 0 ? [`Never counted together: ${never.join("; ")}.`] : []),
    ...(from > 0 && from < levels
      ? ["Two attributes together are counted for the larger groups alone, not for base clusters."]
      : []),
  ];
}

/** What an audit says of an attack, and whether that is good; and what it says of all. */
export const VERDICTS: Record<string, { readonly sort: "good" | "bad" | ""; readonly overall: string }> = {
  held: { sort: "good", overall: "Everything that is promised and was tried held." },
  leaked: {
    sort: "bad",
    overall: "Something leaked that the atlas promises to hold back. Do not publish it as it is.",
  },
  reported: { sort: "", overall: "The atlas promises nothing to others. The figures say what it shows." },
  "not tried": { sort: "", overall: "The audit could not be made, or not all of it." },
};

export const overall = (verdict: string) => VERDICTS[verdict]?.overall ?? verdict;
