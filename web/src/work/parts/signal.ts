import { useEffect, useState } from "preact/hooks";

export interface Signal<Value> {
  get(): Value;
  set(value: Value): void;
  /** The value, and a new rendering whenever it changes. */
  use(): Value;
}

/** A value that parts of the page far from each other share. */
export function createSignal<Value>(first: Value): Signal<Value> {
  let value = first;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      value = next;
      for (const listener of listeners) listener();
    },
    use() {
      const [shown, setShown] = useState(value);
      useEffect(() => {
        const follow = () => setShown(value);
        listeners.add(follow);
        follow();
        return () => {
          listeners.delete(follow);
        };
      }, []);
      return shown;
    },
  };
}
