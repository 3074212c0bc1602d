import { expect, it } from "vitest";
import type { Cells } from "../api";
import { pickCells } from "./pick_cells";

const table: Cells = {
  level: 0,
  note: null,
  attributes: ["language", "month"],
  clusters: ["0-0", "0-1"],
  values: [
    ["en", "es"],
    ["2026-01", "2026-02"],
  ],
  cluster: [0, 0, 1, 1],
  value_1: [0, 1, 0, 1],
  value_2: [0, 0, 1, 1],
  conversations: [20, 25, 30, 35],
  users: [10, 11, 12, 13],
};

it("a filter takes its cells out of the table of both attributes, as the server does", () => {
  const picked = pickCells(table, { level: 0, attribute: "language", value: "es", by: "month" });
  expect(picked.attributes).toEqual(["language", "month"]);
  expect([picked.cluster, picked.value_2, picked.conversations, picked.users]).toEqual([
    [0, 1],
    [0, 1],
    [25, 35],
    [11, 13],
  ]);
});

it("it does so too where the table has them the other way around", () => {
  const picked = pickCells(table, {
    level: 0,
    attribute: "month",
    value: "2026-01",
    by: "language",
    byValue: "en",
  });
  expect(picked.attributes).toEqual(["month", "language"]);
  expect([picked.cluster, picked.value_1, picked.value_2, picked.conversations]).toEqual([
    [0],
    [0],
    [0],
    [20],
  ]);
});

it("why a table holds nothing is told of whatever is picked from it", () => {
  const never = "These two attributes are never counted together.";
  const empty = {
    ...table,
    note: never,
    cluster: [],
    value_1: [],
    value_2: [],
    conversations: [],
    users: [],
  };
  const query = { level: 0, attribute: "language", value: "es", by: "month" };
  expect(pickCells(empty, query).note).toBe(never);
  expect(pickCells(table, query).note).toBeNull();
});
