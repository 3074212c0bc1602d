import type { Distribution } from "../model/distribution";
import {
  attributeName,
  capital,
  formatNumber,
  formatShare,
  NOT_RELEASED,
  type Unit,
  valueName,
} from "../model/words";
import { printable } from "../parts/Name";
import type { Estimate } from "../statistics/count";
import { type Colours, cutTo, picture, tag, text } from "./svg";

const WIDTH = 640;
const BAR = { left: 190, width: 330 };
const ROW = 20;
const CHART_HEIGHT = 140;

export interface DetailsCharts {
  readonly title: string;
  /** What is counted. */
  readonly unit: Unit;
  readonly time: readonly { readonly label: string; readonly estimate: Estimate | null }[];
  readonly distributions: readonly Spread[];
}

/** How one attribute is spread, and the filter that it is under. */
export interface Spread {
  readonly attribute: string;
  readonly under: string | null;
  readonly distribution: Distribution;
}

/** The charts of one cluster as one picture: size over time, and how each attribute is spread. */
export function detailsSvg(charts: DetailsCharts, caption: readonly string[], colours: Colours): string {
  const parts: string[] = [];
  let y = 0;
  if (charts.time.length > 0) {
    parts.push(tag("g", { transform: `translate(0 ${y})` }, timeSvg(charts, colours)));
    y += CHART_HEIGHT + 24;
  }
  for (const spread of charts.distributions) {
    parts.push(tag("g", { transform: `translate(0 ${y})` }, barsSvg(spread, colours)));
    y += 28 + spread.distribution.slices.length * ROW + 12;
  }
  return picture(WIDTH, y, parts.join(""), {
    title: cutTo(printable(charts.title), WIDTH * 0.8),
    caption,
    colours,
  });
}

function timeSvg({ time: points, unit }: DetailsCharts, colours: Colours): string {
  const top = Math.max(1, ...points.map((point) => point.estimate?.high ?? 0));
  const y = (n: number) => 24 + (CHART_HEIGHT - 44) * (1 - n / top);
  const step = (WIDTH - 48) / points.length;
  const columns = points.map(({ label, estimate }, i) => {
    const x = 24 + step * (i + 0.5);
    const name = text(x, CHART_HEIGHT - 2, cutTo(label, step), {
      "text-anchor": "middle",
      "font-size": 10,
      fill: colours.muted,
    });
    if (!estimate) {
      return (
        name +
        text(x, y(0) - 4, NOT_RELEASED, { "text-anchor": "middle", "font-size": 9, fill: colours.muted })
      );
    }
    const width = Math.min(40, step * 0.6);
    return [
      name,
      tag("rect", {
        x: x - width / 2,
        y: y(estimate.value),
        width,
        height: y(0) - y(estimate.value),
        fill: colours.accent,
      }),
      tag("path", {
        d: `M${x} ${y(estimate.low)}V${y(estimate.high)}m-4 0h8M${x - 4} ${y(estimate.low)}h8`,
        stroke: colours.ink,
        fill: "none",
      }),
      text(x, y(estimate.high) - 4, formatNumber(estimate.value), {
        "text-anchor": "middle",
        "font-size": 10,
      }),
    ].join("");
  });
  return (
    text(16, 12, `${capital(unit)} over time, with 95% intervals`, { "font-weight": 600 }) + columns.join("")
  );
}

function barsSvg({ attribute, under, distribution }: Spread, colours: Colours): string {
  const most = Math.max(
    0.001,
    ...distribution.slices.map((slice) => Math.max(slice.share, slice.overall ?? 0)),
  );
  const rows = distribution.slices.map((slice, i) => {
    const y = 24 + i * ROW;
    const tick =
      slice.overall === null ? "" : tickSvg(BAR.left + (slice.overall / most) * BAR.width, y, colours);
    return [
      text(16, y + 11, cutTo(printable(valueName(attribute, slice.value)), BAR.left - 24)),
      tag("rect", {
        x: BAR.left,
        y: y + 2,
        width: (slice.share / most) * BAR.width,
        height: 11,
        fill: colours.accent,
      }),
      tick,
      text(BAR.left + BAR.width + 12, y + 11, formatShare(slice.share)),
    ].join("");
  });
  const title = under ? `${attributeName(attribute)}, under ${under}` : attributeName(attribute);
  return text(16, 12, cutTo(title, WIDTH - 32), { "font-weight": 600 }) + rows.join("");
}

function tickSvg(x: number, y: number, colours: Colours): string {
  return tag("line", { x1: x, x2: x, y1: y, y2: y + 15, stroke: colours.ink, "stroke-width": 1.5 });
}
