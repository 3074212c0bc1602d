import { NOT_RELEASED } from "../model/words";
import { printable } from "../parts/Name";
import { type Colours, cutTo, picture, tag, text } from "./svg";

const WIDTH = 960;
const ROW = 24;
const INDENT = 18;
const LEFT = 16;
const NAMES = 364;
const BAR_WIDTH = 110;
const RIGHT = WIDTH - 16;

export interface DrawnRow {
  /** Of an atlas; not trusted. */
  readonly name: string;
  /** How many steps it stands in. */
  readonly depth: number;
  /** Beside the other rows; `null` draws no bar. */
  readonly size: number | null;
  /** As many as there are heads. */
  readonly cells: readonly string[];
  readonly faint?: boolean;
}

export interface DrawnRows {
  readonly title: string;
  readonly heads: readonly string[];
  readonly rows: readonly DrawnRow[];
  /** How wide names may be, in pixels of 960. */
  readonly names?: number;
}

/** Rows of names with bars and figures as a picture, as the tree, the table and the queue show them. */
export function rowsSvg(
  { title, heads, rows, names = NAMES }: DrawnRows,
  caption: readonly string[],
  colours: Colours,
) {
  const bar = LEFT + names;
  const cells = bar + BAR_WIDTH + 10;
  const most = Math.max(0, ...rows.map((row) => row.size ?? 0));
  const step = (RIGHT - cells) / heads.length;
  const right = (i: number) => cells + step * (i + 1);
  const head = heads.map((name, i) =>
    text(right(i), 12, cutTo(name, step), { "text-anchor": "end", "font-size": 10, fill: colours.muted }),
  );
  const body = rows.map((row, i) => {
    const y = 26 + i * ROW;
    const left = LEFT + row.depth * INDENT;
    const isText = row.size === null && row.cells.every((cell) => cell === "");
    const space = (isText ? RIGHT : bar - 12) - left;
    const fill = row.faint ? colours.muted : colours.ink;
    const width = row.size === null || most === 0 ? 0 : (row.size / most) * BAR_WIDTH;
    return [
      tag("line", { x1: LEFT, x2: RIGHT, y1: y - 4, y2: y - 4, stroke: colours.line }),
      text(left, y + 12, cutTo(printable(row.name), space), { fill }),
      width > 0 ? tag("rect", { x: bar, y: y + 3, width, height: 10, fill: colours.accent }) : "",
      ...row.cells.map((cell, at) =>
        text(right(at), y + 12, cutTo(cell, step), {
          "text-anchor": "end",
          fill: cell === NOT_RELEASED ? colours.muted : fill,
        }),
      ),
    ].join("");
  });
  return picture(WIDTH, 30 + rows.length * ROW, [...head, ...body].join(""), {
    title: cutTo(printable(title), WIDTH * 0.8),
    caption,
    colours,
  });
}
