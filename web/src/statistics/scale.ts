/** One released cell of an ordered attribute within a cluster. */
export interface Step {
  readonly value: string;
  readonly conversations: number;
}

/** The mean of a scale within a cluster, from what was released of it. */
export interface ScaleMean {
  readonly mean: number;
  /** The part of the cluster that the released cells hold, 0 to 1. */
  readonly covered: number;
}

/** Below this part of a cluster the released cells do not tell its mean. */
const LEAST_COVERED = 0.5;

/**
 * The expected value of a scale such as concern, from released cells alone. What is not released is small for each value,
 * and may still move the mean: `covered` says how much is known. `null` where less than half is.
 */
export function expectedScale(steps: readonly Step[], conversations: number): ScaleMean | null {
  const known = steps.filter((step) => Number.isFinite(Number(step.value)) && step.value.trim() !== "");
  const total = known.reduce((sum, step) => sum + step.conversations, 0);
  const covered = conversations > 0 ? Math.min(1, total / conversations) : 0;
  if (total === 0 || covered < LEAST_COVERED) return null;
  return {
    mean: known.reduce((sum, step) => sum + Number(step.value) * step.conversations, 0) / total,
    covered,
  };
}
