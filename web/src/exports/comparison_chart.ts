import { type Compared, isClearRatio } from "../model/comparing";
import { formatRatio, formatShare, NOT_RELEASED } from "../model/words";
import { printable } from "../parts/Name";
import { logScale } from "../views/compare/scale";
import { type Colours, cutTo, picture, tag, text } from "./svg";

const WIDTH = 960;
const ROW = 24;
const NAME_WIDTH = 330;
const PLOT = { left: 510, width: 280 };
const MOST_ROWS = 200;

/** A comparison as a picture: both shares, and the ratio with its interval on a scale of doublings. */
export function comparisonSvg(
  rows: readonly Compared[],
  names: { readonly a: string; readonly b: string },
  caption: readonly string[],
  colours: Colours,
): string {
  const shown = rows.filter((row) => row.ratio).slice(0, MOST_ROWS);
  const scale = logScale(shown.flatMap((row) => row.ratio ?? []));
  const place = (ratio: number) => PLOT.left + scale.place(ratio) * PLOT.width;
  const bottom = 28 + shown.length * ROW;
  const lines = scale.ticks.map((tick) =>
    tag("line", {
      x1: place(tick),
      x2: place(tick),
      y1: 22,
      y2: bottom,
      stroke: tick === 1 ? colours.muted : colours.line,
    }),
  );
  const head = [
    text(NAME_WIDTH + 20, 12, cutTo(names.a, 80), { fill: colours.muted, "font-size": 10 }),
    text(NAME_WIDTH + 100, 12, cutTo(names.b, 80), { fill: colours.muted, "font-size": 10 }),
    ...scale.ticks.map((tick) =>
      text(place(tick), 12, formatRatio(tick), {
        fill: colours.muted,
        "font-size": 10,
        "text-anchor": "middle",
      }),
    ),
  ];
  const body = shown.map((row, i) => rowSvg(row, 40 + i * ROW, place, colours));
  const title = `${names.a} beside ${names.b}`;
  return picture(WIDTH, bottom, [...lines, ...head, ...body].join(""), { title, caption, colours });
}

function rowSvg(row: Compared, y: number, place: (ratio: number) => number, colours: Colours): string {
  const { ratio } = row;
  if (!ratio) return "";
  const colour = isClearRatio(ratio) ? (ratio.value > 1 ? colours.accent : colours.second) : colours.muted;
  const share = (value: number | null) => (value === null ? NOT_RELEASED : formatShare(value));
  return [
    text(16, y + 4, cutTo(printable(row.cluster.name), NAME_WIDTH)),
    text(NAME_WIDTH + 20, y + 4, share(row.shareA)),
    text(NAME_WIDTH + 100, y + 4, share(row.shareB)),
    tag("line", {
      x1: place(ratio.low),
      x2: place(ratio.high),
      y1: y,
      y2: y,
      stroke: colour,
      "stroke-width": 2,
    }),
    tag("circle", { cx: place(ratio.value), cy: y, r: 4.5, fill: colour }),
    text(
      PLOT.left + PLOT.width + 16,
      y + 4,
      `${formatRatio(ratio.value)} (${formatRatio(ratio.low)} to ${formatRatio(ratio.high)})`,
    ),
  ].join("");
}
