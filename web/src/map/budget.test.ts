import { expect, it } from "vitest";
import { DotBudget } from "./budget";

function afterFrames(took: number, count: number): number {
  const budget = new DotBudget();
  let allowed = 0;
  for (let frame = 0; frame < 60; frame += 1) allowed = budget.next(frame * took, count);
  return allowed;
}

it("fewer dots are drawn while frames are slow, and all of them when they are fast", () => {
  expect(afterFrames(100, 200_000)).toBeLessThan(20_000);
  expect(afterFrames(16, 200_000)).toBe(200_000);
});

it("all dots are drawn where there are few", () => {
  expect(afterFrames(300, 3_000)).toBe(3_000);
});

it("a pause between movements is not taken for a slow frame", () => {
  const budget = new DotBudget();
  const before = budget.next(0, 200_000);
  budget.rest();
  expect(budget.next(5_000, 200_000)).toBe(before);
});

it("a machine that is slow draws movements coarsely from then on", () => {
  const budget = new DotBudget();
  for (let frame = 0; frame < 60; frame += 1) budget.next(frame * 100, 200_000);
  expect(budget.coarse).toBe(true);
  expect(new DotBudget().coarse).toBe(false);
});
