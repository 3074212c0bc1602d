/** The map as a PNG: painted anew without the GPU, so that the same view gives the same picture everywhere. */

import { paintBins, paintDots, placesInOrder } from "../dots/paint";
import { drawingOf } from "../drawing";
import { FONT_FAMILY, fontOf, LINE_HEIGHT, typeOf } from "../labels/typeset";
import { fillPixels, splat } from "../layers/splat";
import type { ExportOptions } from "../props";
import { scaleOf } from "../view";
import { captionLines } from "./caption";
import { CAPTION_LINE, CAPTION_MARGIN, CAPTION_SIZE, type Picture } from "./picture";

export async function exportPng(picture: Picture, { caption, scale = 2 }: ExportOptions): Promise<Blob> {
  const { width, height } = picture.viewport;
  const lines = textBelow(picture, caption);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round((height + 2 * CAPTION_MARGIN + lines.length * CAPTION_LINE) * scale);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser cannot draw a picture. Export the map as SVG instead.");
  context.putImageData(dotsOf(picture, scale), 0, 0);
  context.scale(scale, scale);
  context.fillStyle = picture.theme.background;
  context.fillRect(0, height, width, canvas.height);
  drawOutline(context, picture);
  drawLabels(context, picture);
  drawCaption(context, picture, lines);
  return new Promise((resolve, reject) => {
    const failed = new Error("The picture is too large for this browser. Export it at a smaller scale.");
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(failed)), "image/png");
  });
}

/** Lines of the legend and the caption. */
export function textBelow({ viewport, legend, scene }: Picture, caption: string): string[] {
  const longest = Math.max(Math.floor((viewport.width - 2 * CAPTION_MARGIN) / (CAPTION_SIZE * 0.56)), 20);
  return [legend(scene.dots.conversationsPerDot), caption].flatMap((text) => captionLines(text, longest));
}

function dotsOf(picture: Picture, scale: number): ImageData {
  const { scene, coloring, theme, viewport, view } = picture;
  const drawing = drawingOf(scene, view, viewport, scale, scene.dots.count);
  const image = new ImageData(drawing.width, drawing.height);
  fillPixels(image.data, theme.background);
  const paint = paintDots(scene.dots, paintBins(scene.bins, coloring, picture.faint, picture.selected));
  splat(image.data, drawing, placesInOrder(scene.dots), paint, coloring.swatches);
  return image;
}

function drawOutline(
  context: CanvasRenderingContext2D,
  { outline, scene, theme, view, viewport }: Picture,
): void {
  if (outline === "") return;
  const side = scaleOf(view, viewport);
  const cell = side / scene.bins.grid;
  const path = new Path2D();
  const [left, top] = [viewport.width / 2 - view.x * side, viewport.height / 2 - view.y * side];
  path.addPath(new Path2D(outline), new DOMMatrix([cell, 0, 0, cell, left, top]));
  context.save();
  context.beginPath();
  context.rect(0, 0, viewport.width, viewport.height);
  context.clip();
  for (const [color, width] of [[theme.background, 5] as const, [theme.ink, 2] as const]) {
    context.strokeStyle = color;
    context.lineWidth = width;
    context.stroke(path);
  }
  context.restore();
}

function drawLabels(context: CanvasRenderingContext2D, { labels, theme }: Picture): void {
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  for (const { label, lines, direction, left, top, width } of labels) {
    const type = typeOf(label.level);
    context.font = fontOf(type);
    context.direction = direction;
    lines.forEach((line, i) => {
      const [x, y] = [left + width / 2, top + (i + 0.5) * type.size * LINE_HEIGHT];
      context.strokeStyle = theme.background;
      context.lineWidth = 4;
      context.strokeText(line, x, y);
      context.fillStyle = theme.ink;
      context.fillText(line, x, y);
    });
  }
}

function drawCaption(context: CanvasRenderingContext2D, { theme, viewport }: Picture, lines: string[]): void {
  context.font = `${CAPTION_SIZE}px ${FONT_FAMILY}`;
  context.fillStyle = theme.mutedInk;
  context.textAlign = "left";
  context.direction = "ltr";
  const top = viewport.height + CAPTION_MARGIN;
  lines.forEach((line, i) => {
    context.fillText(line, CAPTION_MARGIN, top + (i + 0.5) * CAPTION_LINE);
  });
}
