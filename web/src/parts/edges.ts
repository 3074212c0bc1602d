import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

/**
 * Tells, as `data-more` of an element that scrolls sideways, at which of its ends there is more ("start", "end" or both),
 * so that the style sheet can let it fade there. What is current in it is brought into sight whenever `current` changes.
 */
export function useEdges(box: RefObject<HTMLElement | null>, current: string): void {
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const tell = () => {
      const { scrollLeft, scrollWidth, clientWidth } = element;
      const more = [scrollLeft > 1 && "start", scrollLeft + clientWidth < scrollWidth - 1 && "end"];
      element.dataset.more = more.filter(Boolean).join(" ");
    };
    const watching = new ResizeObserver(tell);
    watching.observe(element);
    element.addEventListener("scroll", tell, { passive: true });
    return () => {
      watching.disconnect();
      element.removeEventListener("scroll", tell);
    };
  }, []);
  useEffect(() => {
    const link = box.current?.querySelector<HTMLElement>("[aria-current]");
    link?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [current]);
}
