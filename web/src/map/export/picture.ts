import type { PlacedLabel } from "../labels/layout";
import type { Coloring, MapTheme, View } from "../props";
import type { Scene } from "../scene";
import type { Viewport } from "../view";

/** What the map shows now: all that a picture of it is made of. */
export interface Picture {
  readonly scene: Scene;
  readonly viewport: Viewport;
  readonly view: View;
  readonly coloring: Coloring;
  readonly faint: ArrayLike<number> | undefined;
  readonly selected: readonly number[] | undefined;
  /** In cells of the grid; empty where nothing is selected. */
  readonly outline: string;
  readonly labels: readonly PlacedLabel[];
  readonly theme: MapTheme;
  readonly legend: (conversationsPerDot: number) => string;
}

/** CSS pixels below the map for the legend and the caption. */
export const CAPTION_SIZE = 11;
export const CAPTION_LINE = 16;
export const CAPTION_MARGIN = 12;
