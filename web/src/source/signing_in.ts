import type { Session, SignedOut } from "../api";
import { ask } from "./http";
import { Refusal } from "./source";

/**
 * Leads who is not signed in to the page where one signs in, and from there back to where they are now. Where the
 * server's owner lets people in with links there is no such page, and the server's sentence says what to do.
 */
export async function leadToSignIn(): Promise<void> {
  const response = await fetch("/api/session", { headers: { Accept: "application/json" } }).catch(() => null);
  const page = response?.status === 401 ? response.headers.get("sign-in") : null;
  if (page?.startsWith("/") !== true) return;
  const here = location.pathname + location.search + location.hash;
  location.assign(`${page}?${new URLSearchParams({ next: here })}`);
}

/**
 * Ends the session. Where to go then: the page where the provider's own session ends, the page to sign in on, or `null`
 * where a link let somebody in.
 */
export async function endSession(by: Session["by"]): Promise<string | null> {
  const ended = await ask<SignedOut>("POST", "/api/session/end").catch((error: unknown) => {
    if (error instanceof Refusal && error.status === 401) return { provider: null }; // it had ended before
    throw error;
  });
  return by === "sign-in" ? (ended.provider ?? "/login") : null;
}
