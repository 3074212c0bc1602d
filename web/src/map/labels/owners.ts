/** Whose dots lie where, so that names stand with their own. Pure, made once for each level of an atlas. */

import type { ClusterPlace } from "../clusters";
import type { Bins, Lineage } from "../props";
import type { Bounds, Point } from "../view";

/** Where clusters lie over each other, each that has this part of what the densest has counts as lying there. */
const LEAST_PART = 0.25;

interface Field {
  /** Float32 [grid * grid]: the most that any cluster has in each cell. */
  readonly most: Float32Array;
  /** By the number of a cluster and the cell: the conversations that it has there. */
  readonly held: ReadonlyMap<number, number>;
}

/** A cluster is cut into so many parts a side, each of which its name may stand upon. */
const PARTS = 4;
const MOST_PARTS = 6;

/** Points of a box that are looked at: across and down. */
const LOOKED_AT = [9, 3] as const;

export class Owners {
  private readonly numbers = new Map<string, number>();
  private readonly fields = new Map<number, Field>();
  private readonly parts = new Map<string, readonly Point[]>();

  constructor(
    private readonly bins: Bins,
    private readonly lineage: Lineage,
  ) {}

  /**
   * Whether of all dots those of the cluster `id` lie nearest to a place of the unit square, and not farther than
   * `reach` from it.
   */
  isNearest(id: string, level: number, place: Point, reach: number): boolean {
    const { grid } = this.bins;
    const { most } = this.field(level);
    const isOwn = this.owning(id, level);
    const [x, y] = [Math.floor(place.x * grid), Math.floor(place.y * grid)];
    let [nearestOwn, nearest] = [Number.POSITIVE_INFINITY, reach * grid];
    for (let ring = 0; ring <= nearest; ring += 1) {
      eachOnRing(x, y, ring, grid, (cell, distance) => {
        if (most[cell] === 0 || distance > nearest) return;
        nearest = distance;
        if (isOwn(cell)) nearestOwn = Math.min(nearestOwn, distance);
      });
    }
    return nearestOwn <= nearest;
  }

  /** The part of a box of the unit square on which dots of clusters other than `id` lie. */
  shareOfOthers(id: string, level: number, box: Bounds): number {
    const { grid } = this.bins;
    const { most } = this.field(level);
    const isOwn = this.owning(id, level);
    const [across, down] = LOOKED_AT;
    let others = 0;
    for (let i = 0; i < across * down; i += 1) {
      const x = Math.floor((box.x0 + ((i % across) + 0.5) * ((box.x1 - box.x0) / across)) * grid);
      const y = Math.floor((box.y0 + (Math.floor(i / across) + 0.5) * ((box.y1 - box.y0) / down)) * grid);
      if (x < 0 || y < 0 || x >= grid || y >= grid) continue;
      const cell = y * grid + x;
      if (most[cell] !== 0 && !isOwn(cell)) others += 1;
    }
    return others / (across * down);
  }

  /** The middles of a cluster's parts, in the unit square: those with most conversations near its middle first. */
  partsOf(id: string, place: ClusterPlace): readonly Point[] {
    const known = this.parts.get(id);
    if (known) return known;
    const made = middlesOfParts(this.bins, place);
    this.parts.set(id, made);
    return made;
  }

  /** Whether a cell is one where the cluster `id` lies. */
  private owning(id: string, level: number): (cell: number) => boolean {
    const { most, held } = this.field(level);
    const first = (this.numbers.get(id) ?? -1) * most.length;
    return (cell) => (held.get(first + cell) ?? 0) > LEAST_PART * (most[cell] as number);
  }

  private field(level: number): Field {
    const known = this.fields.get(level);
    if (known) return known;
    const { bins, lineage } = this;
    const size = bins.grid * bins.grid;
    const most = new Float32Array(size);
    const held = new Map<number, number>();
    for (let bin = 0; bin < bins.cluster.length; bin += 1) {
      const owner = this.numberOf(lineage[bins.cluster[bin] as number]?.[level]);
      const [x0, x1, y0, y1] = [bins.x0[bin], bins.x1[bin], bins.y0[bin], bins.y1[bin]] as number[];
      const width = (x1 as number) - (x0 as number);
      const each = (bins.conversations[bin] as number) / (width * ((y1 as number) - (y0 as number)));
      for (let y = y0 as number; y < (y1 as number); y += 1) {
        for (let cell = y * bins.grid + (x0 as number); cell < y * bins.grid + (x1 as number); cell += 1) {
          const key = owner * size + cell;
          const sum = (held.get(key) ?? 0) + each;
          held.set(key, sum);
          most[cell] = Math.max(most[cell] as number, sum);
        }
      }
    }
    const field = { most, held };
    this.fields.set(level, field);
    return field;
  }

  private numberOf(id: string | undefined): number {
    const name = id ?? "";
    const known = this.numbers.get(name);
    if (known !== undefined) return known;
    this.numbers.set(name, this.numbers.size);
    return this.numbers.size - 1;
  }
}

/** Visits the cells of a square ring, with their distance in cells. */
function eachOnRing(
  x: number,
  y: number,
  ring: number,
  grid: number,
  visit: (cell: number, distance: number) => void,
): void {
  for (let dy = -ring; dy <= ring; dy += 1) {
    const whole = Math.abs(dy) === ring;
    for (let dx = -ring; dx <= ring; dx += whole ? 1 : 2 * ring) {
      const [column, row] = [x + dx, y + dy];
      if (column < 0 || row < 0 || column >= grid || row >= grid) continue;
      visit(row * grid + column, Math.hypot(dx, dy));
    }
  }
}

function middlesOfParts(bins: Bins, place: ClusterPlace): Point[] {
  const side = Math.max(place.width, place.height) / PARTS;
  const parts = new Map<string, { x: number; y: number; weight: number }>();
  for (const bin of place.bins) {
    const x = ((bins.x0[bin] as number) + (bins.x1[bin] as number)) / 2 / bins.grid;
    const y = ((bins.y0[bin] as number) + (bins.y1[bin] as number)) / 2 / bins.grid;
    const key = side > 0 ? `${Math.round((x - place.x) / side)} ${Math.round((y - place.y) / side)}` : "";
    const part = parts.get(key) ?? { x: 0, y: 0, weight: 0 };
    const weight = bins.conversations[bin] as number;
    parts.set(key, { x: part.x + x * weight, y: part.y + y * weight, weight: part.weight + weight });
  }
  const found = [...parts.values()]
    .filter(({ weight }) => weight > 0)
    .map(({ x, y, weight }) => {
      const middle = { x: x / weight, y: y / weight };
      const away = Math.hypot(middle.x - place.x, middle.y - place.y) / (PARTS * side || 1);
      return { middle, rank: weight / (1 + 4 * away * away) };
    });
  return found
    .sort((a, b) => b.rank - a.rank)
    .slice(0, MOST_PARTS)
    .map(({ middle }) => middle);
}
