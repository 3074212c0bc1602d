import type { AuditLine } from "../../api";

/** The kinds of lines, as the server names them, and how they are told. */
export const KINDS: readonly (readonly [string, string])[] = [
  ["sign-in", "Signed in"],
  ["failed sign-in", "Could not sign in"],
  ["sign-out", "Signed out"],
  ["role change", "Role changed"],
  ["session revoked", "Session revoked"],
  ["token made", "Token made"],
  ["token first used", "Token first used"],
  ["token revoked", "Token revoked"],
  ["export", "Exported"],
  ["reveal", "Looked at conversations"],
  ["edit", "Edited"],
  ["review", "Reviewed"],
  ["threshold change", "Thresholds changed"],
  ["run", "Started and stopped runs"],
];

export const kindName = (kind: string) => KINDS.find(([one]) => one === kind)?.[1] ?? kind;

const HASH = /^[0-9a-f]{32,}$/;

/** What is told beside, as pairs of words: nested values after each other, the reason first, nothing where there is nothing. */
export function detailOf(detail: AuditLine["detail"]): [string, string][] {
  return Object.entries(detail)
    .sort(([a], [b]) => Number(b === "reason") - Number(a === "reason"))
    .map(([key, value]): [string, string] => [key.replace(/_/g, " "), told(value)])
    .filter(([, value]) => value !== "");
}

function told(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.map(told).join(", ");
  if (typeof value === "string") return HASH.test(value) ? `${value.slice(0, 12)}…` : value;
  if (typeof value !== "object") return String(value);
  return Object.entries(value)
    .map(([key, one]) => [key.replace(/_/g, " "), told(one)])
    .filter(([, one]) => one !== "")
    .map(([key, one]) => `${key}: ${one}`)
    .join("; ");
}
