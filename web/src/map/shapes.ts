/** The shapes of dots: told once, as outlines, for the GPU, the canvas, SVG and legends alike. */

import type { Shape } from "./props";

export const SHAPES: readonly Shape[] = [
  "disc",
  "square",
  "triangle",
  "diamond",
  "plus",
  "cross",
  "ring",
  "wedge",
  "bar",
];

/** Corners of a shape in a square from -1 to 1, all of about the area of the disc; none: it is round. */
const CORNERS: Record<Shape, readonly (readonly [number, number])[]> = {
  disc: [],
  ring: [],
  square: box(0.88, 0.88),
  diamond: turned(box(0.86, 0.86), Math.PI / 4),
  triangle: turned(regular(3, 1.3), 0, 0.22),
  wedge: turned(regular(3, 1.3), Math.PI, -0.22),
  plus: plus(1.15, 0.42),
  cross: turned(plus(1.15, 0.42), Math.PI / 4),
  bar: box(1.2, 0.5),
};

const RING_WIDTH = 0.4;

/** How far a shape reaches from its middle. */
export const REACH = 1.35;

/** The distance from a point to a shape's edge, negative inside. */
export function distanceTo(shape: Shape, x: number, y: number): number {
  if (shape === "disc") return Math.hypot(x, y) - 1;
  if (shape === "ring") return Math.abs(Math.hypot(x, y) - 0.95) - RING_WIDTH / 2;
  return distanceToPolygon(CORNERS[shape], x, y);
}

/** A shape as an SVG path around the origin; a ring is its two circles, to be filled by the even-odd rule. */
export function pathOf(shape: Shape, radius: number): string {
  if (shape === "disc") return circle(radius);
  if (shape === "ring")
    return circle(radius * (0.95 + RING_WIDTH / 2)) + circle(radius * (0.95 - RING_WIDTH / 2));
  const corners = CORNERS[shape].map(([x, y]) => `${short(x * radius)} ${short(y * radius)}`);
  return `M${corners.join("L")}Z`;
}

function circle(radius: number): string {
  const r = short(radius);
  return `M${r} 0A${r} ${r} 0 1 1 -${r} 0A${r} ${r} 0 1 1 ${r} 0Z`;
}

function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function box(x: number, y: number): [number, number][] {
  return [
    [-x, -y],
    [x, -y],
    [x, y],
    [-x, y],
  ];
}

function regular(corners: number, radius: number): [number, number][] {
  return Array.from({ length: corners }, (_, i) => {
    const angle = (i / corners) * 2 * Math.PI;
    return [Math.sin(angle) * radius, -Math.cos(angle) * radius];
  });
}

function plus(long: number, wide: number): [number, number][] {
  return [
    [-wide, -long],
    [wide, -long],
    [wide, -wide],
    [long, -wide],
    [long, wide],
    [wide, wide],
    [wide, long],
    [-wide, long],
    [-wide, wide],
    [-long, wide],
    [-long, -wide],
    [-wide, -wide],
  ];
}

function turned(corners: [number, number][], angle: number, down = 0): [number, number][] {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return corners.map(([x, y]) => [x * cos - y * sin, x * sin + y * cos + down]);
}

/** After Quilez (2019), "2D distance functions": the nearest edge, and by crossings which side. */
function distanceToPolygon(corners: readonly (readonly [number, number])[], x: number, y: number): number {
  let nearest = Number.POSITIVE_INFINITY;
  let inside = false;
  corners.forEach(([ax, ay], i) => {
    const [bx, by] = corners[(i + 1) % corners.length] as readonly [number, number];
    const [ex, ey, px, py] = [bx - ax, by - ay, x - ax, y - ay];
    const along = Math.min(Math.max((px * ex + py * ey) / (ex * ex + ey * ey), 0), 1);
    nearest = Math.min(nearest, Math.hypot(px - ex * along, py - ey * along));
    if (ay > y !== by > y && x < ax + ((y - ay) / ey) * ex) inside = !inside;
  });
  return inside ? -nearest : nearest;
}
