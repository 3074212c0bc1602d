import { describe, expect, it } from "vitest";
import { SAMPLE } from "./testing/bins";
import {
  betweenViews,
  boundsOf,
  fitView,
  NEAREST_ZOOM,
  panBy,
  scaleOf,
  toPlace,
  toScreen,
  type Viewport,
  viewOfBox,
  zoomAround,
} from "./view";

const viewport: Viewport = { width: 900, height: 600, bounds: boundsOf(SAMPLE.bins) };
const view = { x: 0.4, y: 0.6, zoom: 3 };

describe("a view", () => {
  it("goes to the screen and back", () => {
    const place = { x: 0.37, y: 0.71 };
    const back = toPlace(toScreen(place, view, viewport), view, viewport);
    expect(back.x).toBeCloseTo(place.x, 10);
    expect(back.y).toBeCloseTo(place.y, 10);
  });

  it("of everything has every bin on the screen, at a zoom of 1", () => {
    for (const size of [viewport, { ...viewport, width: 320 }, { ...viewport, height: 200 }]) {
      const fitted = fitView(size);
      expect(fitted.zoom).toBeCloseTo(1, 10);
      const { x0, y0, x1, y1 } = size.bounds;
      for (const corner of [
        toScreen({ x: x0, y: y0 }, fitted, size),
        toScreen({ x: x1, y: y1 }, fitted, size),
      ]) {
        expect(corner.x).toBeGreaterThanOrEqual(0);
        expect(corner.x).toBeLessThanOrEqual(size.width);
        expect(corner.y).toBeGreaterThanOrEqual(0);
        expect(corner.y).toBeLessThanOrEqual(size.height);
      }
    }
  });

  it("of one box has that box on the screen", () => {
    const box = { x0: 0.2, y0: 0.3, x1: 0.3, y1: 0.35 };
    const near = viewOfBox(box, viewport);
    expect(toScreen({ x: 0.2, y: 0.3 }, near, viewport).x).toBeGreaterThan(0);
    expect(toScreen({ x: 0.3, y: 0.35 }, near, viewport).x).toBeLessThan(900);
    expect(near.zoom).toBeGreaterThan(5);
  });

  it("keeps what is under the pointer there when it is zoomed", () => {
    const pointer = { x: 200, y: 450 };
    const before = toPlace(pointer, view, viewport);
    const after = toPlace(pointer, zoomAround(view, pointer, 1.7, viewport), viewport);
    expect(after.x).toBeCloseTo(before.x, 10);
    expect(after.y).toBeCloseTo(before.y, 10);
  });

  it("follows the hand when it is dragged", () => {
    const moved = toScreen({ x: 0.4, y: 0.6 }, panBy(view, 50, -20, viewport), viewport);
    expect(moved.x).toBeCloseTo(500, 8);
    expect(moved.y).toBeCloseTo(280, 8);
  });

  it("is not lost, however far it is moved or zoomed", () => {
    const far = panBy(view, 1e6, -1e6, viewport);
    expect(far.x).toBe(viewport.bounds.x0);
    expect(far.y).toBe(viewport.bounds.y1);
    expect(zoomAround(view, { x: 0, y: 0 }, 1e9, viewport).zoom).toBe(NEAREST_ZOOM);
  });

  it("on its way keeps to the point around which it is zoomed", () => {
    const pointer = { x: 700, y: 100 };
    const goal = zoomAround(view, pointer, 4, viewport);
    const place = toPlace(pointer, view, viewport);
    for (const t of [0, 0.3, 0.5, 0.9, 1]) {
      const point = toScreen(place, betweenViews(view, goal, t), viewport);
      expect(point.x).toBeCloseTo(700, 6);
      expect(point.y).toBeCloseTo(100, 6);
    }
  });

  it("has the same meaning on a screen of another size", () => {
    const larger = { ...viewport, width: 1800, height: 1200 };
    const ratio = scaleOf(view, larger) / scaleOf(view, viewport);
    expect(ratio).toBeGreaterThan(1.9);
    expect(toPlace({ x: 900, y: 600 }, view, larger)).toEqual({ x: 0.4, y: 0.6 });
  });
});
