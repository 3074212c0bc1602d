import { describe, expect, it } from "vitest";
import type { Cells, Cluster } from "../api";
import { indexCells } from "./cells";
import { compare, isClearRatio, restOf, sideOf } from "./comparing";

const precision = { rounding: 5, noise: 0 };
const clusters = ["0-0", "0-1", "0-2"].map((id) => ({ id }) as Cluster);
const cells: Cells = {
  level: 0,
  note: null,
  attributes: ["language"],
  clusters: ["all", "0-0", "0-1", "0-2"],
  values: [["en", "es"]],
  cluster: [0, 0, 1, 1, 2, 2, 3],
  value_1: [0, 1, 0, 1, 0, 1, 0],
  value_2: [],
  conversations: [2000, 1000, 200, 400, 300, 150, 40],
  users: null,
};
const index = indexCells(cells);

describe("a comparison", () => {
  const rows = compare(clusters, sideOf(index, "es", precision), sideOf(index, "en", precision));

  it("puts first what the first selection has more of, and last what is not released", () => {
    expect(rows.map((row) => row.cluster.id)).toEqual(["0-0", "0-1", "0-2"]);
    expect(rows[0]?.ratio?.value).toBeCloseTo(4, 10);
    expect(rows[1]?.ratio?.value).toBeCloseTo(1, 10);
    expect(rows[2]?.ratio).toBeNull();
  });

  it("tells what is clear from what may be chance", () => {
    expect(rows[0]?.ratio && isClearRatio(rows[0].ratio)).toBe(true);
    expect(rows[1]?.ratio && isClearRatio(rows[1].ratio)).toBe(false);
  });

  it("with the rest takes the selection out of everything, cluster by cluster", () => {
    const spanish = sideOf(index, "es", precision);
    const sizes: Record<string, number> = { "0-0": 600, all: 3000 };
    const whole = (id: string) => ({ conversations: sizes[id] ?? 450, users: null });
    const rest = restOf(spanish, { ...index, whole });
    const [first] = compare(clusters, spanish, rest);
    expect(first?.b).toEqual({ conversations: 200, users: null });
    expect(first?.ratio?.value).toBeCloseTo(4, 10);
    expect(rest.precision.rounding).toBe(9);
  });
});
