import {
  type Count,
  type Estimate,
  effectiveScale,
  type Interval,
  type Precision,
  roundingBounds,
  Z,
} from "./count";

/** Part of a whole from rounded counts; a part may be rounded to more than its whole. */
export function share(part: number, whole: number): number {
  return whole > 0 ? Math.min(1, part / whole) : 0;
}

/** Wilson's score interval of `successes` in `trials`, which need not be whole numbers (Wilson 1927). */
export function wilson(successes: number, trials: number): Interval {
  if (trials <= 0) return { low: 0, high: 1 };
  const p = Math.min(1, successes / trials);
  const zz = Z * Z;
  const middle = (p + zz / (2 * trials)) / (1 + zz / trials);
  const half = (Z / (1 + zz / trials)) * Math.sqrt((p * (1 - p)) / trials + zz / (4 * trials * trials));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/**
 * The share of `part` in `whole` with a 95% interval: Wilson's, over all true counts that round to the released ones,
 * with people instead of conversations as the sample's size where they are known.
 */
export function shareEstimate(part: Count, whole: Count, precision: Precision): Estimate {
  const scale = effectiveScale(part);
  const parts = roundingBounds(part.conversations, precision);
  const wholes = roundingBounds(whole.conversations, precision);
  return {
    value: share(part.conversations, whole.conversations),
    low: wilson(scale * Math.min(parts.low, wholes.high), scale * wholes.high).low,
    high: wilson(scale * Math.min(parts.high, wholes.low), scale * wholes.low).high,
  };
}

/**
 * A count as one draw of what might have been said, with a 95% interval: the score interval of a Poisson mean, over all
 * true counts that round to the released one.
 */
export function countEstimate(count: Count, precision: Precision): Estimate {
  const scale = effectiveScale(count);
  const bounds = roundingBounds(count.conversations, precision);
  const end = (x: number, sign: 1 | -1) => x + (Z * Z) / 2 + sign * Z * Math.sqrt(x + (Z * Z) / 4);
  return {
    value: count.conversations,
    low: Math.max(0, end(scale * bounds.low, -1) / scale),
    high: end(scale * bounds.high, 1) / scale,
  };
}
