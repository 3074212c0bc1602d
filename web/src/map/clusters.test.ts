import { describe, expect, it } from "vitest";
import { clusterPlaces, shownCluster, shownClusters } from "./clusters";
import { FOUR_BINS, SAMPLE } from "./testing/bins";

describe("clusters on the map", () => {
  const places = clusterPlaces(SAMPLE.bins, SAMPLE.lineage);

  it("have the bins of all below them", () => {
    const tops = [...places].filter(([id]) => id.startsWith("1-"));
    expect(tops.reduce((sum, [, place]) => sum + place.bins.length, 0)).toBe(SAMPLE.bins.cluster.length);
    expect(tops.reduce((sum, [, place]) => sum + place.children, 0)).toBe(SAMPLE.lineage.length);
  });

  it("are as wide as the box that they fill", () => {
    const [one] = clusterPlaces({ ...FOUR_BINS, conversations: [32, 32, 1, 1] }, [["a"], ["b"]]).values();
    expect(one).toMatchObject({ x: 0.25, y: 0.25 });
    expect(one?.width).toBeCloseTo(0.5, 10);
    expect(one?.height).toBeCloseTo(0.5, 10);
  });

  it("are the topmost from far away, and those of the base from nearby", () => {
    expect([...shownClusters(SAMPLE.lineage, places, 10)].every((id) => id.startsWith("1-"))).toBe(true);
    expect(shownClusters(SAMPLE.lineage, places, 1e5)).toEqual(new Set(SAMPLE.lineage.map(([base]) => base)));
  });

  it("open one by one as the map comes nearer, and never close", () => {
    let before = new Set<string>();
    for (let scale = 100; scale < 5000; scale *= 1.1) {
      const base = new Set(
        [...shownClusters(SAMPLE.lineage, places, scale)].filter((id) => id.startsWith("0-")),
      );
      for (const id of before) expect(base.has(id)).toBe(true);
      before = base;
    }
    expect(before.size).toBe(SAMPLE.lineage.length);
  });

  it("of no line are none", () => {
    expect(shownCluster(undefined, places, 100)).toBeNull();
    expect(shownCluster([], places, 100)).toBeNull();
  });
});
