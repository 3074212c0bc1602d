import { describe, expect, it } from "vitest";
import { outlinePath } from "./outline";
import type { Bins } from "./props";

function boxes(...sides: [number, number, number, number][]): Bins {
  const column = (i: 0 | 1 | 2 | 3) => sides.map((side) => side[i]);
  const [x0, y0, x1, y1] = [column(0), column(1), column(2), column(3)];
  return { grid: 64, cluster: sides.map(() => 0), x0, y0, x1, y1, conversations: sides.map(() => 20) };
}

const loops = (path: string) => path.split("Z").length - 1;
const numbers = (path: string) => (path.match(/-?[\d.]+/g) ?? []).map(Number);

describe("an outline", () => {
  it("goes around a box once, inside of it", () => {
    const path = outlinePath(boxes([10, 20, 30, 40]), [0]);
    expect(loops(path)).toBe(1);
    expect(path.match(/Q/g)?.length).toBe(4);
    expect(Math.min(...numbers(path))).toBe(10);
    expect(Math.max(...numbers(path))).toBe(40);
  });

  it("joins bins that touch, and parts those that do not", () => {
    expect(loops(outlinePath(boxes([0, 0, 10, 10], [10, 0, 20, 10]), [0, 1]))).toBe(1);
    expect(loops(outlinePath(boxes([0, 0, 10, 10], [20, 0, 30, 10]), [0, 1]))).toBe(2);
  });

  it("goes around a large hole too, and not around a small one", () => {
    const ring = (hole: number) =>
      boxes([0, 0, 40, 10], [0, 10 + hole, 40, 40], [0, 10, 10, 10 + hole], [10 + hole, 10, 40, 10 + hole]);
    expect(loops(outlinePath(ring(10), [0, 1, 2, 3]))).toBe(2);
    expect(loops(outlinePath(ring(2), [0, 1, 2, 3]))).toBe(1);
  });

  it("ends where bins touch at a corner only", () => {
    expect(loops(outlinePath(boxes([0, 0, 10, 10], [10, 10, 20, 20]), [0, 1]))).toBe(2);
    expect(loops(outlinePath(boxes([10, 0, 20, 10], [0, 10, 10, 20]), [0, 1]))).toBe(2);
  });

  it("keeps to the edge of the grid", () => {
    expect(numbers(outlinePath(boxes([0, 0, 64, 64]), [0])).every((n) => n >= 0 && n <= 64)).toBe(true);
  });
});
