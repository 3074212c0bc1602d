import type { MapText } from "./props";

export const DEFAULT_TEXT: MapText = {
  name: "Map of clusters",
  description:
    "Dots lie where conversations are alike. The tree and the table hold the same clusters as text. " +
    "Arrow keys move the map, plus and minus zoom, 0 shows all of it, Enter selects the cluster in the middle, " +
    "Escape takes the selection back.",
  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  fit: "Show all",
};

export function defaultLegend(conversationsPerDot: number): string {
  if (conversationsPerDot === 1) return "One dot is one conversation, placed at random nearby";
  return `One dot is about ${conversationsPerDot.toLocaleString("en")} conversations, placed at random nearby`;
}
