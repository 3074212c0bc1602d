/**
 * Swatches that can be told apart by people who see colours differently, at 3:1 or more on their background.
 *
 * Okabe and Ito (2008), "Color Universal Design". Ordered and diverging colours after ColorBrewer's YlGnBu, PuOr.
 */

import { luminance, withContrast } from "./colors";
import type { Shape, Swatch } from "./props";
import { SHAPES } from "./shapes";

const OKABE_ITO = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442"];
const OTHER = "#8c8c8c";
const ORDERED = ["#9ecae1", "#4fb3c4", "#2b8cbe", "#225ea8", "#2a2f80"];
const ORDERED_DARK = ["#3f6fae", "#3f97c4", "#5cc0c8", "#9adcb4", "#f1f4ae"];
const DIVERGING = ["#5e3c99", "#9a86c4", "#8a8a8a", "#e08a2c", "#a84c00"];
const LEAST_CONTRAST = 3;

/** Up to eight categories and, last, one for all others. */
export function categorySwatches(background: string): Swatch[] {
  const black = luminance(background) > 0.18 ? "#1f1f1f" : "#efefef";
  return fitted([...OKABE_ITO, black, OTHER], SHAPES, background);
}

/** Five steps from little to much. */
export function orderedSwatches(background: string): Swatch[] {
  const dark = luminance(background) <= 0.18;
  return fitted(dark ? ORDERED_DARK : ORDERED, ["ring", "bar", "disc", "square", "diamond"], background);
}

/** Five steps from shrinking to growing, the middle being neither. */
export function divergingSwatches(background: string): Swatch[] {
  return fitted(DIVERGING, ["wedge", "wedge", "disc", "triangle", "triangle"], background);
}

function fitted(colors: readonly string[], shapes: readonly Shape[], background: string): Swatch[] {
  return colors.map((color, i) => ({
    color: withContrast(color, background, LEAST_CONTRAST),
    shape: shapes[i % shapes.length] as Shape,
  }));
}
