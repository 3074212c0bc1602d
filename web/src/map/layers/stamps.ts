/** Shapes as pictures of their distance to the edge, from which every size is drawn with smooth edges. */

import { distanceTo, REACH, SHAPES } from "../shapes";

/** Pixels a side of one shape's picture. */
export const STAMP = 64;

/** The greatest distance that is kept, in radii. */
export const FARTHEST = 0.5;

/** Uint8 [STAMP, SHAPES.length * STAMP]: shapes side by side; 0 is far inside, 255 far outside. */
export function distancePictures(): Uint8Array<ArrayBuffer> {
  const width = SHAPES.length * STAMP;
  const picture = new Uint8Array(width * STAMP);
  SHAPES.forEach((shape, index) => {
    for (let y = 0; y < STAMP; y += 1) {
      for (let x = 0; x < STAMP; x += 1) {
        const distance = distanceTo(shape, fromPixel(x), fromPixel(y));
        const share = Math.min(Math.max(distance / FARTHEST, -1), 1) / 2 + 0.5;
        picture[y * width + index * STAMP + x] = Math.round(share * 255);
      }
    }
  });
  return picture;
}

function fromPixel(pixel: number): number {
  return ((pixel + 0.5) / STAMP) * 2 * REACH - REACH;
}
