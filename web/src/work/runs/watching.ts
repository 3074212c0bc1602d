import { useEffect, useRef, useState } from "preact/hooks";
import { progressAddress } from "../asking";
import { after, EVENT_KINDS, NO_PROGRESS, type Progress } from "./progress";

/** What a run tells, from its beginning on and as it goes. `onEnd` is called when it is over. */
export function useProgress(run: string, onEnd: () => void): Progress & { readonly lost: boolean } {
  const [progress, setProgress] = useState(NO_PROGRESS);
  const [lost, setLost] = useState(false);
  const end = useRef(onEnd);
  end.current = onEnd;
  useEffect(() => {
    setProgress(NO_PROGRESS);
    const events = new EventSource(progressAddress(run));
    const tell = (event: MessageEvent<string>) => {
      // What the run says of errors and what the browser says of the connection have the same name.
      if (event.data === undefined) return setLost(true);
      const data = parsed(event.data);
      if (data) setProgress((before) => after(before, event.type, data));
      if (event.type !== "end") return;
      events.close();
      end.current();
    };
    for (const kind of EVENT_KINDS) events.addEventListener(kind, tell as EventListener);
    events.onopen = () => setLost(false);
    return () => events.close();
  }, [run]);
  return { ...progress, lost };
}

function parsed(text: unknown): Record<string, unknown> | null {
  if (typeof text !== "string") return null;
  try {
    const data: unknown = JSON.parse(text);
    return data !== null && typeof data === "object" ? (data as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
