import type { MapTheme } from "./props";

/** The theme as custom properties of the map's style sheet. */
export function themeVariables(theme: MapTheme): Record<string, string> {
  return {
    "--map-background": theme.background,
    "--map-ink": theme.ink,
    "--map-muted-ink": theme.mutedInk,
    "--map-accent": theme.accent,
    "--map-line": theme.line,
  };
}
