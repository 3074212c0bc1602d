/** Names as text of the page above the dots: an element for each that is written, moved and faded by script. */

import type { PlacedLabel } from "../labels/layout";
import { LINE_HEIGHT, typeOf } from "../labels/typeset";

export class LabelLayer {
  private readonly elements = new Map<string, HTMLElement>();
  private readonly lines = new WeakMap<HTMLElement, readonly string[]>();
  private boxes: readonly PlacedLabel[] = [];

  constructor(private readonly host: HTMLElement) {}

  /** Ids of the clusters whose names are written. */
  get written(): ReadonlySet<string> {
    return new Set(this.elements.keys());
  }

  show(placed: readonly PlacedLabel[], selected: string | null, hovered: string | null): void {
    this.boxes = placed;
    const ids = new Set(placed.map(({ label }) => label.id));
    for (const [id, element] of this.elements) {
      if (!ids.has(id)) this.fadeOut(id, element);
    }
    for (const one of placed) {
      const element = this.elements.get(one.label.id) ?? this.made(one);
      if (this.lines.get(element) !== one.lines) this.write(element, one);
      element.style.transform = `translate(${Math.round(one.left)}px, ${Math.round(one.top)}px)`;
    }
    this.mark(selected, hovered);
  }

  /** Sets off the names of what is selected and pointed at. */
  mark(selected: string | null, hovered: string | null): void {
    for (const [id, element] of this.elements) {
      element.classList.toggle("is-selected", id === selected);
      element.classList.toggle("is-hovered", id === hovered);
    }
  }

  /** The cluster whose name is at a point of the map, in CSS pixels. */
  at(x: number, y: number): string | null {
    const hit = this.boxes.find(
      ({ left, top, width, height }) => x >= left && x <= left + width && y >= top && y <= top + height,
    );
    return hit?.label.id ?? null;
  }

  private made(one: PlacedLabel): HTMLElement {
    const element = document.createElement("div");
    element.className = "map-label";
    this.elements.set(one.label.id, element);
    this.host.append(element);
    return element;
  }

  private write(element: HTMLElement, one: PlacedLabel): void {
    const type = typeOf(one.label.level);
    this.lines.set(element, one.lines);
    element.dir = one.direction;
    element.style.width = `${one.width}px`;
    element.style.fontSize = `${type.size}px`;
    element.style.fontWeight = String(type.weight);
    element.style.lineHeight = String(LINE_HEIGHT);
    element.replaceChildren(...one.lines.map(lineOf));
  }

  private fadeOut(id: string, element: HTMLElement): void {
    this.elements.delete(id);
    element.classList.add("is-leaving");
    const remove = () => element.remove();
    element.addEventListener("animationend", remove);
    window.setTimeout(remove, 250);
  }
}

function lineOf(text: string): HTMLElement {
  const line = document.createElement("div");
  line.textContent = text;
  return line;
}
