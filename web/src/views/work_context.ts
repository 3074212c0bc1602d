import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";

/** What people do beside looking: loaded when somebody first comes to it. */
export type Work = typeof import("../work");
export type LoadWork = () => Promise<Work>;

export const WorkContext = createContext<LoadWork | null>(null);

const NOT_LOADED = "A part of the page could not be loaded. Load the page again.";

let loaded: Work | null = null;

/** `work` is `null` in a report, and until it is there. `wanted`: whether it is needed now. */
export function useWork(wanted = true): { readonly work: Work | null; readonly problem: string | null } {
  const load = useContext(WorkContext);
  const [work, setWork] = useState(loaded);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    if (!load || !wanted || work) return;
    let here = true;
    load().then(
      (found) => {
        loaded = found;
        if (here) setWork(found);
      },
      () => here && setProblem(NOT_LOADED),
    );
    return () => {
      here = false;
    };
  }, [load, wanted, work]);
  return { work: work ?? loaded, problem };
}
