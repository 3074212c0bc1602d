/** From the unit square to the screen and back, and how a view changes. Pure functions. */

import type { Bins, View } from "./props";

/** A part of the unit square. */
export interface Bounds {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** The screen's part that the map has, in CSS pixels, and what fits into it at a zoom of 1. */
export interface Viewport {
  readonly width: number;
  readonly height: number;
  readonly bounds: Bounds;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export const FARTHEST_ZOOM = 0.7;
export const NEAREST_ZOOM = 24;
const MARGIN = 28;

/** The box around all bins. */
export function boundsOf(bins: Bins, chosen?: Iterable<number>): Bounds {
  let [x0, y0, x1, y1] = [bins.grid, bins.grid, 0, 0];
  for (const bin of chosen ?? Array.from(bins.cluster, (_, i) => i)) {
    x0 = Math.min(x0, bins.x0[bin] as number);
    y0 = Math.min(y0, bins.y0[bin] as number);
    x1 = Math.max(x1, bins.x1[bin] as number);
    y1 = Math.max(y1, bins.y1[bin] as number);
  }
  if (x1 <= x0 || y1 <= y0) return { x0: 0, y0: 0, x1: 1, y1: 1 };
  return { x0: x0 / bins.grid, y0: y0 / bins.grid, x1: x1 / bins.grid, y1: y1 / bins.grid };
}

export function sameBounds(a: Bounds, b: Bounds): boolean {
  return a.x0 === b.x0 && a.y0 === b.y0 && a.x1 === b.x1 && a.y1 === b.y1;
}

/** CSS pixels that one side of the unit square takes at a zoom of 1. */
function fittingScale(viewport: Viewport, bounds: Bounds): number {
  const width = Math.max(viewport.width - 2 * MARGIN, 40);
  const height = Math.max(viewport.height - 2 * MARGIN, 40);
  return Math.min(width / (bounds.x1 - bounds.x0), height / (bounds.y1 - bounds.y0));
}

/** CSS pixels that one side of the unit square takes. */
export function scaleOf(view: View, viewport: Viewport): number {
  return view.zoom * fittingScale(viewport, viewport.bounds);
}

/** The view in which a box fits. */
export function viewOfBox(box: Bounds, viewport: Viewport): View {
  const zoom = fittingScale(viewport, box) / fittingScale(viewport, viewport.bounds);
  return clampView({ x: (box.x0 + box.x1) / 2, y: (box.y0 + box.y1) / 2, zoom }, viewport);
}

export function fitView(viewport: Viewport): View {
  return viewOfBox(viewport.bounds, viewport);
}

/** Keeps the middle of the screen on the map, and the zoom in its limits. */
export function clampView(view: View, { bounds }: Viewport): View {
  return {
    x: clamp(view.x, bounds.x0, bounds.x1),
    y: clamp(view.y, bounds.y0, bounds.y1),
    zoom: clamp(view.zoom, FARTHEST_ZOOM, NEAREST_ZOOM),
  };
}

/** Where a place of the unit square is on the screen. */
export function toScreen(place: Point, view: View, viewport: Viewport): Point {
  const scale = scaleOf(view, viewport);
  return {
    x: (place.x - view.x) * scale + viewport.width / 2,
    y: (place.y - view.y) * scale + viewport.height / 2,
  };
}

/** Which place of the unit square is at a point of the screen. */
export function toPlace(point: Point, view: View, viewport: Viewport): Point {
  const scale = scaleOf(view, viewport);
  return {
    x: (point.x - viewport.width / 2) / scale + view.x,
    y: (point.y - viewport.height / 2) / scale + view.y,
  };
}

/** Moves the map by so many CSS pixels. */
export function panBy(view: View, dx: number, dy: number, viewport: Viewport): View {
  const scale = scaleOf(view, viewport);
  return clampView({ ...view, x: view.x - dx / scale, y: view.y - dy / scale }, viewport);
}

/** Zooms by a factor; what is at the point stays there. */
export function zoomAround(view: View, point: Point, factor: number, viewport: Viewport): View {
  const zoom = clamp(view.zoom * factor, FARTHEST_ZOOM, NEAREST_ZOOM);
  const place = toPlace(point, view, viewport);
  const scale = scaleOf({ ...view, zoom }, viewport);
  const x = place.x - (point.x - viewport.width / 2) / scale;
  const y = place.y - (point.y - viewport.height / 2) / scale;
  return clampView({ x, y, zoom }, viewport);
}

/** A view on the way from one to another, `t` from 0 to 1; a zoom around a point keeps to that point. */
export function betweenViews(from: View, to: View, t: number): View {
  if (t >= 1) return to;
  const zoom = from.zoom * (to.zoom / from.zoom) ** t;
  const inverse = 1 / to.zoom - 1 / from.zoom;
  const along = Math.abs(inverse) < 1e-6 ? t : (1 / zoom - 1 / from.zoom) / inverse;
  return { x: from.x + (to.x - from.x) * along, y: from.y + (to.y - from.y) * along, zoom };
}

/** Whether two views cannot be told apart on the screen; or, loosely, whether one may be the other cut to some digits. */
export function sameView(a: View, b: View, loosely = false): boolean {
  const near = (loosely ? 3e-3 : 1e-4) / Math.max(a.zoom, b.zoom);
  return (
    Math.abs(a.x - b.x) < near &&
    Math.abs(a.y - b.y) < near &&
    Math.abs(Math.log(a.zoom / b.zoom)) < (loosely ? 0.02 : 1e-3)
  );
}

export function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
