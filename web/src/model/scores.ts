import type { Cluster } from "../api";

/** The auditor's scores, the safest first; `null` is a name that was not scored. */
export const SCORES = [5, 4, 3, 2, 1, null] as const;

const ENDS: Record<number, string> = { 5: "5, the safest", 1: "1, the least safe" };

export const scoreName = (score: number | null) =>
  score === null ? "Not scored" : (ENDS[score] ?? String(score));

export interface ScoreCounts {
  readonly level: number;
  readonly clusters: number;
  /** How many have each of {@link SCORES}, in its order. */
  readonly counts: readonly number[];
}

/** How many of the released clusters of each level have which score, the highest level first. */
export function scoresByLevel(clusters: readonly Cluster[]): ScoreCounts[] {
  const levels = [...new Set(clusters.map((cluster) => cluster.level))].sort((a, b) => b - a);
  return levels.map((level) => {
    const own = clusters.filter((cluster) => cluster.level === level);
    const counts = SCORES.map((score) => own.filter((cluster) => cluster.audit_score === score).length);
    return { level, clusters: own.length, counts };
  });
}
