import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { formatChange, formatMean, formatNumber, formatShare, NOT_RELEASED, valueName } from "../model/words";
import type { Growth } from "../statistics/growth";
import type { ScaleMean } from "../statistics/scale";

/** Whether figures are still to come, so that one that is missing may yet be released. */
export const WaitingContext = createContext(false);

/** What stands in place of a figure that is missing. */
export function NotReleased() {
  const waiting = useContext(WaitingContext);
  return <span class="not-released">{waiting ? "…" : NOT_RELEASED}</span>;
}

export function CountText({ value }: { value: number | null | undefined }) {
  return value === null || value === undefined ? (
    <NotReleased />
  ) : (
    <span class="figure">{formatNumber(value)}</span>
  );
}

export function ShareText({ value }: { value: number | null }) {
  return value === null ? <NotReleased /> : <span class="figure">{formatShare(value)}</span>;
}

/** Growth with its direction as a sign; faint where the interval holds no change. */
export function GrowthText({ growth, period }: { growth: Growth | null; period: string | null }) {
  if (!growth) return <NotReleased />;
  const clear = isClear(growth);
  return (
    <span
      class={`figure growth ${clear ? (growth.value > 0 ? "up" : "down") : "unclear"}`}
      title={growthSentence(growth, period)}
    >
      {formatChange(growth.value)}
    </span>
  );
}

export const isClear = (growth: Growth) => growth.low > 0 || growth.high < 0;

/** What is told of growth in full. */
export function growthSentence(growth: Growth, period: string | null): string {
  const name = (value: string) => (period === null ? value : valueName(period, value));
  return (
    `Share of everything from ${name(growth.from)} to ${name(growth.to)}: ${formatChange(growth.value)} ` +
    `(95% interval ${formatChange(growth.low)} to ${formatChange(growth.high)}` +
    `${isClear(growth) ? "" : ", so no clear change"}).`
  );
}

export function ConcernText({ concern }: { concern: ScaleMean | null }) {
  if (!concern) return <NotReleased />;
  return (
    <span
      class="figure"
      title={`Mean of the released ${formatShare(concern.covered)} of its conversations, 1 to 5`}
    >
      {formatMean(concern.mean)}
    </span>
  );
}

/** A share as a short bar beside the largest one; the number beside it says the same. Without a share there is no bar. */
export function MiniBar({ share, most }: { share: number | null; most: number }) {
  if (share === null) return null;
  const part = most <= 0 ? 0 : Math.min(1, share / most);
  return (
    <span class="mini-bar" aria-hidden="true">
      <span style={{ width: `${part * 100}%` }} />
    </span>
  );
}
