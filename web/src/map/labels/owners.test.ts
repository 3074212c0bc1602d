import { describe, expect, it } from "vitest";
import { clusterPlaces } from "../clusters";
import type { Bins, Label } from "../props";
import { makeScene } from "../scene";
import { seededRandom } from "../dots/random";
import { fitView, toScreen } from "../view";
import { anchorIn } from "./anchor";
import { layoutLabels, type SetName } from "./layout";
import { Owners } from "./owners";

/** Groups of bins of 2 x 2 cells at random places, each group of one top cluster. */
function scattered(seed: number): { bins: Bins; lineage: string[][] } {
  const random = seededRandom(seed);
  const columns = { cluster: [], x0: [], y0: [], x1: [], y1: [], conversations: [] } as Record<
    string,
    number[]
  >;
  const lineage: string[][] = [];
  for (let top = 0; top < 8; top += 1) {
    const [x, y] = [10 + random() * 80, 10 + random() * 80];
    for (let part = 0; part < 5; part += 1) {
      const [left, above] = [Math.floor(x + random() * 24), Math.floor(y + random() * 24)];
      columns.cluster?.push(lineage.length);
      columns.x0?.push(left);
      columns.x1?.push(left + 3);
      columns.y0?.push(above);
      columns.y1?.push(above + 3);
      columns.conversations?.push(20 + Math.floor(random() * 80));
      lineage.push([`0-${lineage.length}`, `1-${top}`]);
    }
  }
  return { bins: { grid: 128, ...columns } as unknown as Bins, lineage };
}

const VIEWPORT = { width: 900, height: 700 };
const setName = ({ text }: Label): SetName => ({ lines: [text], direction: "ltr", width: 90, height: 16 });

describe("a name on the map", () => {
  it("stands nearest to the dots of its own cluster, or is left out", () => {
    let written = 0;
    for (let seed = 0; seed < 20; seed += 1) {
      const { bins, lineage } = scattered(seed);
      const scene = makeScene(bins, lineage, 1, 0);
      const viewport = { ...VIEWPORT, bounds: scene.bounds };
      const view = fitView(viewport);
      const labels = [...scene.places].map(([id, { x, y }]) => {
        return { id, text: id, x, y, weight: 1, level: Number(id[0]) };
      });
      for (const level of [0, 1]) {
        const placed = layoutLabels(
          labels.filter((label) => label.level === level),
          (label) => anchorIn(scene, label, view, viewport),
          setName,
          { ...VIEWPORT, taken: [] },
        );
        written += placed.length;
        for (const { label, left, top, width, height } of placed) {
          const distances = new Map<string, number>();
          lineage.forEach((line, bin) => {
            const at = (x: number, y: number) =>
              toScreen({ x: x / bins.grid, y: y / bins.grid }, view, viewport);
            const [from, to] = [
              at(bins.x0[bin] as number, bins.y0[bin] as number),
              at(bins.x1[bin] as number, bins.y1[bin] as number),
            ];
            const dx = Math.max(from.x - (left + width), left - to.x, 0);
            const dy = Math.max(from.y - (top + height), top - to.y, 0);
            const id = line[level] as string;
            distances.set(id, Math.min(distances.get(id) ?? Number.POSITIVE_INFINITY, Math.hypot(dx, dy)));
          });
          expect(distances.get(label.id)).toBeLessThanOrEqual(26);
        }
      }
    }
    expect(written).toBeGreaterThan(200);
  });
});

describe("whose dots lie where", () => {
  const bins: Bins = {
    grid: 10,
    cluster: [0, 1, 2],
    x0: [0, 6, 6],
    y0: [0, 0, 0],
    x1: [2, 8, 8],
    y1: [2, 2, 2],
    conversations: [40, 80, 4],
  };
  const owners = new Owners(bins, [["a"], ["b"], ["c"]]);

  it("is told by what is nearest, within reach", () => {
    expect(owners.isNearest("a", 0, { x: 0.3, y: 0.1 }, 0.3)).toBe(true);
    expect(owners.isNearest("b", 0, { x: 0.3, y: 0.1 }, 0.5)).toBe(false);
    expect(owners.isNearest("b", 0, { x: 0.5, y: 0.1 }, 0.3)).toBe(true);
    expect(owners.isNearest("a", 0, { x: 0.1, y: 0.9 }, 0.3)).toBe(false);
  });

  it("is not told by a few among many others", () => {
    expect(owners.isNearest("c", 0, { x: 0.7, y: 0.1 }, 0.3)).toBe(false);
    expect(owners.shareOfOthers("b", 0, { x0: 0.6, y0: 0, x1: 0.8, y1: 0.2 })).toBe(0);
    expect(owners.shareOfOthers("c", 0, { x0: 0.6, y0: 0, x1: 0.8, y1: 0.2 })).toBe(1);
    expect(owners.shareOfOthers("a", 0, { x0: 0.3, y0: 0.5, x1: 0.5, y1: 0.9 })).toBe(0);
  });

  it("gives the parts of a cluster, the heaviest near its middle first", () => {
    const two: Bins = { ...bins, cluster: [0, 0, 0], conversations: [40, 80, 80] };
    const place = clusterPlaces(two, [["a"]]).get("a");
    const parts = place ? owners.partsOf("a", place) : [];
    expect(parts.length).toBeGreaterThan(0);
    expect(parts[0]?.x).toBeGreaterThan(0.5);
  });
});

it("a name whose own place is taken by a heavier one is dropped, not moved far", () => {
  const lineage = [["a"], ["b"]];
  const bins: Bins = {
    grid: 100,
    cluster: [0, 1],
    x0: [49, 50],
    y0: [49, 49],
    x1: [51, 51],
    y1: [51, 51],
    conversations: [100, 10],
  };
  const scene = makeScene(bins, lineage, 1, 0);
  const viewport = { ...VIEWPORT, bounds: { x0: 0, y0: 0, x1: 1, y1: 1 } };
  const labels = ["a", "b"].map((id) => ({ id, text: id, x: 0.5, y: 0.5, weight: 1, level: 0 }));
  const placed = layoutLabels(
    labels,
    (label) => anchorIn(scene, label, fitView(viewport), viewport),
    setName,
    { ...VIEWPORT, taken: [] },
  );
  expect(placed.map(({ label }) => label.id)).toEqual(["a"]);
});
