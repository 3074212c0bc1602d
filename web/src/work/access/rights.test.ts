import { expect, test } from "vitest";
import type { AccessRules, Session } from "../../api";
import { actionName, actionsOf, isEverywhere, otherRoles, rolesWithin, tokenMay } from "./rights";

const RULES: AccessRules = {
  provider: null,
  roles: [
    { role: "viewer", may: ["view", "make_tokens"] },
    { role: "analyst", may: ["view", "export", "edit", "make_tokens"] },
    { role: "auditor", may: ["view", "read_audit_log", "make_tokens", "something_new"] },
  ],
  not_by_token: ["make_tokens"],
  usual_days: 30,
  most_days: 365,
};

const SESSION: Session = {
  user: "ana",
  role: "viewer",
  may: ["view", "make_tokens"],
  runs: [
    { run: "ours", role: "analyst", may: ["view", "export", "edit", "make_tokens"] },
    { run: "theirs", role: "viewer", may: ["view", "make_tokens"] },
    { run: "more", role: "analyst", may: ["view", "export", "edit", "make_tokens"] },
  ],
  by: "sign-in",
};

test("a token has a role of which its maker has every right somewhere", () => {
  expect(rolesWithin(SESSION, RULES)).toEqual(["viewer", "analyst"]);
  expect(isEverywhere(SESSION, RULES, "viewer")).toBe(true);
  expect(isEverywhere(SESSION, RULES, "analyst")).toBe(false);
});

test("two roles together hold what neither does alone", () => {
  const both = { ...SESSION, may: [...(RULES.roles[1]?.may ?? []), ...(RULES.roles[2]?.may ?? [])] };
  expect(rolesWithin(both, RULES)).toEqual(["viewer", "analyst", "auditor"]);
});

test("roles on runs are told where they are others", () => {
  expect(otherRoles(SESSION)).toEqual([["analyst", ["ours", "more"]]]);
});

test("what a token may is told without what no token may", () => {
  expect(tokenMay(RULES, "viewer")).toBe("look at what was released");
  expect(tokenMay(RULES, "analyst")).toBe("look at what was released, export and edit clusters");
});

test("an action that the page does not know comes last, as it is called", () => {
  expect(actionsOf(RULES)).toEqual([
    "view",
    "export",
    "edit",
    "make_tokens",
    "read_audit_log",
    "something_new",
  ]);
  expect(actionName("something_new")).toBe("something new");
});
