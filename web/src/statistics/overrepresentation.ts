import { type Count, type Estimate, effectiveScale, type Precision, roundingBounds, Z } from "./count";

/** A cluster within one of two selections, all of that selection, and how well both are known. */
export interface Part {
  readonly part: Count;
  readonly whole: Count;
  readonly precision: Precision;
}

/**
 * How many times more common a cluster is in `a` than in `b`: the ratio of its shares, with a 95% interval from the
 * delta method on the logarithm (Katz et al. 1978), widened by all true counts that round to the released ones.
 * `null` where a share is 0.
 */
export function overrepresentation(a: Part, b: Part): Estimate | null {
  if (a.part.conversations <= 0 || b.part.conversations <= 0) return null;
  const value = ratio(
    a.part.conversations,
    a.whole.conversations,
    b.part.conversations,
    b.whole.conversations,
  );
  const [partA, wholeA] = [bounds(a.part, a.precision), bounds(a.whole, a.precision)];
  const [partB, wholeB] = [bounds(b.part, b.precision), bounds(b.whole, b.precision)];
  const error = Z * Math.sqrt(logVariance(a) + logVariance(b));
  return {
    value,
    low: ratio(partA.low, wholeA.high, partB.high, wholeB.low) * Math.exp(-error),
    high: ratio(partA.high, wholeA.low, partB.low, wholeB.high) * Math.exp(error),
  };
}

/** What is left of `whole` without `part`; rounding adds up, so that it is known less well than either. */
export function remainder(whole: Count, part: Count): Count {
  const users = whole.users === null || part.users === null ? null : Math.max(0, whole.users - part.users);
  return { conversations: Math.max(0, whole.conversations - part.conversations), users };
}

/** A remainder of two rounded figures is off by up to twice as much. */
export function remainderPrecision(precision: Precision): Precision {
  return { rounding: 2 * precision.rounding - 1, noise: Math.SQRT2 * precision.noise };
}

function bounds(count: Count, precision: Precision) {
  return roundingBounds(count.conversations, precision);
}

function ratio(partA: number, wholeA: number, partB: number, wholeB: number): number {
  return partA / wholeA / (partB / wholeB);
}

function logVariance({ part, whole }: Part): number {
  const scale = effectiveScale(part);
  return Math.max(0, 1 / (scale * part.conversations) - 1 / (scale * whole.conversations));
}
