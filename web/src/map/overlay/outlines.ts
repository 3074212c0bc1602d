/** Outlines of the clusters that are selected and pointed at, as SVG above the dots. */

import type { ClusterPlaces } from "../clusters";
import { outlinePath } from "../outline";
import type { Bins } from "../props";

const SVG = "http://www.w3.org/2000/svg";

export class OutlineLayer {
  private readonly root = document.createElementNS(SVG, "svg");
  private readonly group = document.createElementNS(SVG, "g");
  private readonly hovered = this.pair("hovered");
  private readonly selected = this.pair("selected");
  private readonly known = new Map<string, string>();
  private bins: Bins | null = null;
  private places: ClusterPlaces = new Map();

  constructor(host: HTMLElement) {
    this.root.classList.add("map-outlines");
    this.root.append(this.group);
    host.append(this.root);
  }

  setBins(bins: Bins, places: ClusterPlaces): void {
    this.bins = bins;
    this.places = places;
    this.known.clear();
  }

  show(selected: string | null, hovered: string | null): void {
    this.draw(this.selected, selected);
    this.draw(this.hovered, hovered === selected ? null : hovered);
  }

  /** `scale`: CSS pixels a side of the unit square; `left`, `top`: where its corner is. */
  move(scale: number, left: number, top: number): void {
    const cell = scale / (this.bins?.grid ?? 1);
    this.group.setAttribute("transform", `matrix(${cell} 0 0 ${cell} ${left} ${top})`);
  }

  pathOf(id: string): string {
    const known = this.known.get(id);
    if (known !== undefined) return known;
    const place = this.places.get(id);
    const path = this.bins && place ? outlinePath(this.bins, place.bins) : "";
    this.known.set(id, path);
    return path;
  }

  private draw(paths: readonly SVGPathElement[], id: string | null): void {
    const path = id === null ? "" : this.pathOf(id);
    for (const element of paths) element.setAttribute("d", path);
  }

  /** A line, and a wider one behind it that parts it from the dots. */
  private pair(name: string): SVGPathElement[] {
    return ["halo", "line"].map((part) => {
      const path = document.createElementNS(SVG, "path");
      path.setAttribute("class", `map-outline-${part} is-${name}`);
      path.setAttribute("vector-effect", "non-scaling-stroke");
      this.group.append(path);
      return path;
    });
  }
}
