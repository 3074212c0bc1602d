/** A released figure: conversations, and the people they come from where that is known. */
export interface Count {
  readonly conversations: number;
  readonly users: number | null;
}

/** How far a released figure may be from the true one. */
export interface Precision {
  /** Figures are to the nearest multiple of this, halves up. */
  readonly rounding: number;
  /** Standard deviation of the noise in each figure; 0 where there is none. */
  readonly noise: number;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface Estimate extends Interval {
  readonly value: number;
}

/** Two-sided 95%. */
export const Z = 1.959963984540054;

/** What the true figure may be, given the one that was released: rounding exactly, noise to 95%. */
export function roundingBounds(released: number, precision: Precision): Interval {
  const noise = Z * precision.noise;
  return {
    low: Math.max(0, released - Math.floor(precision.rounding / 2) - noise),
    high: released + Math.floor((precision.rounding - 1) / 2) + noise,
  };
}

/**
 * By how much a sample is smaller than it looks, since one person's conversations are alike: people divided by
 * conversations, 1 where people are unknown. The careful end: as if each person said the same every time.
 */
export function effectiveScale(count: Count): number {
  if (count.users === null || count.users <= 0 || count.conversations <= 0) return 1;
  return Math.min(1, count.users / count.conversations);
}
