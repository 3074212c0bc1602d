import type { ReviewItem } from "../../api";
import type { ReviewState } from "../../state/state";

export const STATE_NAMES: Record<ReviewState, string> = {
  open: "Open",
  watched: "Watched",
  closed: "Closed",
};

/** Those in `state`, and among what a search found; in the order of the queue. */
export function queueOf(
  items: readonly ReviewItem[],
  state: ReviewState | null,
  found: ReadonlySet<string> | null,
): ReviewItem[] {
  return items.filter(
    (item) => (state === null || item.state === state) && (!found || found.has(item.cluster)),
  );
}

/** How many there are in each state. */
export function countsOf(items: readonly ReviewItem[]): Record<ReviewState, number> {
  const counts = { open: 0, watched: 0, closed: 0 };
  for (const item of items) counts[item.state] += 1;
  return counts;
}
