/** Keeps a layer on the page: WebGL 2 where it can be had, and after it was taken away too often a plain canvas. */

import type { Swatch } from "../props";
import { canvasLayer } from "./canvas";
import type { DotLayer, Drawing } from "./layer";
import { webglLayer } from "./webgl";

const MOST_LOSSES = 2;

export class LayerKeeper {
  private layer: DotLayer;
  private losses = 0;
  private places = new Float32Array();
  private paint = new Uint8Array();
  private swatches: readonly Swatch[] = [];
  private background = "#ffffff";
  /** What was drawn last; `null` where something of it changed since. */
  private drawn: Drawing | null = null;

  constructor(
    private readonly host: HTMLElement,
    private readonly redraw: () => void,
  ) {
    this.layer = this.made();
  }

  setPlaces(places: Float32Array<ArrayBuffer>): void {
    this.drawn = null;
    this.places = places;
    this.layer.setPlaces(places);
  }

  setPaint(paint: Uint8Array<ArrayBuffer>): void {
    this.drawn = null;
    this.paint = paint;
    this.layer.setPaint(paint);
  }

  setSwatches(swatches: readonly Swatch[], background: string): void {
    if (background === this.background && sameSwatches(swatches, this.swatches)) return;
    this.drawn = null;
    this.swatches = swatches;
    this.background = background;
    this.layer.setSwatches(swatches);
  }

  /** Nothing is done where the same is on the screen: on a machine without a GPU all dots take a while. */
  draw(drawing: Drawing): void {
    if (this.drawn && sameDrawing(drawing, this.drawn)) return;
    this.drawn = drawing;
    this.layer.draw(drawing);
  }

  destroy(): void {
    this.layer.destroy();
  }

  private made(): DotLayer {
    const webgl = this.losses <= MOST_LOSSES ? webglLayer(this.lost) : null;
    const layer = webgl ?? canvasLayer(() => this.background);
    layer.canvas.className = "map-canvas";
    layer.canvas.dataset.drawnBy = layer.kind;
    this.host.prepend(layer.canvas);
    return layer;
  }

  private readonly lost = (): void => {
    this.losses += 1;
    this.drawn = null;
    this.layer.destroy();
    this.layer = this.made();
    this.layer.setPlaces(this.places);
    this.layer.setPaint(this.paint);
    this.layer.setSwatches(this.swatches);
    this.redraw();
  };
}

const sameDrawing = (a: Drawing, b: Drawing) =>
  (Object.keys(a) as (keyof Drawing)[]).every((key) => a[key] === b[key]);

const sameSwatches = (a: readonly Swatch[], b: readonly Swatch[]) =>
  a.length === b.length && a.every(({ color, shape }, i) => color === b[i]?.color && shape === b[i]?.shape);
