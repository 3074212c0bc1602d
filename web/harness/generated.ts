/** An atlas of any size, made up: topics in a plane, clusters around them, and bins cut like the atlas's own. */

import type { Bins, Label, Lineage } from "../src/map/props";
import { seededRandom } from "../src/map/dots/random";

export interface Given {
  bins: Bins;
  lineage: Lineage;
  labels: Label[];
}

interface Box {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

const GRID = 256;
const FEWEST = 15;
const VERBS = [
  "Write",
  "Fix",
  "Explain",
  "Translate",
  "Plan",
  "Compare",
  "Summarise",
  "Draft",
  "Review",
  "Debug",
];
const THINGS = [
  "SQL queries that count rows",
  "cover letters for first jobs",
  "Python scripts and loops",
  "holiday trips with children",
  "essays for school",
  "questions about medicines and doses",
  "stories with characters",
  "emails to customers and landlords",
  "tables of numbers",
  "rental contracts",
  "meals for a week",
  "spreadsheet formulas",
  "poems for birthdays",
  "CSS layouts that break on phones",
];

export function generatedAtlas(conversations: number, base: number, bins: number): Given {
  const random = seededRandom(7);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const levels = [base, Math.round(base / 9), Math.round(base / 75)];
  const tops = Array.from({ length: levels[2] as number }, () => [
    edged(0.5 + 0.26 * normal()),
    edged(0.5 + 0.24 * normal()),
  ]);
  const middles = Array.from({ length: levels[1] as number }, (_, i) => {
    const top = i % tops.length;
    const [x, y] = tops[top] as [number, number];
    return { top, x: x + 0.032 * normal(), y: y + 0.032 * normal() };
  });
  const weights = Array.from({ length: base }, (_, i) => 1 / (i + 20) ** 0.8);
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const columns: Record<"cluster" | keyof Box | "conversations", number[]> = {
    cluster: [],
    x0: [],
    y0: [],
    x1: [],
    y1: [],
    conversations: [],
  };
  const lineage: string[][] = [];
  const labels: Label[] = [];
  const totals = new Map<string, Label>();
  for (let i = 0; i < base; i += 1) {
    const count = Math.max(Math.round(((weights[i] as number) / whole) * conversations * 0.96), 2 * FEWEST);
    const middle = middles[i % middles.length] as (typeof middles)[number];
    const [x, y] = [middle.x + 0.014 * normal(), middle.y + 0.014 * normal()];
    const spread = 0.003 + 0.009 * random();
    const many = Math.min(count, 3000);
    const points = Array.from({ length: many }, () => [
      clampCell((x + spread * normal()) * GRID),
      clampCell((y + spread * normal()) * GRID),
    ]) as [number, number][];
    const target = Math.max(1, Math.round((bins * count) / conversations / 2 + bins / base / 2));
    for (const [box, inside] of cut(points, target)) {
      columns.cluster.push(i);
      for (const side of ["x0", "y0", "x1", "y1"] as const) columns[side].push(box[side]);
      columns.conversations.push(Math.max(Math.round((inside * count) / many / 5) * 5, FEWEST));
    }
    const line = [`0-${i}`, `1-${i % middles.length}`, `2-${middle.top}`];
    lineage.push(line);
    line.forEach((id, level) => {
      const known = totals.get(id);
      const weight = (known?.weight ?? 0) + count;
      const centre = level === 0 ? [x, y] : level === 1 ? [middle.x, middle.y] : tops[middle.top];
      const text = `${VERBS[(i * 7 + level) % VERBS.length]} ${THINGS[(i * 5 + level * 3) % THINGS.length]}`;
      const [lx, ly] = centre as [number, number];
      totals.set(id, { id, text: known?.text ?? text, x: lx, y: ly, weight, level });
    });
  }
  labels.push(...totals.values());
  return { bins: { grid: GRID, ...columns }, lineage, labels };
}

/** Keeps what is far out inside, without an edge to be seen. */
function edged(place: number): number {
  return 0.5 + 0.42 * Math.tanh((place - 0.5) / 0.42);
}

function clampCell(cell: number): number {
  return Math.min(Math.max(Math.floor(cell), 0), GRID - 1);
}

function cut(points: [number, number][], target: number): [Box, number][] {
  const xs = points.map(([x]) => x).sort((a, b) => a - b);
  const ys = points.map(([, y]) => y).sort((a, b) => a - b);
  const at = (sorted: number[], share: number) => sorted[Math.floor(share * (sorted.length - 1))] as number;
  const outer = { x0: at(xs, 0.05), y0: at(ys, 0.05), x1: at(xs, 0.95) + 1, y1: at(ys, 0.95) + 1 };
  const clamped = points.map(([x, y]) => [
    Math.min(Math.max(x, outer.x0), outer.x1 - 1),
    Math.min(Math.max(y, outer.y0), outer.y1 - 1),
  ]) as [number, number][];
  const parts: [Box, [number, number][]][] = [[outer, clamped]];
  while (parts.length < target) {
    parts.sort((a, b) => b[1].length - a[1].length);
    const [box, inside] = parts[0] as [Box, [number, number][]];
    const axis = box.x1 - box.x0 >= box.y1 - box.y0 ? 0 : 1;
    const [low, high] = axis === 0 ? [box.x0, box.x1] : [box.y0, box.y1];
    if (high - low < 2 || inside.length < 4) break;
    const middle = at(
      inside.map((point) => point[axis]).sort((a, b) => a - b),
      0.5,
    );
    const place = Math.min(Math.max(middle, low + 1), high - 1);
    const below = inside.filter((point) => point[axis] < place);
    const above = inside.filter((point) => point[axis] >= place);
    if (below.length === 0 || above.length === 0) break;
    const first = axis === 0 ? { ...box, x1: place } : { ...box, y1: place };
    const second = axis === 0 ? { ...box, x0: place } : { ...box, y0: place };
    parts.splice(0, 1, [first, below], [second, above]);
  }
  return parts.map(([box, inside]) => [box, inside.length]);
}
