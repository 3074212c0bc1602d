import { expect, test } from "vitest";
import { after, formatSeconds, NO_PROGRESS, partOf, type Progress } from "./progress";

const told = (...events: [string, Record<string, unknown>][]): Progress =>
  events.reduce((progress, [kind, data]) => after(progress, kind, data), NO_PROGRESS);

test("stages follow each other from their beginning to their end", () => {
  const progress = told(
    ["attempt", { attempt: 1 }],
    ["stage", { stage: "Reading", state: "begun", total: 100, unit: "bytes" }],
    ["stage", { stage: "Reading", state: "done", seconds: 0.5 }],
    ["stage", { stage: "Embedding", state: "begun", total: 300, unit: "texts" }],
    ["stage", { stage: "Embedding", state: "under way", done: 75, total: 300, unit: "texts" }],
  );
  expect(progress.stages.map((stage) => [stage.name, stage.state, partOf(stage)])).toEqual([
    ["Reading", "done", 1],
    ["Embedding", "under way", 0.25],
  ]);
  expect(progress.stages[0]?.seconds).toBe(0.5);
  expect(progress.end).toBeNull();
});

test("another attempt begins anew", () => {
  const progress = told(
    ["stage", { stage: "Reading", state: "begun", total: null, unit: "bytes" }],
    ["error", { text: "Stopped." }],
    ["end", { status: "stopped", problem: "Stopped." }],
    ["attempt", { attempt: 2 }],
  );
  expect(progress).toEqual({ ...NO_PROGRESS, attempt: 2 });
});

test("a stage that comes twice is told twice, and one without a whole has no part", () => {
  const reading = { stage: "Reading", state: "begun", total: null, unit: "bytes" };
  const progress = told(
    ["stage", reading],
    ["stage", { stage: "Reading", state: "done" }],
    ["stage", reading],
  );
  expect(progress.stages.map((stage) => stage.state)).toEqual(["done", "under way"]);
  expect(progress.stages.map(partOf)).toEqual([1, null]);
});

test("what is unknown changes nothing, and an end says why", () => {
  expect(told(["something", {}])).toEqual(NO_PROGRESS);
  expect(told(["end", { status: "failed", problem: "It cannot be." }]).end?.problem).toBe("It cannot be.");
});

test("seconds are told as people say them", () => {
  expect([0.04, 59.4, 65, 7384].map(formatSeconds)).toEqual(["0.0 s", "59.4 s", "1 min 5 s", "2 h 3 min"]);
});
