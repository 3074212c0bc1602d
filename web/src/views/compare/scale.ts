import type { Estimate } from "../../statistics/count";

/** Where a ratio is drawn: equal in the middle, doubling and halving the same way from it. */
export interface LogScale {
  /** 0 at the left to 1 at the right; beyond the ends it is cut. */
  place(ratio: number): number;
  readonly ticks: readonly number[];
}

const MOST_DOUBLINGS = 5;

/** Wide enough for every estimate, but no wider than 32 times for their intervals. */
export function logScale(ratios: readonly Estimate[]): LogScale {
  const farthest = Math.max(1, ...ratios.map((ratio) => Math.abs(Math.log2(ratio.value)) + 0.6));
  const doublings = Math.min(MOST_DOUBLINGS, Math.ceil(farthest));
  const ticks = Array.from({ length: 2 * doublings + 1 }, (_, i) => 2 ** (i - doublings));
  return {
    ticks,
    place(ratio) {
      const at = ratio > 0 ? Math.log2(ratio) / doublings : -1;
      return (Math.max(-1, Math.min(1, at)) + 1) / 2;
    },
  };
}
