import { expect, test } from "vitest";
import type { Session } from "../api";
import { mayAnywhere, mayOn, mayOnEvery } from "./may";

const SESSION = {
  user: "somebody",
  role: "viewer",
  may: ["view"],
  runs: [{ run: "ours", role: "auditor", may: ["view", "read_audit_log"] }],
  by: "sign-in",
} satisfies Session;

test("a role may be of one run alone", () => {
  expect(mayOn(SESSION, "ours")).toEqual(new Set(["view", "read_audit_log"]));
  expect(mayOn(SESSION, "theirs")).toEqual(new Set(["view"]));
  expect(mayAnywhere(SESSION).has("read_audit_log")).toBe(true);
});

test("nobody may do anything where nobody is signed in", () => {
  expect([...mayOn(null, "ours"), ...mayAnywhere(null)]).toEqual([]);
});

test("what takes a right on every run is not offered to who has it on some", () => {
  expect(mayOnEvery(SESSION, "view")).toBe(true);
  expect(mayOnEvery(SESSION, "read_audit_log")).toBe(false);
  const all = { ...SESSION, may: ["view", "read_audit_log"] };
  expect(mayOnEvery(all, "read_audit_log")).toBe(true);
  const butOne = { ...all, runs: [...all.runs, { run: "theirs", role: "viewer", may: ["view"] }] };
  expect(mayOnEvery(butOne, "read_audit_log")).toBe(false);
});
