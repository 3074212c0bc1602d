import type { Shape, Swatch } from "../map/props";

const PATHS: Record<Shape, string> = {
  disc: "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11Z",
  square: "M3 3h10v10H3Z",
  triangle: "M8 2.5 14 13H2Z",
  diamond: "M8 1.5 14.5 8 8 14.5 1.5 8Z",
  plus: "M6.3 2h3.4v4.3H14v3.4H9.7V14H6.3V9.7H2V6.3h4.3Z",
  cross: "M4.2 2 8 5.8 11.8 2 14 4.2 10.2 8 14 11.8 11.8 14 8 10.2 4.2 14 2 11.8 5.8 8 2 4.2Z",
  ring: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2Zm0 2.8a3.2 3.2 0 1 0 0 6.4 3.2 3.2 0 0 0 0-6.4Z",
  wedge: "M2 3h12L8 13.5Z",
  bar: "M2 6h12v4H2Z",
};

/** A swatch: colour and shape together, so that neither alone has to be told. */
export function Mark({ swatch }: { swatch: Swatch }) {
  return (
    <svg class="mark" viewBox="0 0 16 16" width="12" height="12" aria-hidden="true" focusable="false">
      <path d={PATHS[swatch.shape]} fill={swatch.color} />
    </svg>
  );
}
