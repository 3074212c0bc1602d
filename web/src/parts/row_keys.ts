import { useState } from "preact/hooks";

/** Arrow keys go from row to row of `[data-row]`; one row can be reached by Tab. */
export function useRowKeys(
  ids: readonly string[],
  selected: string | null,
  scroller: { readonly current: HTMLElement | null },
  reveal: (index: number) => void,
) {
  const [moved, setMoved] = useState<string | null>(null);
  const known = (id: string | null) => (id !== null && ids.includes(id) ? id : null);
  const active = known(moved) ?? known(selected) ?? ids[0] ?? null;
  const move = (to: number) => {
    const id = ids[to];
    if (id === undefined) return;
    setMoved(id);
    reveal(to);
    const row = () => scroller.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(id)}"]`);
    const focus = () => row()?.focus({ preventScroll: true });
    // At once where it is drawn already, or a key that follows quickly would reach the row before.
    if (row()) focus();
    else requestAnimationFrame(focus);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const at = active === null ? -1 : ids.indexOf(active);
    const steps: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: ids.length - 1,
    };
    const to = steps[event.key];
    if (to === undefined || ids[to] === undefined || !(event.target as HTMLElement).closest("[data-row]"))
      return;
    event.preventDefault();
    move(to);
  };
  return { active, move, onKeyDown };
}
