import { describe, expect, it } from "vitest";
import { completePeriods, growth, ratioOfShares } from "./growth";
import { shareEstimate } from "./share";
import { binomial, seeded } from "./testing/random";

const precision = { rounding: 5, noise: 0 };
const of = (conversations: number) => ({ conversations, users: null });
const period = (name: string, part: number | null, whole: number) => ({
  name,
  part: part === null ? null : of(part),
  whole: of(whole),
});

describe("complete periods", () => {
  it("leave out a first and a last one that are cut off", () => {
    const sizes = [200, 1000, 1100, 1200, 300].map((n, i) => ({ name: `2026-0${i + 1}`, whole: of(n) }));
    expect(completePeriods(sizes)).toEqual(["2026-02", "2026-03", "2026-04"]);
  });

  it("are all of them where none is short, and keep a low one in the middle", () => {
    const sizes = [1000, 100, 1100].map((n, i) => ({ name: String(i), whole: of(n) }));
    expect(completePeriods(sizes)).toEqual(["0", "1", "2"]);
  });
});

describe("growth", () => {
  it("is of the share, so that a busier month is not growth", () => {
    const same = growth([period("a", 100, 1000), period("b", 200, 2000)], precision);
    expect(same?.value).toBeCloseTo(0, 10);
    expect(same && same.low < 0 && same.high > 0).toBe(true);
  });

  it("leaves no doubt where a share triples on large counts, and says between which periods", () => {
    const tripled = growth([period("a", 100, 1000), period("b", 300, 1000)], precision);
    expect(tripled).toMatchObject({ from: "a", to: "b" });
    expect(tripled?.value).toBeCloseTo(2, 10);
    expect(tripled?.low).toBeGreaterThan(1.3);
    expect(tripled?.high).toBeLessThan(3);
  });

  it("is not told where an end is not released, or there is one period alone", () => {
    expect(growth([period("a", null, 1000), period("b", 300, 1000)], precision)).toBeNull();
    expect(growth([period("a", 20, 1000)], precision)).toBeNull();
    expect(growth([], precision)).toBeNull();
  });

  it("holds the true ratio at least 94 times in 100 after rounding", () => {
    const random = seeded(11);
    const rounded = (n: number) => Math.floor((n + 2) / 5) * 5;
    let held = 0;
    for (let round = 0; round < 1000; round += 1) {
      const before = shareEstimate(of(rounded(binomial(random, 600, 0.06))), of(600), precision);
      const after = shareEstimate(of(rounded(binomial(random, 600, 0.09))), of(600), precision);
      const ratio = ratioOfShares(after, before);
      if (ratio && ratio.low <= 1.5 && 1.5 <= ratio.high) held += 1;
    }
    expect(held).toBeGreaterThanOrEqual(940);
  });

  it("has no upper end where the first share may have been nothing", () => {
    const before = { value: 0.01, low: 0, high: 0.04 };
    expect(ratioOfShares({ value: 0.02, low: 0.01, high: 0.03 }, before)?.high).toBe(
      Number.POSITIVE_INFINITY,
    );
    expect(growth([period("a", 0, 1000), period("b", 50, 1000)], precision)).toBeNull();
  });
});
