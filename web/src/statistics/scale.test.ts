import { describe, expect, it } from "vitest";
import { expectedScale } from "./scale";

const step = (value: string, conversations: number) => ({ value, conversations });

describe("an expected scale value", () => {
  it("is the mean of what was released", () => {
    expect(expectedScale([step("1", 60), step("2", 20), step("4", 20)], 100)).toEqual({
      mean: 1.8,
      covered: 1,
    });
  });

  it("says how much of the cluster it knows, and is not told where that is less than half", () => {
    expect(expectedScale([step("1", 60)], 100)?.covered).toBe(0.6);
    expect(expectedScale([step("1", 40)], 100)).toBeNull();
    expect(expectedScale([], 100)).toBeNull();
  });

  it("leaves out what is no number", () => {
    expect(expectedScale([step("1", 60), step("unknown", 40), step("", 5)], 100)).toEqual({
      mean: 1,
      covered: 0.6,
    });
  });
});
