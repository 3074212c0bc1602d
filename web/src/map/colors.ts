/** Colours as numbers, and how well two can be told apart. */

export type Rgb = readonly [number, number, number];

/** `#rrggbb` as 0 to 255; what is not such a colour is a middle grey. */
export function parseColor(color: string): Rgb {
  const hex = /^#([0-9a-f]{6})$/i.exec(color)?.[1];
  if (!hex) return [128, 128, 128];
  const value = Number.parseInt(hex, 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

export function formatColor(rgb: Rgb): string {
  return `#${rgb.map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;
}

/** WCAG 2.2, relative luminance: 0 is black, 1 is white. */
export function luminance(color: string): number {
  const [r, g, b] = parseColor(color).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG 2.2, contrast ratio: 1 to 21. */
export function contrast(a: string, b: string): number {
  const [one, other] = [luminance(a), luminance(b)];
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}

/** The colour moved towards black or white, as little as makes its contrast with the background enough. */
export function withContrast(color: string, background: string, least: number): string {
  const goal: Rgb = luminance(background) > 0.18 ? [0, 0, 0] : [255, 255, 255];
  for (let share = 0; share < 1; share += 0.02) {
    const mixed = formatColor(mix(parseColor(color), goal, share));
    if (contrast(mixed, background) >= least) return mixed;
  }
  return formatColor(goal);
}

export function mix(from: Rgb, to: Rgb, share: number): Rgb {
  return [0, 1, 2].map(
    (i) => (from[i] as number) * (1 - share) + (to[i] as number) * share,
  ) as unknown as Rgb;
}
