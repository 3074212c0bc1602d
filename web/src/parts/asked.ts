import { useEffect, useState } from "preact/hooks";

export interface Asked<Answer> {
  /** The last answer; that of the question before while a new one is under way. */
  readonly value: Answer | null;
  /** Whether `value` answers the question as it is now. */
  readonly current: boolean;
  readonly problem: string | null;
}

interface Held<Answer> {
  readonly key: string | null;
  readonly value: Answer | null;
  readonly problem: string | null;
}

/** Asks whenever `key` changes. What comes late, for an older question, is not shown. `null` asks nothing. */
export function useAsked<Answer>(key: string | null, ask: () => Promise<Answer>): Asked<Answer> {
  const [held, setHeld] = useState<Held<Answer>>({ key: null, value: null, problem: null });
  // `key` stands for all that `ask` closes over.
  useEffect(() => {
    if (key === null) return;
    let wanted = true;
    ask().then(
      (value) => wanted && setHeld({ key, value, problem: null }),
      (error: unknown) =>
        wanted && setHeld((before) => ({ key, value: before.value, problem: sentence(error) })),
    );
    return () => {
      wanted = false;
    };
  }, [key]);
  const isOfThis = held.key === key;
  return {
    value: held.value,
    current: isOfThis && held.problem === null,
    problem: isOfThis ? held.problem : null,
  };
}

function sentence(error: unknown): string {
  return error instanceof Error && error.message
    ? error.message
    : "Something went wrong. Load the page again.";
}
