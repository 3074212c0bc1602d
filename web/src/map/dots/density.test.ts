import { expect, it } from "vitest";
import { FOUR_BINS, SAMPLE } from "../testing/bins";
import { affordableRounds, clusterDensity, eachRow } from "./density";
import { binsByCluster } from "./placement";

it("each bin keeps its conversations when density is smoothed", () => {
  for (const own of binsByCluster(SAMPLE.bins).values()) {
    const density = clusterDensity(SAMPLE.bins, own);
    if (!density) continue;
    for (const bin of own) {
      let total = 0;
      eachRow(SAMPLE.bins, bin, density, (from, to) => {
        for (let i = from; i < to; i += 1) total += density.values[i] as number;
      });
      expect(total).toBeCloseTo(SAMPLE.bins.conversations[bin] as number, 2);
    }
  }
});

it("density grows towards a denser neighbour", () => {
  const density = clusterDensity(FOUR_BINS, [2, 3]);
  const row = Array.from(density?.values.slice(32, 36) ?? []);
  expect(row[3]).toBeGreaterThan(row[1] as number);
});

it("bins are filled evenly where there is no neighbour to smooth towards", () => {
  expect(clusterDensity(FOUR_BINS, [0])).toBeNull();
});

it("is smoothed less where clusters are so many and wide that it would take long", () => {
  expect(affordableRounds(SAMPLE.bins, binsByCluster(SAMPLE.bins).values())).toBe(5);
  const wide = { grid: 256, cluster: [0], x0: [0], y0: [0], x1: [256], y1: [256], conversations: [20] };
  expect(affordableRounds(wide, Array(200).fill([0]))).toBe(1);
  expect(affordableRounds(wide, Array(2000).fill([0]))).toBe(0);
});
