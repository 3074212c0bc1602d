import { describe, expect, it } from "vitest";
import type { Cells } from "../api";
import { indexCells, mergeCells } from "./cells";

const cells = (level: number, clusters: string[], conversations: number[]): Cells => ({
  level,
  note: clusters.length === 0 ? `Nothing of ${level}.` : null,
  attributes: ["language", "month"],
  clusters,
  values: [["en"], ["May", "June"]],
  cluster: conversations.map((_, i) => i >> 1),
  value_1: conversations.map(() => 0),
  value_2: conversations.map((_, i) => i % 2),
  conversations,
  users: null,
});

describe("cells by cluster", () => {
  it("tells what is held at a value by the other attribute", () => {
    const index = indexCells(cells(0, ["0-1", "0-2"], [5, 6, 7]));
    expect(index.values).toEqual(["May", "June"]);
    expect([...index.of("0-1")].map(([value, count]) => [value, count.conversations])).toEqual([
      ["May", 5],
      ["June", 6],
    ]);
    expect(index.get("0-2", "May")).toEqual({ conversations: 7, users: null });
    expect(index.get("0-2", "June")).toBeNull();
    expect(index.of("0-3").size).toBe(0);
  });

  it("finds each cluster on its own level, and says of which level there is nothing", () => {
    const merged = mergeCells([
      cells(-1, ["all"], [11, 12]),
      cells(0, ["0-1", "0-2"], [1, 2, 3, 4]),
      cells(1, [], []),
    ]);
    expect(merged.get("all", "June")?.conversations).toBe(12);
    expect(merged.get("0-2", "May")?.conversations).toBe(3);
    expect(merged.get("1-1", "May")).toBeNull();
    expect([-1, 0, 1].map(merged.why)).toEqual([null, null, "Nothing of 1."]);
  });
});
