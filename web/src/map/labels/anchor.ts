import type { Label, View } from "../props";
import type { Scene } from "../scene";
import { type Point, scaleOf, toPlace, toScreen, type Viewport } from "../view";
import type { Anchor, Box } from "./layout";

/** CSS pixels from a name within which its own dots lie. */
const REACH = 26;

/** Where a label belongs in a view. */
export function anchorIn(scene: Scene, label: Label, view: View, viewport: Viewport): Anchor {
  const { owners, places } = scene;
  const { id, level } = label;
  const scale = scaleOf(view, viewport);
  const unit = (point: Point) => toPlace(point, view, viewport);
  const screen = (point: Point) => toScreen(point, view, viewport);
  const place = places.get(id);
  if (!place) {
    const { x, y } = screen(label);
    const box = { left: x, top: y, right: x, bottom: y };
    return { x, y, box, parts: [], isNearest: () => true, shareOfOthers: () => 0 };
  }
  const middle = screen(place);
  const [across, down] = [(place.width * scale) / 2, (place.height * scale) / 2];
  return {
    ...screen(label),
    box: {
      left: middle.x - across,
      top: middle.y - down,
      right: middle.x + across,
      bottom: middle.y + down,
    },
    parts: owners.partsOf(id, place).map(screen),
    isNearest: (point) => owners.isNearest(id, level, unit(point), REACH / scale),
    shareOfOthers: ({ left, top, right, bottom }: Box) => {
      const [from, to] = [unit({ x: left, y: top }), unit({ x: right, y: bottom })];
      return owners.shareOfOthers(id, level, { x0: from.x, y0: from.y, x1: to.x, y1: to.y });
    },
  };
}
