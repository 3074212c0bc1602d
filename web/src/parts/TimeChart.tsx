import { formatCompact, formatNumber, NOT_RELEASED, type Unit } from "../model/words";
import type { Estimate } from "../statistics/count";

export interface TimePoint {
  readonly label: string;
  /** `null` is not released. */
  readonly estimate: Estimate | null;
}

const WIDTH = 320;
const HEIGHT = 130;
const LEFT = 34;
const BOTTOM = 22;
const TOP = 8;
const MOST_LABELS = 6;

interface Props {
  readonly points: readonly TimePoint[];
  readonly label: string;
  readonly unit: Unit;
}

/** Counts by period as bars, each with the range that sampling and rounding leave it. */
export function TimeChart({ points, label, unit }: Props) {
  const top = niceTop(Math.max(1, ...points.map((point) => point.estimate?.high ?? 0)));
  const y = (n: number) => TOP + (HEIGHT - BOTTOM - TOP) * (1 - n / top);
  const step = (WIDTH - LEFT) / Math.max(1, points.length);
  const every = Math.ceil(points.length / MOST_LABELS);
  return (
    <figure class="time-chart">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`${label}. The same as a table follows.`}
      >
        {[0, top / 2, top].map((n) => (
          <g key={n}>
            <line class="grid-line" x1={LEFT} x2={WIDTH} y1={y(n)} y2={y(n)} />
            <text class="axis" x={LEFT - 5} y={y(n) + 3.5} text-anchor="end">
              {formatCompact(n)}
            </text>
          </g>
        ))}
        {points.map((point, i) => (
          <Column
            key={point.label}
            point={point}
            x={LEFT + step * i}
            step={step}
            y={y}
            unit={unit}
            labelled={i % every === 0}
          />
        ))}
      </svg>
      <table class="hidden">
        <caption>{label}</caption>
        <tbody>
          {points.map((point) => (
            <tr key={point.label}>
              <th scope="row">{point.label}</th>
              <td>{point.estimate ? range(point.estimate, unit) : NOT_RELEASED}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}

interface ColumnProps {
  readonly point: TimePoint;
  readonly x: number;
  readonly step: number;
  readonly y: (n: number) => number;
  readonly unit: Unit;
  readonly labelled: boolean;
}

function Column({ point, x, step, y, unit, labelled }: ColumnProps) {
  const middle = x + step / 2;
  const width = Math.min(34, step * 0.62);
  const { estimate } = point;
  return (
    <g>
      <title>{`${point.label}: ${estimate ? range(estimate, unit) : NOT_RELEASED}`}</title>
      <rect x={x} y={TOP} width={step} height={HEIGHT - TOP - BOTTOM} fill="transparent" />
      {estimate ? (
        <>
          <rect
            class="column"
            x={middle - width / 2}
            width={width}
            y={y(estimate.value)}
            height={y(0) - y(estimate.value)}
          />
          <path
            class="whisker"
            d={`M${middle} ${y(estimate.low)}V${y(estimate.high)}m-4 0h8M${middle - 4} ${y(estimate.low)}h8`}
          />
        </>
      ) : (
        <path class="missing" d={`M${middle - 5} ${y(0) - 3}h10`} />
      )}
      {labelled && (
        <text class="axis" x={middle} y={HEIGHT - 6} text-anchor="middle">
          {point.label}
        </text>
      )}
    </g>
  );
}

function range(estimate: Estimate, unit: Unit): string {
  const ends = `${formatNumber(Math.round(estimate.low))} to ${formatNumber(Math.round(estimate.high))}`;
  return `${formatNumber(estimate.value)} ${unit} (${ends})`;
}

/** The least 1, 2, 4, 5 or 10 times a power of ten that is not below `n`. */
export function niceTop(n: number): number {
  const power = 10 ** Math.floor(Math.log10(n));
  return ([1, 2, 4, 5, 10].find((factor) => factor * power >= n) ?? 10) * power;
}
