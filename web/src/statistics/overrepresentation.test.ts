import { describe, expect, it } from "vitest";
import { overrepresentation, remainder, remainderPrecision } from "./overrepresentation";
import { binomial, seeded } from "./testing/random";

const exact = { rounding: 1, noise: 0 };
const toFive = { rounding: 5, noise: 0 };
const of = (conversations: number, users: number | null = null) => ({ conversations, users });
const part = (n: number, whole: number, precision = exact) => ({ part: of(n), whole: of(whole), precision });

describe("over-representation", () => {
  it("is the ratio of the two shares with Katz's interval where figures are exact", () => {
    const ratio = overrepresentation(part(36, 60), part(20, 50));
    expect(ratio?.value).toBeCloseTo(1.5, 10);
    const error = 1.959963984540054 * Math.sqrt(1 / 36 - 1 / 60 + 1 / 20 - 1 / 50);
    expect(ratio?.low).toBeCloseTo(1.5 * Math.exp(-error), 10);
    expect(ratio?.high).toBeCloseTo(1.5 * Math.exp(error), 10);
  });

  it("turns over when the selections are changed for each other", () => {
    const there = overrepresentation(part(40, 400, toFive), part(20, 500, toFive));
    const back = overrepresentation(part(20, 500, toFive), part(40, 400, toFive));
    expect((there?.low ?? 0) * (back?.high ?? 0)).toBeCloseTo(1, 10);
  });

  it("is wider where figures are rounded or come from few people", () => {
    const plain = overrepresentation(part(20, 400), part(20, 800));
    const rounded = overrepresentation(part(20, 400, toFive), part(20, 800, toFive));
    const alike = overrepresentation(
      { part: of(20, 5), whole: of(400, 300), precision: exact },
      { part: of(20, 5), whole: of(800, 300), precision: exact },
    );
    const width = (estimate: typeof plain) => Math.log((estimate?.high ?? 0) / (estimate?.low ?? 1));
    expect(width(rounded)).toBeGreaterThan(width(plain));
    expect(width(alike)).toBeGreaterThan(1.8 * width(plain));
  });

  it("is not told of nothing", () => {
    expect(overrepresentation(part(0, 400), part(20, 800))).toBeNull();
    expect(overrepresentation(part(20, 400), part(0, 800))).toBeNull();
  });

  it("holds the true ratio at least 94 times in 100 after rounding", () => {
    const random = seeded(3);
    const rounded = (n: number) => Math.floor((n + 2) / 5) * 5;
    let held = 0;
    for (let round = 0; round < 1000; round += 1) {
      const a = part(rounded(binomial(random, 500, 0.12)), 500, toFive);
      const b = part(rounded(binomial(random, 900, 0.06)), 900, toFive);
      const ratio = overrepresentation(a, b);
      if (ratio && ratio.low <= 2 && 2 <= ratio.high) held += 1;
    }
    expect(held).toBeGreaterThanOrEqual(940);
  });
});

describe("what is left without a selection", () => {
  it("is the difference, and known only as well as both together", () => {
    expect(remainder(of(100, 60), of(30, 20))).toEqual(of(70, 40));
    expect(remainder(of(10), of(15))).toEqual(of(0));
    expect(remainderPrecision(toFive)).toEqual({ rounding: 9, noise: 0 });
  });
});
