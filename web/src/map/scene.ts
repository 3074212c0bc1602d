/** What is drawn: made once from what the map is given, and again where that changes. */

import { type ClusterPlaces, clusterPlaces } from "./clusters";
import { chooseConversationsPerDot, type Dots, placeDots } from "./dots/placement";
import { occupiedArea } from "./dots/size";
import { Owners } from "./labels/owners";
import { type BinPicker, binPicker } from "./pick";
import type { Bins, Lineage } from "./props";
import { type Bounds, boundsOf } from "./view";

export interface Scene {
  readonly bins: Bins;
  readonly lineage: Lineage;
  readonly dots: Dots;
  readonly places: ClusterPlaces;
  readonly bounds: Bounds;
  /** The part of the unit square that has any bin. */
  readonly area: number;
  readonly pick: BinPicker;
  readonly owners: Owners;
}

export function makeScene(
  bins: Bins,
  lineage: Lineage,
  conversationsPerDot: number | undefined,
  seed: number,
): Scene {
  const dots = placeDots(bins, conversationsPerDot ?? chooseConversationsPerDot(bins), seed);
  return {
    bins,
    lineage,
    dots,
    places: clusterPlaces(bins, lineage),
    bounds: boundsOf(bins),
    area: occupiedArea(bins),
    pick: binPicker(bins, dots),
    owners: new Owners(bins, lineage),
  };
}
