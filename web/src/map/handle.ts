import type { MapController } from "./controller";
import { loadPictures } from "./export/load";
import type { Box } from "./labels/layout";
import type { DensityMapHandle } from "./props";

/** What can be asked of the map that a controller holds. */
export function handleOf(controller: () => MapController | null): DensityMapHandle {
  const shown = (): MapController => {
    const found = controller();
    if (!found) throw new Error("The map is not shown, so nothing can be asked of it.");
    return found;
  };
  return {
    zoomTo: (id) => shown().zoomTo(id),
    fit: () => shown().onFit(),
    async exportPng(options) {
      const picture = shown().picture();
      return (await loadPictures()).exportPng(picture, await options);
    },
    async exportSvg(options) {
      const picture = shown().picture();
      return (await loadPictures()).exportSvg(picture, await options);
    },
  };
}

/** Boxes of the map that its controls and its legend take. */
export function takenIn(container: HTMLElement | null): Box[] {
  if (!container) return [];
  const whole = container.getBoundingClientRect();
  return Array.from(container.querySelectorAll(".map-controls, .map-legend"), (element) => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    return {
      left: left - whole.left,
      top: top - whole.top,
      right: right - whole.left,
      bottom: bottom - whole.top,
    };
  });
}
