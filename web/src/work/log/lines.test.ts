import { expect, test } from "vitest";
import { detailOf, kindName } from "./lines";

test("details are told as words, and nothing as nothing", () => {
  expect(detailOf({ did: "started", options: { sample: 10, batch: false }, source: null })).toEqual([
    ["did", "started"],
    ["options", "sample: 10; batch: no"],
  ]);
  expect(detailOf({ edit: { kind: "merge", clusters: ["0-1", "0-2"] }, with_note: true })).toEqual([
    ["edit", "kind: merge; clusters: 0-1, 0-2"],
    ["with note", "yes"],
  ]);
});

test("the reason comes first, and hashes are cut", () => {
  expect(detailOf({ digest: "0123456789abcdef".repeat(4), reason: "to see why" })).toEqual([
    ["reason", "to see why"],
    ["digest", "0123456789ab…"],
  ]);
});

test("a kind that the page does not know is told as it is", () => {
  expect(kindName("sign-in")).toBe("Signed in");
  expect(kindName("something new")).toBe("something new");
});
