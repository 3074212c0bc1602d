import { useEffect, useLayoutEffect, useMemo, useState } from "preact/hooks";
import { unknownIn } from "../model/known";
import type { State } from "../state/state";
import { type Store, useAddress, useStore } from "../state/store";
import { useOpened } from "./atlas_context";

/** What the address named that the atlas does not have. */
export interface Known {
  /** What the address says, without what the atlas does not have. */
  readonly store: Store;
  readonly missed: readonly string[];
  forget(): void;
}

/** Takes what the atlas does not have out of the address, and keeps its names to be told until something is chosen. */
export function useKnown(): Known {
  const { atlas, hierarchy } = useOpened();
  const state = useAddress();
  const store = useStore();
  const shown = useMemo(() => {
    const cleaned = new WeakMap<State, State>();
    const clean = (said: State) => {
      const before = cleaned.get(said);
      if (before) return before;
      const after = { ...said, ...unknownIn(said, atlas, hierarchy.levels.length)?.change };
      cleaned.set(said, after);
      return after;
    };
    return { ...store, get: () => clean(store.get()) };
  }, [store, atlas, hierarchy]);
  const [missed, setMissed] = useState<{ named: readonly string[]; at: string } | null>(null);
  const unknown = unknownIn(state, atlas, hierarchy.levels.length);
  const chosen = JSON.stringify([state.filter, state.level, state.colour, state.compare]);
  useLayoutEffect(() => {
    if (!unknown) return;
    const { filter, level, colour, compare } = { ...state, ...unknown.change };
    setMissed({ named: unknown.named, at: JSON.stringify([filter, level, colour, compare]) });
    store.set(unknown.change, true);
  });
  useEffect(() => {
    if (missed && !unknown && missed.at !== chosen) setMissed(null);
  }, [missed, chosen, unknown]);
  return { store: shown, missed: missed?.named ?? [], forget: () => setMissed(null) };
}
