/** What draws dots: on the GPU's API where there is one, and on a plain canvas where not. The picture is the same. */

import type { Swatch } from "../props";

export interface Drawing {
  /** Device pixels. */
  readonly width: number;
  readonly height: number;
  /** Device pixels of a side of the unit square, and where its corner lies. */
  readonly scale: number;
  readonly left: number;
  readonly top: number;
  /** Device pixels. */
  readonly radius: number;
  readonly opacity: number;
  readonly shapes: boolean;
  /** How many dots, from the first in the order of drawing. */
  readonly count: number;
}

export interface DotLayer {
  readonly kind: "webgl2" | "canvas";
  readonly canvas: HTMLCanvasElement;
  /** Float32 [n * 2], in the order of drawing. */
  setPlaces(places: Float32Array<ArrayBuffer>): void;
  /** Uint8 [n * 2]: swatch, and strength (an index into `STRENGTHS`). */
  setPaint(paint: Uint8Array<ArrayBuffer>): void;
  setSwatches(swatches: readonly Swatch[]): void;
  draw(drawing: Drawing): void;
  destroy(): void;
}

/** How strongly a dot is drawn, by its second number of paint: as ever, beside what is selected, filtered out. */
export const STRENGTHS = [1, 0.4, 0.13] as const;
