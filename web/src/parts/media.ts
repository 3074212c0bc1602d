import { useEffect, useState } from "preact/hooks";

/** Whether a media query holds, followed as it changes. */
export function useMedia(query: string): boolean {
  const [holds, setHolds] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const follow = () => setHolds(list.matches);
    follow();
    list.addEventListener("change", follow);
    return () => list.removeEventListener("change", follow);
  }, [query]);
  return holds;
}

/** Room for the tree, a view and the details beside each other; the same width as in the style sheet. */
export const useWide = () => useMedia("(min-width: 1024px)");
export const useDark = () => useMedia("(prefers-color-scheme: dark)");
export const useReducedMotion = () => useMedia("(prefers-reduced-motion: reduce)");

/** True while the page is laid out for printing, so that lists can show every row. */
export function usePrinting(): boolean {
  const [printing, setPrinting] = useState(false);
  useEffect(() => {
    const begin = () => setPrinting(true);
    const end = () => setPrinting(false);
    addEventListener("beforeprint", begin);
    addEventListener("afterprint", end);
    return () => {
      removeEventListener("beforeprint", begin);
      removeEventListener("afterprint", end);
    };
  }, []);
  return printing;
}
