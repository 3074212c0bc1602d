import { useState } from "preact/hooks";
import { Refusal } from "../../source/source";

export interface Sending {
  readonly sending: boolean;
  readonly problem: string | null;
  /** Whether it worked. `refused` is called with the status of the answer where the server refused. */
  send(act: () => Promise<void>, refused?: (status: number) => void): Promise<boolean>;
}

/** Something that is sent to the server, once at a time, and why it was refused. */
export function useSending(): Sending {
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  return {
    sending,
    problem,
    async send(act, refused) {
      setSending(true);
      setProblem(null);
      try {
        await act();
        return true;
      } catch (error) {
        setProblem(error instanceof Error && error.message ? error.message : "Something went wrong.");
        if (error instanceof Refusal) refused?.(error.status);
        return false;
      } finally {
        setSending(false);
      }
    },
  };
}
