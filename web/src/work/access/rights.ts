import type { AccessRules, Session } from "../../api";

/** What an action is called, after "may". */
const ACTIONS: Readonly<Record<string, string>> = {
  view: "look at what was released",
  export: "export",
  edit: "edit clusters",
  review: "review clusters",
  start_runs: "start runs",
  reveal: "see conversations, with a reason",
  make_tokens: "make API tokens",
  read_audit_log: "read the audit log",
  administer: "end sessions, revoke tokens",
};

export const actionName = (action: string) => ACTIONS[action] ?? action.replace(/_/g, " ");

/** All actions, in the order of the table. */
export const actionsOf = (rules: AccessRules) =>
  Object.keys(ACTIONS)
    .filter((action) => rules.roles.some((one) => one.may.includes(action)))
    .concat([...new Set(rules.roles.flatMap((one) => one.may))].filter((action) => !(action in ACTIONS)));

/** The roles that a token of one's own may have: those of which one has every right, everywhere or on some run. */
export function rolesWithin(session: Session, rules: AccessRules): string[] {
  const held = [session.may, ...session.runs.map((one) => one.may)].map((may) => new Set(may));
  return rules.roles
    .filter((role) => held.some((may) => role.may.every((action) => may.has(action))))
    .map((one) => one.role);
}

/** Whether one has every right of `role` on whatever run there is, so that a token of it needs no names of runs. */
export function isEverywhere(session: Session, rules: AccessRules, role: string): boolean {
  const rights = rules.roles.find((one) => one.role === role)?.may ?? [];
  return rights.every((action) => session.may.includes(action));
}

/** What a token of `role` may do, in words. */
export function tokenMay(rules: AccessRules, role: string): string {
  const rights = rules.roles.find((one) => one.role === role)?.may ?? [];
  return inWords(rights.filter((action) => !rules.not_by_token.includes(action)).map(actionName));
}

/** Roles on runs that are others than those elsewhere: each with its runs. */
export function otherRoles(session: Session): [string, string[]][] {
  const found = new Map<string, string[]>();
  for (const { run, role } of session.runs) {
    if (role !== session.role) found.set(role, [...(found.get(role) ?? []), run]);
  }
  return [...found];
}

export function inWords(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
