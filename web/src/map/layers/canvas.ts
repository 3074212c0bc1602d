/** Dots on a 2-D canvas, where there is no WebGL 2. */

import type { Swatch } from "../props";
import type { DotLayer, Drawing } from "./layer";
import { fillPixels, splat } from "./splat";

export function canvasLayer(background: () => string): DotLayer {
  return new CanvasLayer(document.createElement("canvas"), background);
}

class CanvasLayer implements DotLayer {
  readonly kind = "canvas";
  private readonly context: CanvasRenderingContext2D | null;
  private image: ImageData | null = null;
  private places = new Float32Array();
  private paint = new Uint8Array();
  private swatches: readonly Swatch[] = [];

  constructor(
    readonly canvas: HTMLCanvasElement,
    private readonly background: () => string,
  ) {
    this.context = canvas.getContext("2d", { alpha: false });
  }

  setPlaces(places: Float32Array<ArrayBuffer>): void {
    this.places = places;
  }

  setPaint(paint: Uint8Array<ArrayBuffer>): void {
    this.paint = paint;
  }

  setSwatches(swatches: readonly Swatch[]): void {
    this.swatches = swatches;
  }

  draw(drawing: Drawing): void {
    const image = this.cleared(drawing.width, drawing.height);
    splat(image.data, drawing, this.places, this.paint, this.swatches);
    this.context?.putImageData(image, 0, 0);
  }

  destroy(): void {
    this.canvas.remove();
  }

  private cleared(width: number, height: number): ImageData {
    if (this.image?.width !== width || this.image.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
      this.image = new ImageData(width, height);
    }
    fillPixels(this.image.data, this.background());
    return this.image;
  }
}
