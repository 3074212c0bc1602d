/** Which names may be written at a zoom, the most important first. */

import { type ClusterPlaces, shownClusters } from "../clusters";
import type { Label, Lineage } from "../props";

/** What was written last is kept before others of its level that are at most so much heavier. */
const KEPT_BONUS = 1.3;

/**
 * Labels of the clusters that a scale tells apart, and of those that are selected or pointed at.
 *
 * `written` are those that are on the screen now: they stay where there is a choice, so that names do not flicker.
 */
export function chooseLabels(
  labels: readonly Label[],
  lineage: Lineage,
  places: ClusterPlaces,
  scale: number,
  selected: string | null,
  written: ReadonlySet<string>,
): Label[] {
  const shown = shownClusters(lineage, places, scale);
  const rank = (label: Label) => (written.has(label.id) ? KEPT_BONUS : 1) * label.weight;
  return labels
    .filter(({ id }) => shown.has(id) || id === selected)
    .sort(
      (a, b) =>
        Number(b.id === selected) - Number(a.id === selected) || b.level - a.level || rank(b) - rank(a),
    );
}
