import type { ReviewItem } from "../../api";
import type { Sheet } from "../../exports/tabular";

/** The queue in its order, with what it is ordered by. `nameOf`: of a cluster. */
export function queueSheet(items: readonly ReviewItem[], nameOf: (id: string) => string): Sheet {
  return {
    columns: ["id", "name", "state", "notes", "score", "concern_mean", "growth", "conversations"],
    rows: items.map((item) => [
      ...[item.cluster, nameOf(item.cluster), item.state, item.notes, item.score],
      ...[item.concern, item.growth, item.conversations],
    ]),
  };
}
