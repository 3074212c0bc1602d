import { expect, test } from "vitest";
import { costOf } from "./RunCard";

test("a cost is told, and that there was none, and that it is not known", () => {
  expect(costOf({ answers: "models", cost: 1.25 })).toContain("1.25");
  expect(costOf({ answers: "models", cost: null })).toBeNull();
  expect(costOf({ answers: "nobody", cost: 0 })).toBe("none: no model was asked");
  expect(costOf({ answers: "files", cost: 0 })).toBe("not known: answers came in files");
  expect(costOf({ answers: null, cost: null })).toBeNull();
});
