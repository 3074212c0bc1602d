/** Which names are written, and where: the heaviest first, none over another. */

import type { Label } from "../props";
import type { Point } from "../view";
import type { Direction } from "./text";

/** A name broken into lines, and the CSS pixels it takes. */
export interface SetName {
  readonly lines: readonly string[];
  readonly direction: Direction;
  readonly width: number;
  readonly height: number;
}

export interface PlacedLabel extends SetName {
  readonly label: Label;
  /** The upper left corner, in CSS pixels. */
  readonly left: number;
  readonly top: number;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Space {
  readonly width: number;
  readonly height: number;
  /** What is taken already. */
  readonly taken: readonly Box[];
}

/** Where a label belongs, and the box of what it names, in CSS pixels. */
export interface Anchor extends Point {
  readonly box: Box;
  /** Middles of parts of what is named, the best first. */
  readonly parts: readonly Point[];
  /** Whether what is named lies nearer to a point than anything else. */
  isNearest(point: Point): boolean;
  /** The part of a box that lies over something else. */
  shareOfOthers(box: Box): number;
}

const AREA_FOR_ONE = 13_000;
const MOST_TRIED = 250;
const GAP = 6;
const CELL = 96;

/** What is so high, in CSS pixels, is written upon; what is lower, beside, and no other name over it where possible. */
const WRITTEN_UPON = 80;

/** How much covering half of a name's room of something else counts, in steps down the list of places to put it. */
const COST_OF_COVERING = 6;

/** A name that would cover more than this of others is not written. */
const MOST_OF_OTHERS = 0.4;

/**
 * Places labels greedily, in the order that they are given.
 *
 * `setName` is called for those alone that are tried. A label whose place is on the screen is kept on it as a whole. One
 * that can only stand nearer to something else than to what it names is left out: it would name the wrong thing.
 */
export function layoutLabels(
  labels: readonly Label[],
  anchorOf: (label: Label) => Anchor,
  setName: (label: Label) => SetName,
  space: Space,
): PlacedLabel[] {
  const grid = new BoxGrid();
  for (const box of space.taken) grid.add(box);
  const anchors = labels
    .map((label) => ({ label, anchor: anchorOf(label) }))
    .filter(({ anchor: { x, y } }) => x >= 0 && y >= 0 && x <= space.width && y <= space.height)
    .slice(0, MOST_TRIED);
  const boxes = anchors.map(({ anchor }) => anchor.box).filter((box) => !isWrittenUpon(box));
  const most = Math.ceil((space.width * space.height) / AREA_FOR_ONE);
  const placed: PlacedLabel[] = [];
  for (const { label, anchor } of anchors) {
    if (placed.length >= most) break;
    const others = boxes.filter((box) => box !== anchor.box);
    const found = bestFree(label, anchor, setName(label), space, grid, others);
    if (!found) continue;
    placed.push(found);
    grid.add(boxOf(found));
  }
  return placed;
}

/** Of the places where it overlaps no other name, the first of those where it covers least of what others name. */
function bestFree(
  label: Label,
  anchor: Anchor,
  name: SetName,
  space: Space,
  grid: BoxGrid,
  others: readonly Box[],
): PlacedLabel | null {
  if (name.width > space.width - 2 * GAP || name.height > space.height - 2 * GAP) return null;
  let best: PlacedLabel | null = null;
  let least = Number.POSITIVE_INFINITY;
  middlesFor(anchor, name).forEach(({ x, y, of }, step) => {
    if (step >= least) return;
    const left = within(x - name.width / 2, GAP, space.width - name.width - GAP);
    const top = within(y - name.height / 2, GAP, space.height - name.height - GAP);
    const candidate = { ...name, label, left, top };
    const room = { left, top, right: left + name.width, bottom: top + name.height };
    if (!grid.isFree(boxOf(candidate))) return;
    const ofOthers = anchor.shareOfOthers(room);
    if (ofOthers > MOST_OF_OTHERS || !anchor.isNearest(pointIn(room, of))) return;
    const cost = step + COST_OF_COVERING * Math.max(coveredShare(candidate, others), ofOthers);
    if (cost < least) [best, least] = [candidate, cost];
  });
  return best;
}

/** Where the middle of a name may lie, and of what it is the name there, the best first. */
function middlesFor({ x, y, box, parts }: Anchor, { width, height }: SetName): (Point & { of: Point })[] {
  if (isWrittenUpon(box)) {
    const step = height + 2 * GAP;
    // The middle of all may lie where nothing of it does.
    const own = [...parts, { x, y }];
    const near = [-0.5, 0.5, -1, 1].map((steps) => ({ x, y: y + steps * step }));
    return [...own, ...near].map((point) => ({ ...point, of: point }));
  }
  const [across, down] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  const of = { x: across, y: down };
  const middles = [
    { x: across, y: box.bottom + height / 2 + 2 },
    { x: across, y: box.top - height / 2 - 2 },
    { x: box.right + width / 2 + GAP, y: down },
    { x: box.left - width / 2 - GAP, y: down },
    { x, y },
  ];
  return middles.map((point) => ({ ...point, of }));
}

/** The point of a box that lies nearest to another. */
function pointIn({ left, top, right, bottom }: Box, { x, y }: Point): Point {
  return { x: within(x, left, right), y: within(y, top, bottom) };
}

function isWrittenUpon({ top, bottom }: Box): boolean {
  return bottom - top >= WRITTEN_UPON;
}

/** How much of a name's room lies over boxes, as a part of it. */
function coveredShare({ left, top, width, height }: PlacedLabel, boxes: readonly Box[]): number {
  let covered = 0;
  for (const box of boxes) {
    const across = Math.min(left + width, box.right) - Math.max(left, box.left);
    const down = Math.min(top + height, box.bottom) - Math.max(top, box.top);
    if (across > 0 && down > 0) covered += across * down;
  }
  return covered / (width * height);
}

function boxOf({ left, top, width, height }: PlacedLabel): Box {
  return { left: left - GAP, top: top - GAP / 2, right: left + width + GAP, bottom: top + height + GAP / 2 };
}

function within(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

/** Boxes by the squares of the screen that they touch. */
class BoxGrid {
  private readonly squares = new Map<number, Box[]>();

  add(box: Box): void {
    for (const square of squaresOf(box)) {
      const known = this.squares.get(square);
      if (known) known.push(box);
      else this.squares.set(square, [box]);
    }
  }

  isFree(box: Box): boolean {
    return squaresOf(box).every((square) => !this.squares.get(square)?.some((other) => overlap(box, other)));
  }
}

function squaresOf({ left, top, right, bottom }: Box): number[] {
  const squares: number[] = [];
  for (let y = Math.floor(top / CELL); y <= Math.floor(bottom / CELL); y += 1) {
    for (let x = Math.floor(left / CELL); x <= Math.floor(right / CELL); x += 1) squares.push(y * 4096 + x);
  }
  return squares;
}

export function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
