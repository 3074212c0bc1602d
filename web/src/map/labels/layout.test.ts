import { describe, expect, it } from "vitest";
import { seededRandom } from "../dots/random";
import type { Label } from "../props";
import { type Anchor, layoutLabels, overlap, type PlacedLabel, type SetName } from "./layout";

const SPACE = { width: 900, height: 600, taken: [{ left: 850, top: 500, right: 900, bottom: 600 }] };
const setName = (label: Label): SetName => ({
  lines: [label.text],
  direction: "ltr",
  width: 120,
  height: 30,
});

function randomLabels(count: number): Label[] {
  const random = seededRandom(count);
  return Array.from({ length: count }, (_, i) => {
    return { id: `0-${i}`, text: `Label ${i}`, x: random(), y: random(), weight: count - i, level: 0 };
  });
}

function anchorOf({ x, y }: Label): Anchor {
  const [left, top] = [x * 900, y * 600];
  const box = { left: left - 30, top: top - 20, right: left + 30, bottom: top + 20 };
  return { x: left, y: top, box, parts: [], isNearest: () => true, shareOfOthers: () => 0 };
}

const boxOf = ({ left, top, width, height }: PlacedLabel) => {
  return { left, top, right: left + width, bottom: top + height };
};

describe("names on the map", () => {
  const placed = layoutLabels(randomLabels(200), anchorOf, setName, SPACE);
  const boxes = placed.map(boxOf);

  it("never lie over another, nor over what is taken", () => {
    expect(placed.length).toBeGreaterThan(15);
    boxes.forEach((box, i) => {
      for (const other of [...boxes.slice(i + 1), ...SPACE.taken]) expect(overlap(box, other)).toBe(false);
    });
  });

  it("are wholly on the screen", () => {
    for (const { left, top, right, bottom } of boxes) {
      expect(Math.min(left, top)).toBeGreaterThanOrEqual(0);
      expect(right).toBeLessThanOrEqual(900);
      expect(bottom).toBeLessThanOrEqual(600);
    }
  });

  it("are written for the first of those that collide", () => {
    const ids = placed.map(({ label }) => label.id);
    expect(ids[0]).toBe("0-0");
    const same = [1, 2, 3, 4, 5, 6, 7].map((i) => ({
      id: `${i}`,
      text: "",
      x: 0.5,
      y: 0.5,
      weight: 9 - i,
      level: 0,
    }));
    expect(layoutLabels(same, anchorOf, setName, SPACE).map(({ label }) => label.id)).toContain("1");
  });

  it("stand beside what is small, and do not cover a neighbour where there is room", () => {
    const labels = [
      { id: "a", text: "a", x: 0.5, y: 0.5, weight: 2, level: 0 },
      { id: "b", text: "b", x: 0.5, y: 0.58, weight: 1, level: 0 },
    ];
    const [a, b] = layoutLabels(labels, anchorOf, setName, SPACE).map(boxOf);
    expect(a?.bottom).toBeLessThanOrEqual(300 - 20);
    expect(b?.top).toBeGreaterThanOrEqual(348 + 20);
  });

  it("are not set for those that are off the screen", () => {
    let asked = 0;
    const count = (label: Label) => {
      asked += 1;
      return setName(label);
    };
    layoutLabels([{ id: "0", text: "", x: 4, y: 0.5, weight: 1, level: 0 }], anchorOf, count, SPACE);
    expect(asked).toBe(0);
  });

  it("are left out where the map is narrower than they are", () => {
    expect(layoutLabels(randomLabels(20), anchorOf, setName, { width: 100, height: 300, taken: [] })).toEqual(
      [],
    );
  });
});
