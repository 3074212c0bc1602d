import { expect, test } from "vitest";
import type { Cluster } from "../api";
import { scoresByLevel } from "./scores";

const cluster = (level: number, audit_score: number | null) => ({ level, audit_score }) as Cluster;

test("clusters are counted by level and score, hidden ones and those without a score too", () => {
  const hidden = { ...cluster(0, 1), hidden: true };
  const clusters = [cluster(0, 5), cluster(1, 4), cluster(0, null), cluster(0, 5), hidden];
  expect(scoresByLevel(clusters)).toEqual([
    { level: 1, clusters: 1, counts: [0, 1, 0, 0, 0, 0] },
    { level: 0, clusters: 4, counts: [2, 0, 0, 0, 1, 1] },
  ]);
});
