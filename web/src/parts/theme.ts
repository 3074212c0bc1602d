import { useMemo } from "preact/hooks";
import type { Colours } from "../exports/svg";
import type { MapTheme } from "../map/props";
import { useDark } from "./media";

/** A colour of the style sheet as `#rrggbb`, which a build may have written as `#rgb`. */
function colour(name: string): string {
  const value = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  return value.replace(/^#(.)(.)(.)$/, "#$1$1$2$2$3$3");
}

/** The colours of the page for the map, followed when light and dark change. */
export function useMapTheme(): MapTheme {
  const dark = useDark();
  return useMemo(() => {
    void dark;
    return {
      background: colour("ground"),
      ink: colour("ink"),
      mutedInk: colour("muted"),
      accent: colour("accent"),
      line: colour("line"),
    };
  }, [dark]);
}

/** The colours of the page for pictures. */
export function pictureColours(): Colours {
  return {
    background: colour("ground"),
    ink: colour("ink"),
    muted: colour("muted"),
    line: colour("line"),
    accent: colour("accent"),
    second: colour("second"),
  };
}
