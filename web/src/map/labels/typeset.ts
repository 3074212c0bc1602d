/** How names of each level are written, and how much room they take. */

import type { Label } from "../props";
import type { SetName } from "./layout";
import { cleanName, directionOf, wrapName } from "./text";

export interface Type {
  /** CSS pixels. */
  readonly size: number;
  readonly weight: number;
  readonly widest: number;
}

export const FONT_FAMILY = "system-ui, sans-serif";
export const LINE_HEIGHT = 1.2;

const BASE: Type = { size: 12, weight: 500, widest: 176 };
const MIDDLE: Type = { size: 13, weight: 600, widest: 200 };
const TOP: Type = { size: 15, weight: 600, widest: 220 };

/** Levels from the third on are written alike. */
export function typeOf(level: number): Type {
  if (level === 0) return BASE;
  return level === 1 ? MIDDLE : TOP;
}

export function fontOf({ size, weight }: Type): string {
  return `${weight} ${size}px ${FONT_FAMILY}`;
}

/** Sets names once for a width of the map, and remembers them. */
export class Typesetter {
  private readonly context = document.createElement("canvas").getContext("2d");
  private readonly known = new Map<Label, SetName>();
  private measuring: Type | null = null;
  private widest = Number.POSITIVE_INFINITY;

  /** Narrow maps have narrow names. `width`: CSS pixels of the map. */
  setWidth(width: number): void {
    const widest = Math.max(width * 0.42, 90);
    if (Math.abs(widest - this.widest) > 1) this.known.clear();
    this.widest = widest;
  }

  readonly set = (label: Label): SetName => {
    const known = this.known.get(label);
    if (known) return known;
    const type = typeOf(label.level);
    const name = cleanName(label.text);
    const measure = (text: string) => this.measured(text, type);
    const lines = wrapName(name, measure, Math.min(type.widest, this.widest));
    const made = {
      lines,
      direction: directionOf(name),
      width: Math.ceil(Math.max(...lines.map(measure))),
      height: Math.ceil(lines.length * type.size * LINE_HEIGHT),
    };
    this.known.set(label, made);
    return made;
  };

  private measured(text: string, type: Type): number {
    if (!this.context) return text.length * type.size * 0.6;
    if (this.measuring !== type) this.context.font = fontOf(type);
    this.measuring = type;
    return this.context.measureText(text).width;
  }
}
