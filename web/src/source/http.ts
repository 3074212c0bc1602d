import { Refusal } from "./source";

const UNREACHABLE = "The server cannot be reached. It may have been stopped: start `clioscope serve` again.";

export const get = <Answer>(address: string, signal?: AbortSignal): Promise<Answer> =>
  ask<Answer>("GET", address, undefined, signal);

/** What the server answers. Throws a {@link Refusal} with its sentence where it refuses. */
export async function ask<Answer>(
  method: "GET" | "POST" | "PUT",
  address: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<Answer> {
  const response = await fetch(address, {
    method,
    signal: signal ?? null,
    headers: {
      Accept: "application/json",
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new Refusal(UNREACHABLE, 0);
  });
  if (!response.ok) throw new Refusal(await sentence(response), response.status);
  return (response.status === 204 ? undefined : await response.json()) as Answer;
}

async function sentence(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => null);
  if (body !== null && typeof body === "object" && "problem" in body && typeof body.problem === "string") {
    return body.problem;
  }
  return `The server refused this (${response.status}).`;
}
