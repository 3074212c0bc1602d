/** The outline of what some bins cover, as an SVG path in cells of the grid. */

import type { Bins } from "./props";

type Corner = readonly [number, number];

/** How far corners are rounded off, in cells. */
const ROUNDING = 4;

/** Holes of as many cells or more are outlined too. */
const SMALLEST_HOLE = 24;

export function outlinePath(bins: Bins, chosen: readonly number[]): string {
  const side = bins.grid + 2;
  const covered = new Uint8Array(side * side);
  for (const bin of chosen) {
    for (let y = bins.y0[bin] as number; y < (bins.y1[bin] as number); y += 1) {
      const row = (y + 1) * side + 1;
      covered.fill(1, row + (bins.x0[bin] as number), row + (bins.x1[bin] as number));
    }
  }
  return loopsAround(covered, side)
    .filter((loop) => Math.abs(areaOf(loop)) >= SMALLEST_HOLE || areaOf(loop) > 0)
    .map(roundedPath)
    .join("");
}

/** Cells inside of a loop; below 0 for a hole. */
function areaOf(corners: Corner[]): number {
  return corners.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = corners[(i + 1) % corners.length] as Corner;
    return sum + (x * nextY - nextX * y) / 2;
  }, 0);
}

/** The loops around covered cells, clockwise, holes the other way round; corners alone. */
function loopsAround(covered: Uint8Array, side: number): Corner[][] {
  const waiting = new Set<number>();
  for (let cell = side; cell < covered.length; cell += 1) {
    if (covered[cell] && !covered[cell - side]) waiting.add(cell);
  }
  const loops: Corner[][] = [];
  for (const start of waiting) loops.push(followed(covered, side, start, waiting));
  return loops;
}

const STEPS: readonly Corner[] = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
];

/** Follows an outline from the upper edge of a cell, the covered side to the right, and takes off what it passed. */
function followed(covered: Uint8Array, side: number, start: number, waiting: Set<number>): Corner[] {
  const isCovered = (x: number, y: number) => covered[y * side + x] === 1;
  const corners: Corner[] = [];
  let [x, y] = [start % side, Math.floor(start / side)];
  const [firstX, firstY] = [x, y];
  let heading = 0;
  do {
    if (heading === 0) waiting.delete(y * side + x);
    const [dx, dy] = STEPS[heading] as Corner;
    [x, y] = [x + dx, y + dy];
    const [leftX, leftY] = ahead(x, y, heading, true);
    const [rightX, rightY] = ahead(x, y, heading, false);
    let turn = 0;
    if (!isCovered(rightX, rightY)) turn = 1;
    else if (isCovered(leftX, leftY)) turn = 3;
    if (turn !== 0) corners.push([x - 1, y - 1]);
    heading = (heading + turn) % 4;
  } while (x !== firstX || y !== firstY || heading !== 0);
  return corners;
}

/** The cell that lies ahead of a grid corner, to the left or to the right of the way. */
function ahead(x: number, y: number, heading: number, left: boolean): Corner {
  if (heading === 0) return left ? [x, y - 1] : [x, y];
  if (heading === 1) return left ? [x, y] : [x - 1, y];
  if (heading === 2) return left ? [x - 1, y] : [x - 1, y - 1];
  return left ? [x - 1, y - 1] : [x, y - 1];
}

function roundedPath(corners: Corner[]): string {
  const parts = corners.map((corner, i) => {
    const before = corners[(i + corners.length - 1) % corners.length] as Corner;
    const after = corners[(i + 1) % corners.length] as Corner;
    const [enter, leave] = [towards(corner, before), towards(corner, after)];
    return `${i === 0 ? "M" : "L"}${enter.join(" ")}Q${corner.join(" ")} ${leave.join(" ")}`;
  });
  return `${parts.join("")}Z`;
}

function towards(from: Corner, to: Corner): Corner {
  const length = Math.abs(to[0] - from[0]) + Math.abs(to[1] - from[1]);
  const share = Math.min(ROUNDING, length * 0.35) / length;
  return [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
}
