import { describe, expect, it } from "vitest";
import { besides, filterName, filterOf, isHeld, narrowed, partsOf, queryOf, sizesQuery } from "./filtering";

const es = { attribute: "language", value: "es" };
const may = { attribute: "month", value: "2026-05" };
const free = { attribute: "plan", value: "free" };
const both = { ...es, and: may };

describe("a filter", () => {
  it("is its one or two values, and the other way round", () => {
    for (const filter of [null, es, both]) expect(filterOf(partsOf(filter))).toEqual(filter);
    expect([isHeld(both, "language"), isHeld(both, "month"), isHeld(both, "plan")]).toEqual([
      true,
      true,
      false,
    ]);
    expect(filterName(both)).toBe("Language: Spanish and Month: May 2026");
  });

  it("does not narrow what is counted by the attribute that it holds", () => {
    expect(queryOf("month", null)).toEqual({ attribute: "month" });
    expect(queryOf("month", es)).toEqual({ ...es, by: "month" });
    expect(queryOf("language", es)).toEqual({ attribute: "language" });
    expect(queryOf("language", both)).toEqual({ ...may, by: "language" });
    expect(queryOf("month", both)).toEqual({ ...es, by: "month" });
    expect(besides(both, "plan")).toBe(both);
  });

  it("of two leaves nothing to count a third attribute by", () => {
    expect(queryOf("plan", both)).toBeNull();
    expect(sizesQuery(es)).toEqual(es);
    expect(sizesQuery(both)).toEqual({ ...es, by: "month", byValue: "2026-05" });
  });

  it("takes a further value beside the first, in the place of its own attribute's or of the second", () => {
    expect(narrowed(null, es)).toEqual(es);
    expect(narrowed(es, may)).toEqual(both);
    expect(narrowed(es, { attribute: "language", value: "de" })).toEqual({
      attribute: "language",
      value: "de",
    });
    expect(narrowed(both, { attribute: "month", value: "2026-06" })).toEqual({
      ...es,
      and: { attribute: "month", value: "2026-06" },
    });
    expect(narrowed(both, free)).toEqual({ ...es, and: free });
  });
});
