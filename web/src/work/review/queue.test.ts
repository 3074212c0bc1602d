import { expect, test } from "vitest";
import type { ReviewItem } from "../../api";
import { countsOf, queueOf } from "./queue";

const item = (cluster: string, state: ReviewItem["state"]): ReviewItem => ({
  cluster,
  state,
  version: 0,
  notes: 0,
  last: null,
  fit: null,
  concern: null,
  growth: null,
  conversations: null,
  score: 0.5,
});

const ITEMS = [item("0-2", "open"), item("0-0", "closed"), item("0-1", "open")];

test("the queue keeps the server's order", () => {
  expect(queueOf(ITEMS, null, null).map((one) => one.cluster)).toEqual(["0-2", "0-0", "0-1"]);
  expect(queueOf(ITEMS, "open", null).map((one) => one.cluster)).toEqual(["0-2", "0-1"]);
  expect(queueOf(ITEMS, "open", new Set(["0-1", "0-0"])).map((one) => one.cluster)).toEqual(["0-1"]);
});

test("states are counted", () => {
  expect(countsOf(ITEMS)).toEqual({ open: 2, watched: 0, closed: 1 });
});
