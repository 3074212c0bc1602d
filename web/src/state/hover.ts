import { useEffect, useState } from "preact/hooks";

/** What is pointed at, in any view. Kept apart from the store: it changes with every movement of the pointer. */
let hovered: string | null = null;
const listeners = new Set<() => void>();

export function setHovered(id: string | null): void {
  if (id === hovered) return;
  hovered = id;
  for (const listener of listeners) listener();
}

export function useHovered(): string | null {
  const [id, setId] = useState(hovered);
  useEffect(() => {
    const follow = () => setId(hovered);
    listeners.add(follow);
    return () => {
      listeners.delete(follow);
    };
  }, []);
  return id;
}
