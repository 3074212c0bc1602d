import type { AccessRules, ApiToken, Session, SessionEntry } from "../../api";
import type { TokenRequest } from "../asking";
import { isEverywhere } from "./rights";

export interface TokenForm {
  readonly label: string;
  readonly role: string;
  /** Names and patterns with commas between; empty is all. */
  readonly runs: string;
  readonly days: string;
}

export type TokenProblems = Partial<Record<keyof TokenForm, string>>;

const MOST_RUNS = 100;

/** The token that a form asks for, or what is wrong with it. */
export function readForm(
  form: TokenForm,
  session: Session,
  rules: AccessRules,
): { readonly asked: TokenRequest } | { readonly problems: TokenProblems } {
  const runs = form.runs.split(",").flatMap((one) => one.trim() || []);
  const days = Number(form.days);
  const problems: TokenProblems = {};
  if (form.label.trim() === "") problems.label = "Say what it is for.";
  if (runs.length > MOST_RUNS) problems.runs = `At most ${MOST_RUNS} of them.`;
  else if (runs.length === 0 && !isEverywhere(session, rules, form.role)) {
    problems.runs = `You are ${form.role} on some runs alone: name these.`;
  }
  if (!/^\s*\d+\s*$/.test(form.days) || days < 1 || days > rules.most_days) {
    problems.days = `A whole number from 1 to ${rules.most_days}.`;
  }
  if (Object.keys(problems).length > 0) return { problems };
  return { asked: { label: form.label.trim(), role: form.role, runs: runs.length > 0 ? runs : null, days } };
}

/** Why a token lets nobody in any more; `null` where it does. */
export function endOf(token: ApiToken, now: Date): "revoked" | "ended" | null {
  if (token.revoked !== null) return "revoked";
  return new Date(token.ends) <= now ? "ended" : null;
}

/** Sessions by person, in the order in which they come. */
export function byPerson(sessions: readonly SessionEntry[]): [string, SessionEntry[]][] {
  const found = new Map<string, SessionEntry[]>();
  for (const session of sessions) {
    found.set(session.user, [...(found.get(session.user) ?? []), session]);
  }
  return [...found];
}

export const counted = (count: number, one: string) => `${count} ${one}${count === 1 ? "" : "s"}`;
