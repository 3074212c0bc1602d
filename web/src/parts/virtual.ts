import type { RefObject } from "preact";
import { useCallback, useEffect, useLayoutEffect, useState } from "preact/hooks";
import { usePrinting } from "./media";

/** Rows that are drawn beyond the visible ones, so that scrolling shows no gap. */
const SPARE = 8;
/** More rows than these are not printed. */
const MOST_PRINTED = 400;

export interface Window {
  readonly first: number;
  /** Behind the last row. */
  readonly end: number;
  /** The room of the rows before and behind, as a style. */
  readonly room: { readonly paddingTop: string; readonly paddingBottom: string };
  reveal(index: number): void;
}

/** Which of `count` rows of `height` pixels are to be drawn in `scroller`, of which `above` pixels are not rows. */
export function useVirtual(
  scroller: RefObject<HTMLElement | null>,
  count: number,
  height: number,
  above = 0,
): Window {
  const [top, setTop] = useState(0);
  const [room, setRoom] = useState(800);
  const printing = usePrinting();
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measure = () => setRoom(element.clientHeight || 800);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller]);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const follow = () => setTop(element.scrollTop);
    element.addEventListener("scroll", follow, { passive: true });
    return () => element.removeEventListener("scroll", follow);
  }, [scroller]);
  const reveal = useCallback(
    (index: number) => {
      const element = scroller.current;
      if (!element) return;
      const start = index * height;
      if (start < element.scrollTop) element.scrollTop = start;
      else if (start + height > element.scrollTop + element.clientHeight - above) {
        element.scrollTop = start + height - element.clientHeight + above;
      }
      setTop(element.scrollTop);
    },
    [scroller, height, above],
  );
  const first = printing ? 0 : Math.max(0, Math.min(count, Math.floor(top / height)) - SPARE);
  const visible = Math.ceil(room / height) + 2 * SPARE;
  const end = Math.min(count, printing ? MOST_PRINTED : first + visible);
  const padding = {
    paddingTop: `${first * height}px`,
    paddingBottom: `${printing ? 0 : (count - end) * height}px`,
  };
  return { first, end, room: padding, reveal };
}
