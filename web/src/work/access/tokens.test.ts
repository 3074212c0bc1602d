import { expect, test } from "vitest";
import type { AccessRules, ApiToken, Session, SessionEntry } from "../../api";
import { byPerson, endOf, readForm } from "./tokens";

const RULES: AccessRules = {
  provider: "sign-on",
  roles: [
    { role: "viewer", may: ["view"] },
    { role: "analyst", may: ["view", "export"] },
  ],
  not_by_token: [],
  usual_days: 30,
  most_days: 90,
};
const SESSION: Session = { user: "ana", role: "viewer", may: ["view"], runs: [], by: "sign-in" };
const FORM = { label: " nightly export ", role: "viewer", runs: "", days: "30" };

test("a form without names of runs is for all runs", () => {
  expect(readForm(FORM, SESSION, RULES)).toEqual({
    asked: { label: "nightly export", role: "viewer", runs: null, days: 30 },
  });
});

test("names of runs are between commas", () => {
  expect(readForm({ ...FORM, role: "analyst", runs: "support-*, a b,, " }, SESSION, RULES)).toEqual({
    asked: { label: "nightly export", role: "analyst", runs: ["support-*", "a b"], days: 30 },
  });
});

test("what is wrong is told beside its field", () => {
  const wrong = readForm({ label: " ", role: "analyst", runs: " , ", days: "91" }, SESSION, RULES);
  expect(wrong).toEqual({
    problems: {
      label: "Say what it is for.",
      runs: "You are analyst on some runs alone: name these.",
      days: "A whole number from 1 to 90.",
    },
  });
  for (const days of ["", "0", "1.5", "-3", "1e1"]) {
    expect(readForm({ ...FORM, days }, SESSION, RULES)).toHaveProperty("problems.days");
  }
});

test("a token ends by itself, or is revoked", () => {
  const token = { ends: "2026-06-01T00:00:00+00:00", revoked: null } as ApiToken;
  expect(endOf(token, new Date("2026-05-31T23:59:59Z"))).toBe(null);
  expect(endOf(token, new Date("2026-06-01T00:00:00Z"))).toBe("ended");
  expect(endOf({ ...token, revoked: "2026-05-01" }, new Date("2026-07-01"))).toBe("revoked");
});

test("sessions stand with whose they are", () => {
  const of = (user: string, id: string) => ({ user, id }) as SessionEntry;
  expect(byPerson([of("a", "1"), of("__proto__", "2"), of("a", "3")])).toEqual([
    ["a", [of("a", "1"), of("a", "3")]],
    ["__proto__", [of("__proto__", "2")]],
  ]);
});
