import type { Atlas, Cluster } from "../api";
import { type Compared } from "../model/comparing";
import { type Figure, NO_FIGURE } from "../model/figures";
import type { Period } from "../statistics/growth";
import type { Spread } from "./details_chart";
import type { Sheet } from "./tabular";

/** The clusters as the table and the tree show them. */
export function clusterSheet(clusters: readonly Cluster[], figures: ReadonlyMap<string, Figure>): Sheet {
  return {
    columns: [
      ...["id", "level", "parent_id", "name", "description", "conversations", "users", "share"],
      ...[
        "growth",
        "growth_low",
        "growth_high",
        "growth_from",
        "growth_to",
        "concern_mean",
        "concern_covered",
        "edited",
      ],
    ],
    rows: clusters.map((cluster) => {
      const { count, share, growth, concern } = figures.get(cluster.id) ?? NO_FIGURE;
      return [
        ...[cluster.id, cluster.level, cluster.parent_id, cluster.name, cluster.description],
        ...[count?.conversations ?? null, count?.users ?? null, share],
        ...[
          growth?.value ?? null,
          growth?.low ?? null,
          growth?.high ?? null,
          growth?.from ?? null,
          growth?.to ?? null,
        ],
        ...[concern?.mean ?? null, concern?.covered ?? null, cluster.edited.join(" ")],
      ];
    }),
  };
}

/** Both sides of a comparison, and how many times more common each cluster is in the first. */
export function comparisonSheet(rows: readonly Compared[], names: { a: string; b: string }): Sheet {
  return {
    columns: [
      "id",
      "name",
      "first",
      "first_conversations",
      "first_share",
      "second",
      "second_conversations",
      "second_share",
      "ratio",
      "ratio_low",
      "ratio_high",
    ],
    rows: rows.map(({ cluster, a, b, shareA, shareB, ratio }) => [
      ...[cluster.id, cluster.name],
      ...[names.a, a?.conversations ?? null, shareA],
      ...[names.b, b?.conversations ?? null, shareB],
      ...[ratio?.value ?? null, ratio?.low ?? null, ratio?.high ?? null],
    ]),
  };
}

/** Every released figure of one cluster: in all, by period, and by each attribute; `under` is the filter of each. */
export function detailsSheet(
  cluster: { readonly id: string; readonly name: string },
  count: { readonly conversations: number; readonly users: number | null } | null,
  periods: { readonly attribute: string; readonly periods: readonly Period[] } | null,
  distributions: readonly Spread[],
  under: string | null,
): Sheet {
  const row = (
    attribute: string | null,
    value: string | null,
    conversations: number | null,
    users: number | null,
    of: string | null = under,
  ) => [cluster.id, cluster.name, attribute, value, conversations, users, of] as const;
  return {
    columns: ["id", "name", "attribute", "value", "conversations", "users", "under"],
    rows: [
      row(null, null, count?.conversations ?? null, count?.users ?? null),
      ...(periods?.periods ?? []).map(({ name, part }) =>
        row(periods?.attribute ?? null, name, part?.conversations ?? null, part?.users ?? null),
      ),
      ...distributions.flatMap(({ attribute, under: of, distribution }) =>
        distribution.slices.map(({ value, count: cell }) =>
          row(attribute, value, cell.conversations, cell.users, of),
        ),
      ),
    ],
  };
}

/** What files are called, but for their ending: the run and what is in them. */
export function fileName(atlas: Atlas, what: string): string {
  return `${atlas.id}-${what}`.replace(/[^A-Za-z0-9._~-]+/g, "-");
}
