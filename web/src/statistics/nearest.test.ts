import { expect, it } from "vitest";
import { nearest } from "./nearest";

const place = (id: string, x: number, y: number, level = 0) => ({ id, x, y, level });

it("finds the nearest clusters of the same level, equal ones in a fixed order, and not the cluster itself", () => {
  const places = [
    place("a", 0, 0),
    place("b", 1, 0),
    place("d", 0, 2),
    place("c", 2, 0),
    place("e", 0, 0.1, 1),
  ];
  expect(nearest(places[0] as (typeof places)[0], places, 2)).toEqual(["b", "c"]);
});
