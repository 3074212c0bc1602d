import { formatNumber, formatShare, type Unit } from "../model/words";
import type { Change } from "../state/store";
import { StateLink } from "./StateLink";
import { Name } from "./Name";

export interface Bar {
  readonly label: string;
  readonly conversations: number | null;
  /** Of the cluster; 0 to 1. */
  readonly share: number;
  /** Of everything, for a tick on the bar; `null` is not released. */
  readonly overall: number | null;
  /** For what is not released. */
  readonly hatched?: boolean;
  /** Where its label leads. */
  readonly to?: Change;
}

interface Props {
  readonly bars: readonly Bar[];
  readonly label: string;
  readonly unit: Unit;
}

/** A distribution as bars with their numbers. A tick shows the share in all conversations. */
export function Bars({ bars, label, unit }: Props) {
  const most = Math.max(0.0001, ...bars.map((bar) => Math.max(bar.share, bar.overall ?? 0)));
  const width = (share: number) => `${Math.min(100, (share / most) * 100)}%`;
  return (
    <ul class="bars" aria-label={label}>
      {bars.map((bar) => (
        <li key={bar.label}>
          <span class="bar-label cut">
            {bar.to ? (
              <StateLink to={bar.to}>
                <Name text={bar.label} />
              </StateLink>
            ) : (
              <Name text={bar.label} />
            )}
          </span>
          <span class="bar-track" aria-hidden="true">
            <span class={bar.hatched ? "bar-fill hatched" : "bar-fill"} style={{ width: width(bar.share) }} />
            {bar.overall !== null && <span class="bar-tick" style={{ left: width(bar.overall) }} />}
          </span>
          <span
            class="bar-number figure"
            title={bar.conversations === null ? undefined : `${formatNumber(bar.conversations)} ${unit}`}
          >
            {bar.hatched ? `≈ ${formatShare(bar.share)}` : formatShare(bar.share)}
          </span>
        </li>
      ))}
    </ul>
  );
}
