import { describe, expect, it } from "vitest";
import type { Bins } from "../props";
import { FOUR_BINS, randomBins, SAMPLE } from "../testing/bins";
import { chooseConversationsPerDot, type Dots, placeDots } from "./placement";

function strayDots(bins: Bins, dots: Dots): number {
  let stray = 0;
  for (let dot = 0; dot < dots.count; dot += 1) {
    const bin = dots.bin[dot] as number;
    const [x, y] = [dots.positions[dot * 2] as number, dots.positions[dot * 2 + 1] as number];
    const [left, right] = [(bins.x0[bin] as number) / bins.grid, (bins.x1[bin] as number) / bins.grid];
    const [top, bottom] = [(bins.y0[bin] as number) / bins.grid, (bins.y1[bin] as number) / bins.grid];
    if (x < left || x > right || y < top || y > bottom) stray += 1;
  }
  return stray;
}

const total = (bins: Bins) => Array.from(bins.conversations).reduce((sum, count) => sum + count, 0);

describe("dots", () => {
  it("all lie in the box of their bin", () => {
    expect(strayDots(SAMPLE.bins, placeDots(SAMPLE.bins, 1, 0))).toBe(0);
    for (const seed of [1, 2, 3]) {
      const bins = randomBins(300, seed);
      for (const perDot of [1, 5, 20]) expect(strayDots(bins, placeDots(bins, perDot, seed))).toBe(0);
    }
  });

  it("are as many as there are conversations when each is one", () => {
    const dots = placeDots(SAMPLE.bins, 1, 0);
    expect(dots.count).toBe(total(SAMPLE.bins));
    const inBins = Array.from(
      SAMPLE.bins.conversations,
      (_, bin) => dots.bin.filter((of) => of === bin).length,
    );
    expect(inBins).toEqual(Array.from(SAMPLE.bins.conversations));
  });

  it("are never more than conversations, and for each cluster at least one", () => {
    for (const perDot of [1, 2, 10, 1000]) {
      const dots = placeDots(SAMPLE.bins, perDot, 0);
      expect(dots.count).toBeLessThanOrEqual(total(SAMPLE.bins));
      const clusters = new Set(Array.from(dots.bin, (bin) => SAMPLE.bins.cluster[bin]));
      expect(clusters.size).toBe(new Set(Array.from(SAMPLE.bins.cluster)).size);
    }
  });

  it("hand what is left over of a bin on to the next of its cluster", () => {
    const dots = placeDots(FOUR_BINS, 25, 0);
    expect([...dots.first]).toEqual([0, 1, 2, 3, 6]);
  });

  it("lie where they did when drawn again, and elsewhere with another seed", () => {
    const [one, again, other] = [0, 0, 1].map((seed) => placeDots(SAMPLE.bins, 1, seed)) as [
      Dots,
      Dots,
      Dots,
    ];
    expect(again.positions).toEqual(one.positions);
    expect(again.order).toEqual(one.order);
    expect(other.positions).not.toEqual(one.positions);
  });

  it("stay where they are when another cluster goes", () => {
    const alone: Bins = { ...FOUR_BINS, cluster: [0, 0], conversations: [40, 20] };
    const with_ = placeDots(FOUR_BINS, 1, 0);
    const without = placeDots(alone, 1, 0);
    expect(without.positions).toEqual(with_.positions.slice(0, without.positions.length));
  });

  it("are drawn in an order of which every beginning is a fair sample", () => {
    const dots = placeDots(randomBins(200, 4), 1, 0);
    expect(new Set(dots.order).size).toBe(dots.count);
    const tenth = dots.order.slice(0, dots.count / 10);
    const mean = tenth.reduce((sum, dot) => sum + dot, 0) / tenth.length / dots.count;
    expect(mean).toBeGreaterThan(0.45);
    expect(mean).toBeLessThan(0.55);
  });

  it("lie closer together where bins are denser", () => {
    const bins: Bins = { ...FOUR_BINS, cluster: [0, 0, 0, 0], conversations: [400, 100, 0, 0] };
    const dots = placeDots(bins, 1, 0);
    expect(dots.first[1]).toBe(400);
    expect(dots.first[2]).toBe(500);
  });
});

describe("the number of conversations for a dot", () => {
  const bins = (conversations: number): Bins => ({ ...FOUR_BINS, conversations: [conversations] });

  it("is 1, 2 or 5 and zeros, the smallest that needs few enough dots", () => {
    expect(
      [3_615, 200_000, 200_001, 1_000_000, 4_100_000].map((n) => chooseConversationsPerDot(bins(n))),
    ).toEqual([1, 1, 2, 5, 50]);
  });
});
