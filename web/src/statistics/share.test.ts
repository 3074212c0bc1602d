import { describe, expect, it } from "vitest";
import { effectiveScale, roundingBounds } from "./count";
import { countEstimate, share, shareEstimate, wilson } from "./share";
import { binomial, seeded } from "./testing/random";

const exact = { rounding: 1, noise: 0 };
const toFive = { rounding: 5, noise: 0 };
const rounded = (n: number) => Math.floor((n + 2) / 5) * 5;

describe("what a released figure may stand for", () => {
  it("is every whole number that rounds to it, halves up", () => {
    expect(roundingBounds(20, toFive)).toEqual({ low: 18, high: 22 });
    expect(roundingBounds(20, { rounding: 10, noise: 0 })).toEqual({ low: 15, high: 24 });
    expect(roundingBounds(20, exact)).toEqual({ low: 20, high: 20 });
  });

  it("is wider where noise was added, and never below 0", () => {
    const bounds = roundingBounds(20, { rounding: 1, noise: 16 });
    expect(bounds.low).toBe(0);
    expect(bounds.high).toBeCloseTo(51.4, 1);
  });
});

describe("a share", () => {
  it("is never more than all, though both counts are rounded", () => {
    expect(share(20, 15)).toBe(1);
    expect(share(20, 0)).toBe(0);
  });

  it("has Wilson's interval where figures are exact", () => {
    const interval = wilson(15, 148);
    expect(interval.low).toBeCloseTo(0.0624, 4);
    expect(interval.high).toBeCloseTo(0.1605, 4);
  });

  it("has a wider interval where figures are rounded", () => {
    const one = shareEstimate({ conversations: 20, users: null }, { conversations: 400, users: null }, exact);
    const five = shareEstimate(
      { conversations: 20, users: null },
      { conversations: 400, users: null },
      toFive,
    );
    expect(five.value).toBe(one.value);
    expect(five.low).toBeLessThan(one.low);
    expect(five.high).toBeGreaterThan(one.high);
  });

  it("has a wider interval where the same conversations come from fewer people", () => {
    const whole = { conversations: 400, users: 300 };
    const many = shareEstimate({ conversations: 40, users: 40 }, whole, exact);
    const few = shareEstimate({ conversations: 40, users: 10 }, whole, exact);
    expect(few.high - few.low).toBeGreaterThan(1.8 * (many.high - many.low));
    expect(effectiveScale({ conversations: 40, users: null })).toBe(1);
  });

  it("holds the true share at least 94 times in 100 after rounding", () => {
    const random = seeded(7);
    let held = 0;
    for (let round = 0; round < 1000; round += 1) {
      const part = { conversations: rounded(binomial(random, 300, 0.1)), users: null };
      const estimate = shareEstimate(part, { conversations: 300, users: null }, toFive);
      if (estimate.low <= 0.1 && 0.1 <= estimate.high) held += 1;
    }
    expect(held).toBeGreaterThanOrEqual(940);
  });
});

describe("a count", () => {
  it("has an interval around it that grows with its root", () => {
    const small = countEstimate({ conversations: 25, users: null }, exact);
    expect(small.low).toBeLessThan(25);
    expect(small.high).toBeGreaterThan(25);
    const large = countEstimate({ conversations: 2500, users: null }, exact);
    expect((large.high - large.low) / (small.high - small.low)).toBeCloseTo(10, 0);
  });
});
