import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { formatAddress, parseAddress } from "./address";
import type { State } from "./state";

export type Change = Partial<State>;

/** One state for the whole page; the address is its only memory, so that back, forward and links work. */
export interface Store {
  get(): State;
  /** `replace`: in place of the current entry of the history, for what changes while one moves or types. */
  set(change: Change, replace?: boolean): void;
  /** The address of the state after `change`, for links. */
  link(change: Change): string;
  subscribe(listener: () => void): () => void;
}

/** `first` is the atlas that is open where the address names none. */
export function createStore(page: Window, first: string | null): Store {
  const read = () => {
    const said = parseAddress(page.location.hash);
    return said.atlas === null && first !== null ? { ...said, atlas: first } : said;
  };
  let state = read();
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of listeners) listener();
  };
  const follow = () => {
    if (formatAddress(state) === page.location.hash) return;
    state = read();
    tell();
  };
  page.addEventListener("popstate", follow);
  page.addEventListener("hashchange", follow);
  return {
    get: () => state,
    link: (change) => formatAddress(after(state, change)),
    set(change, replace = false) {
      const next = after(state, change);
      const address = formatAddress(next);
      const same = address === formatAddress(state);
      state = next;
      if (!same) {
        if (replace) page.history.replaceState(null, "", address);
        else page.history.pushState(null, "", address);
      }
      tell();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Of another cluster, a long text is cut again. */
function after(state: State, change: Change): State {
  const next = { ...state, ...change };
  return next.whole === next.cluster ? next : { ...next, whole: null };
}

export const StoreContext = createContext<Store | null>(null);

export function useStore(): Store {
  const store = useContext(StoreContext);
  if (!store) throw new Error("There is no store around this component.");
  return store;
}

/** The state, and a new rendering whenever it changes. */
export function useAddress(): State {
  const store = useStore();
  const [state, setState] = useState(store.get());
  useEffect(() => {
    setState(store.get());
    return store.subscribe(() => setState(store.get()));
  }, [store]);
  return state;
}
