import { dotStyle } from "./dots/size";
import type { Drawing } from "./layers/layer";
import type { View } from "./props";
import type { Scene } from "./scene";
import { scaleOf, type Viewport } from "./view";

/** How to draw a view with `count` of the dots, at so many device pixels for each of CSS. */
export function drawingOf(
  scene: Scene,
  view: View,
  viewport: Viewport,
  ratio: number,
  count: number,
): Drawing {
  const scale = scaleOf(view, viewport);
  const style = dotStyle(count, scene.area, scale);
  return {
    width: Math.round(viewport.width * ratio),
    height: Math.round(viewport.height * ratio),
    scale: scale * ratio,
    left: (viewport.width / 2 - view.x * scale) * ratio,
    top: (viewport.height / 2 - view.y * scale) * ratio,
    radius: style.radius * ratio,
    opacity: style.opacity,
    shapes: style.shapes,
    count,
  };
}
