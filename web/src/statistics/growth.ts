import type { Count, Estimate, Precision } from "./count";
import { shareEstimate } from "./share";

/** One period of a cluster beside everything in that period; `part` is `null` where it was not released. */
export interface Period {
  readonly name: string;
  readonly part: Count | null;
  readonly whole: Count;
}

/** Change of a cluster's share between two periods: 0.2 is a share that grew by a fifth. */
export interface Growth extends Estimate {
  readonly from: string;
  readonly to: string;
}

/** A first or last period with less than this part of the usual number is taken to be cut off. */
const LEAST_PART = 0.5;

/** The names of periods without a first and last one that the data seem to hold only in part. */
export function completePeriods(periods: readonly { name: string; whole: Count }[]): string[] {
  const sizes = periods.map((period) => period.whole.conversations).sort((a, b) => a - b);
  const usual = sizes[Math.floor(sizes.length / 2)] ?? 0;
  const whole = periods.map((period) => period.whole.conversations >= LEAST_PART * usual);
  const last = periods.length - 1;
  return periods.filter((_, i) => (i !== 0 && i !== last) || whole[i]).map((period) => period.name);
}

/**
 * How a cluster's share of everything changed between the first and the last complete period, with a 95% interval that
 * holds sampling and rounding. `null` where either is not released.
 */
export function growth(periods: readonly Period[], precision: Precision): Growth | null {
  const complete = completePeriods(periods);
  const first = periods.find((period) => period.name === complete[0]);
  const last = periods.find((period) => period.name === complete.at(-1));
  if (!first?.part || !last?.part || first === last) return null;
  const before = shareEstimate(first.part, first.whole, precision);
  const after = shareEstimate(last.part, last.whole, precision);
  const ratio = ratioOfShares(after, before);
  if (!ratio) return null;
  return {
    value: ratio.value - 1,
    low: ratio.low - 1,
    high: ratio.high - 1,
    from: first.name,
    to: last.name,
  };
}

/**
 * The ratio of two independent shares with an interval from their own (Newcombe's way for differences, for a ratio:
 * MOVER-R of Donner and Zou 2012). `null` where the lower share is 0.
 */
export function ratioOfShares(upper: Estimate, lower: Estimate): Estimate | null {
  if (lower.value <= 0) return null;
  const product = upper.value * lower.value;
  const root = (a: number, b: number) => Math.sqrt(Math.max(0, product * product - a * b));
  const atLeast = upper.low * (2 * upper.value - upper.low);
  const atMost = upper.high * (2 * upper.value - upper.high);
  const mostBelow = lower.high * (2 * lower.value - lower.high);
  const leastBelow = lower.low * (2 * lower.value - lower.low);
  const bottom = product + root(atLeast, mostBelow);
  return {
    value: upper.value / lower.value,
    low: bottom > 0 ? Math.max(0, atLeast / bottom) : 0,
    high: leastBelow > 0 ? (product + root(atMost, leastBelow)) / leastBelow : Number.POSITIVE_INFINITY,
  };
}
