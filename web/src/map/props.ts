/**
 * What the map is given and what it gives back. It knows of no server, no source and no store.
 *
 * Places are in the unit square: a cell of the grid is `1 / grid` wide, x grows to the right and y downwards.
 */

import type { Ref } from "preact";

/** Density bins, as columns: bin `i` is a box of grid cells, `x1` and `y1` outside of it. */
export interface Bins {
  /** Cells a side. */
  readonly grid: number;
  /** The base cluster of each bin: an index into `lineage` and into what is coloured by cluster. */
  readonly cluster: ArrayLike<number>;
  readonly x0: ArrayLike<number>;
  readonly y0: ArrayLike<number>;
  readonly x1: ArrayLike<number>;
  readonly y1: ArrayLike<number>;
  /** Released conversations in each bin. */
  readonly conversations: ArrayLike<number>;
}

/** For each base cluster its own id and then its ancestors', the topmost last. */
export type Lineage = readonly (readonly string[])[];

/** What a dot is drawn as once it is large enough to tell; a swatch is never told by its colour alone. */
export type Shape = "disc" | "square" | "triangle" | "diamond" | "plus" | "cross" | "ring" | "wedge" | "bar";

export interface Swatch {
  /** As `#rrggbb`. */
  readonly color: string;
  readonly shape: Shape;
}

/** Which swatch each bin, or each base cluster, has. Changing it moves no dot. */
export interface Coloring {
  readonly by: "bin" | "cluster";
  /** Indices into `swatches`, one a bin or one a base cluster. */
  readonly swatch: ArrayLike<number>;
  /** At most 256. */
  readonly swatches: readonly Swatch[];
}

/** A name to be written on the map where there is room for it. The text is not trusted. */
export interface Label {
  readonly id: string;
  readonly text: string;
  readonly x: number;
  readonly y: number;
  /** The heavier label goes first where two collide. */
  readonly weight: number;
  /** 0 is the base. */
  readonly level: number;
}

/** Colours as `#rrggbb`. */
export interface MapTheme {
  readonly background: string;
  /** Text, and the outline of what is selected. At least 4.5:1 on the background. */
  readonly ink: string;
  /** Lesser text. At least 4.5:1 on the background. */
  readonly mutedInk: string;
  /** Focus and what is pointed at. At least 3:1 on the background. */
  readonly accent: string;
  /** Lines around controls and the tooltip. */
  readonly line: string;
}

/** What is looked at: the place in the middle, and how many times larger than when all of it fits. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** What is told of a cluster when it is pointed at. Not trusted. */
export interface TooltipText {
  readonly title: string;
  readonly lines: readonly string[];
}

/** What is read out, and written on controls. */
export interface MapText {
  readonly name: string;
  /** Says where the same can be read as text, and which keys there are. */
  readonly description: string;
  readonly zoomIn: string;
  readonly zoomOut: string;
  readonly fit: string;
}

export interface ExportOptions {
  /** Provenance, written below the picture. */
  readonly caption: string;
  /** Pixels of the picture for each of the screen (PNG); 2 where it is left out. */
  readonly scale?: number;
}

/** What can be asked of a map that is shown. */
export interface DensityMapHandle {
  /** Look at one cluster of any level. */
  zoomTo(id: string): void;
  fit(): void;
  /** Pictures of what is shown at the call, also where their options come later. */
  exportPng(options: ExportOptions | Promise<ExportOptions>): Promise<Blob>;
  exportSvg(options: ExportOptions | Promise<ExportOptions>): Promise<string>;
}

export interface DensityMapProps {
  readonly bins: Bins;
  readonly lineage: Lineage;
  readonly coloring: Coloring;
  readonly labels: readonly Label[];
  /** Of any level; `null` is none. */
  readonly selected: string | null;
  readonly hovered: string | null;
  /** Base clusters to be drawn faintly (1), for a filter or a search; none where it is left out. */
  readonly faint?: ArrayLike<number>;
  /** How many conversations a dot stands for; from the bins where it is left out. */
  readonly conversationsPerDot?: number;
  /** Decides where dots lie in their bins. */
  readonly seed?: number;
  readonly theme: MapTheme;
  readonly reducedMotion: boolean;
  /** Where to look; followed when it changes to something else than was last reported. */
  readonly view?: View;
  readonly text?: Partial<MapText>;
  /** The legend's first line; "One dot is about N conversations" where it is left out. */
  readonly legend?: (conversationsPerDot: number) => string;
  readonly tooltip?: (id: string) => TooltipText | null;
  /** A cluster was chosen, the innermost that the zoom tells apart; `null`: the choice was taken back. */
  readonly onSelect: (id: string | null) => void;
  readonly onHover: (id: string | null) => void;
  /** The view came to rest. */
  readonly onView?: (view: View) => void;
  readonly handle?: Ref<DensityMapHandle>;
}
