/** The map as an SVG: dots grouped by colour, fewer of them that stand for more where there would be too many. */

import { paintBins, paintDots, placesInOrder } from "../dots/paint";
import { chooseConversationsPerDot, placeDots } from "../dots/placement";
import { drawingOf } from "../drawing";
import { FONT_FAMILY, LINE_HEIGHT, typeOf } from "../labels/typeset";
import { type Drawing, STRENGTHS } from "../layers/layer";
import type { ExportOptions, Swatch } from "../props";
import { pathOf } from "../shapes";
import { CAPTION_LINE, CAPTION_MARGIN, CAPTION_SIZE, type Picture } from "./picture";
import { textBelow } from "./png";

const MOST_DOTS = 20_000;
const SEED = 0;

export function exportSvg(given: Picture, { caption }: ExportOptions): string {
  const picture = withFewerDots(given);
  const { width, height } = picture.viewport;
  const { background } = picture.theme;
  const lines = textBelow(picture, caption);
  const whole = height + 2 * CAPTION_MARGIN + lines.length * CAPTION_LINE;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${whole}" viewBox="0 0 ${width} ${whole}">`,
    `<clipPath id="map"><rect width="${width}" height="${height}"/></clipPath>`,
    `<rect width="${width}" height="${whole}" fill="${background}"/>`,
    `<g clip-path="url(#map)">${dots(picture)}${outline(picture)}</g>`,
    labels(picture),
    below(picture, lines),
    "</svg>",
  ].join("\n");
}

function withFewerDots(picture: Picture): Picture {
  const { scene } = picture;
  if (scene.dots.count <= MOST_DOTS) return picture;
  const fewer = placeDots(scene.bins, chooseConversationsPerDot(scene.bins, MOST_DOTS), SEED);
  return { ...picture, scene: { ...scene, dots: fewer } };
}

function dots({ scene, view, viewport, coloring, faint, selected }: Picture): string {
  const drawing = drawingOf(scene, view, viewport, 1, scene.dots.count);
  const places = placesInOrder(scene.dots);
  const paint = paintDots(scene.dots, paintBins(scene.bins, coloring, faint, selected));
  const groups = new Map<number, string[]>();
  for (let i = 0; i < scene.dots.count; i += 1) {
    const x = (places[i * 2] as number) * drawing.scale + drawing.left;
    const y = (places[i * 2 + 1] as number) * drawing.scale + drawing.top;
    if (x < -9 || y < -9 || x > viewport.width + 9 || y > viewport.height + 9) continue;
    const kind = (paint[i * 2] as number) * STRENGTHS.length + (paint[i * 2 + 1] as number);
    const group = groups.get(kind) ?? [];
    if (group.length === 0) groups.set(kind, group);
    group.push(`${x.toFixed(1)},${y.toFixed(1)}`);
  }
  return [...groups]
    .map(([kind, points]) => {
      const swatch = coloring.swatches[Math.floor(kind / STRENGTHS.length)];
      return swatch ? group(swatch, STRENGTHS[kind % STRENGTHS.length] ?? 1, points, drawing, kind) : "";
    })
    .join("");
}

function group(swatch: Swatch, strength: number, points: string[], drawing: Drawing, kind: number): string {
  const attributes = `fill="${swatch.color}" fill-opacity="${(drawing.opacity * strength).toFixed(2)}"`;
  if (!drawing.shapes || swatch.shape === "disc") {
    const radius = drawing.radius.toFixed(2);
    const circles = points.map((point) => {
      const [x, y] = point.split(",");
      return `<circle cx="${x}" cy="${y}" r="${radius}"/>`;
    });
    return `<g ${attributes}>${circles.join("")}</g>`;
  }
  const shape = `<path id="shape${kind}" fill-rule="evenodd" d="${pathOf(swatch.shape, drawing.radius)}"/>`;
  const uses = points.map((point) => {
    const [x, y] = point.split(",");
    return `<use href="#shape${kind}" x="${x}" y="${y}"/>`;
  });
  return `<defs>${shape}</defs><g ${attributes}>${uses.join("")}</g>`;
}

function outline({ outline: path, scene, view, viewport, theme }: Picture): string {
  if (path === "") return "";
  const drawing = drawingOf(scene, view, viewport, 1, 0);
  const cell = drawing.scale / scene.bins.grid;
  const transform = `matrix(${cell} 0 0 ${cell} ${drawing.left} ${drawing.top})`;
  return [[theme.background, 5] as const, [theme.ink, 2] as const]
    .map(
      ([color, width]) =>
        `<path d="${path}" transform="${transform}" fill="none" stroke="${color}" stroke-width="${width / cell}"/>`,
    )
    .join("");
}

function labels({ labels: placed, theme }: Picture): string {
  const paint = `fill="${theme.ink}" stroke="${theme.background}" stroke-width="4" stroke-linejoin="round"`;
  const texts = placed.flatMap(({ label, lines, direction, left, top, width }) => {
    const { size, weight } = typeOf(label.level);
    return lines.map((line, i) => {
      const place = `x="${left + width / 2}" y="${top + (i + 0.5) * size * LINE_HEIGHT}"`;
      const font = `font-size="${size}" font-weight="${weight}" direction="${direction}"`;
      return `<text ${place} ${font}>${escaped(line)}</text>`;
    });
  });
  const set = `font-family="${FONT_FAMILY}" text-anchor="middle" dominant-baseline="central" paint-order="stroke"`;
  return `<g ${set} ${paint}>${texts.join("")}</g>`;
}

function below({ theme, viewport }: Picture, lines: string[]): string {
  const texts = lines.map((line, i) => {
    const y = viewport.height + CAPTION_MARGIN + (i + 0.5) * CAPTION_LINE;
    return `<text x="${CAPTION_MARGIN}" y="${y}" dominant-baseline="central">${escaped(line)}</text>`;
  });
  return `<g font-family="${FONT_FAMILY}" font-size="${CAPTION_SIZE}" fill="${theme.mutedInk}">${texts.join("")}</g>`;
}

/** Text for XML: without what it may not hold. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
