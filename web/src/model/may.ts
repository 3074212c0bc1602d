import type { Session } from "../api";

/** What somebody may do on `run`; nothing where nobody is signed in, as in a report. */
export function mayOn(session: Session | null, run: string): Set<string> {
  return new Set(session?.runs.find((one) => one.run === run)?.may ?? session?.may ?? []);
}

/** Whether somebody may take `action` on every run that is there, and on what is of none. The server asks for more: on any to come. */
export function mayOnEvery(session: Session, action: string): boolean {
  const all: readonly (readonly string[])[] = [session.may, ...session.runs.map((one) => one.may)];
  return all.every((may) => may.includes(action));
}

/** What somebody may do on some run at least. */
export function mayAnywhere(session: Session | null): Set<string> {
  return new Set([...(session?.may ?? []), ...(session?.runs ?? []).flatMap((one) => one.may)]);
}
