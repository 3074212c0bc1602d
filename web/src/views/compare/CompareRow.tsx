import { type Compared, isClearRatio } from "../../model/comparing";
import { formatRatio, formatShare, NOT_RELEASED } from "../../model/words";
import type { Estimate } from "../../statistics/count";
import { ClusterLink } from "../ClusterLink";
import type { LogScale } from "./scale";

interface Props {
  readonly row: Compared;
  readonly scale: LogScale;
  /** The largest share of all rows. */
  readonly most: number;
  readonly names: { readonly a: string; readonly b: string };
  readonly number: number;
  readonly selected: boolean;
}

export function CompareRow({ row, scale, most, names, number, selected }: Props) {
  return (
    <div role="row" aria-rowindex={number} class={`table-row ${selected ? "selected" : ""}`}>
      <div role="cell" class="compare-name">
        <ClusterLink cluster={row.cluster} lines="two-lines" />
      </div>
      <div role="cell" class="compare-shares">
        <Share share={row.shareA} most={most} name={names.a} side="a" />
        <Share share={row.shareB} most={most} name={names.b} side="b" />
      </div>
      <div role="cell" class="compare-plot">
        <Plot ratio={row.ratio} scale={scale} />
      </div>
      <div role="cell" class="compare-ratio">
        {row.ratio ? <Ratio ratio={row.ratio} /> : <span class="not-released">{NOT_RELEASED}</span>}
      </div>
    </div>
  );
}

function Share({
  share,
  most,
  name,
  side,
}: {
  share: number | null;
  most: number;
  name: string;
  side: "a" | "b";
}) {
  return (
    <span class="compare-share" title={name}>
      <span class="bar-track" aria-hidden="true">
        <span class={`bar-fill side-${side}`} style={{ width: `${((share ?? 0) / most) * 100}%` }} />
      </span>
      <span class="hidden">{name}: </span>
      <span class="figure">
        {share === null ? <span class="not-released">{NOT_RELEASED}</span> : formatShare(share)}
      </span>
    </span>
  );
}

/** The ratio as a point and its interval as a line, on a scale of doublings. */
function Plot({ ratio, scale }: { ratio: Estimate | null; scale: LogScale }) {
  const percent = (n: number) => `${scale.place(n) * 100}%`;
  return (
    <svg class="interval-plot" width="100%" height="24" aria-hidden="true" focusable="false">
      {scale.ticks.map((tick) => (
        <line
          key={tick}
          class={tick === 1 ? "axis-line" : "grid-line"}
          x1={percent(tick)}
          x2={percent(tick)}
          y1="0"
          y2="24"
        />
      ))}
      {ratio && (
        <g class={isClearRatio(ratio) ? (ratio.value > 1 ? "side-a" : "side-b") : "unclear"}>
          <line class="interval" x1={percent(ratio.low)} x2={percent(ratio.high)} y1="12" y2="12" />
          <circle cx={percent(ratio.value)} cy="12" r="4.5" />
        </g>
      )}
    </svg>
  );
}

function Ratio({ ratio }: { ratio: Estimate }) {
  return (
    <>
      <span class={isClearRatio(ratio) ? "figure strong" : "figure"}>{formatRatio(ratio.value)}</span>
      <span class="note">
        {formatRatio(ratio.low)} to {formatRatio(ratio.high)}
        {!isClearRatio(ratio) && <span class="hidden">, not clear</span>}
      </span>
    </>
  );
}
