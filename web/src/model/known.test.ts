import { expect, it } from "vitest";
import type { Atlas } from "../api";
import { INITIAL, type State } from "../state/state";
import { unknownIn } from "./known";

const atlas = {
  attributes: [
    { name: "language", kind: "category", values: ["en", "es"] },
    { name: "month", kind: "time", values: ["2026-06"] },
  ],
} as unknown as Atlas;
const found = (state: Partial<State>) => unknownIn({ ...INITIAL, atlas: "a", ...state }, atlas, 2);

it("what an atlas has is left as it is", () => {
  const es = { attribute: "language", value: "es" };
  expect(found({})).toBeNull();
  expect(found({ filter: es, level: 1, colour: { by: "growth" }, compare: { a: es, b: null } })).toBeNull();
  expect(found({ colour: { by: "attribute", attribute: "language", value: null } })).toBeNull();
});

it("what it does not have is named, and the default stands in its place", () => {
  expect(found({ filter: { attribute: "plan", value: "free" }, level: 7 })).toEqual({
    named: ["the filter “Plan: free”", "the level “7”"],
    change: { filter: null, level: null },
  });
  expect(found({ filter: { attribute: "language", value: "xx" } })?.change).toEqual({ filter: null });
  expect(found({ colour: { by: "concern" } })?.change).toEqual({ colour: { by: "cluster" } });
  expect(found({ colour: { by: "attribute", attribute: "plan", value: null } })?.named).toEqual([
    "the colours “Plan”",
  ]);
});

it("of a filter of two what is known stays", () => {
  const [es, june, july] = [
    { attribute: "language", value: "es" },
    { attribute: "month", value: "2026-06" },
    { attribute: "month", value: "2026-07" },
  ];
  expect(found({ filter: { ...es, and: june } })).toBeNull();
  expect(found({ filter: { ...es, and: july } })).toEqual({
    named: ["the filter “Month: Jul 2026”"],
    change: { filter: es },
  });
  expect(found({ filter: { ...july, and: es } })?.change).toEqual({ filter: es });
});

it("of a comparison the side that is known stays", () => {
  const [es, no] = [
    { attribute: "language", value: "es" },
    { attribute: "language", value: "no" },
  ];
  expect(found({ compare: { a: es, b: no } })?.change).toEqual({ compare: { a: es, b: null } });
  expect(found({ compare: { a: no, b: es } })?.change).toEqual({ compare: null });
});
