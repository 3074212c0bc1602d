/** How attributes, values and figures are written for people. */

const whole = new Intl.NumberFormat("en");
const percent = new Intl.NumberFormat("en", {
  style: "percent",
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const wholePercent = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const smallPercent = new Intl.NumberFormat("en", { style: "percent", maximumSignificantDigits: 2 });
const compact = new Intl.NumberFormat("en", { notation: "compact" });
const twoDigits = new Intl.NumberFormat("en", { minimumSignificantDigits: 2, maximumSignificantDigits: 2 });
const dollars = new Intl.NumberFormat("en", { style: "currency", currency: "USD" });
const languages = new Intl.DisplayNames("en", { type: "language", fallback: "none" });
const months = new Intl.DateTimeFormat("en", { month: "short", year: "numeric", timeZone: "UTC" });

export const NOT_RELEASED = "not released";

export const formatNumber = (n: number) => whole.format(n);
/** For axes: `400K`. */
export const formatCompact = (n: number) => compact.format(n);
export const formatShare = (n: number) => (n > 0 && n < 0.001 ? smallPercent : percent).format(n);
export const formatDollars = (n: number) => dollars.format(n);
export const formatMean = (n: number) => oneDigit.format(n);

/** A change as `+25%`; twice and more as `3.1 times`. */
export function formatChange(change: number): string {
  if (!Number.isFinite(change)) return "without end";
  if (change >= 2) return `${twoDigits.format(change + 1)}×`;
  const rounded = Math.round(change * 100) / 100;
  return `${rounded > 0 ? "+" : rounded < 0 ? "−" : "±"}${wholePercent.format(Math.abs(rounded))}`;
}

/** A ratio as `2.4×`. */
export function formatRatio(ratio: number): string {
  return Number.isFinite(ratio) ? `${twoDigits.format(ratio)}×` : "without end";
}

/** `concern` as `Concern`, `main_topic` as `Main topic`. */
export function attributeName(attribute: string): string {
  const words = attribute.replace(/_/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A value as people read it: languages and months by name, others as they are. */
export function valueName(attribute: string, value: string): string {
  if (attribute === "language" && /^[a-z]{2,3}$/.test(value)) {
    return value === "und" ? "Undetermined" : (languages.of(value) ?? value);
  }
  if (attribute === "month" && /^\d{4}-\d{2}$/.test(value))
    return months.format(new Date(`${value}-01T00:00:00Z`));
  const week = attribute === "week" && /^(\d{4})-W(\d{2})$/.exec(value);
  if (week) return `Week ${Number(week[2])}, ${week[1]}`;
  return value;
}

/** `language: Spanish`, as in a sentence. */
export function selectionName(selection: { attribute: string; value: string }): string {
  return `${attributeName(selection.attribute)}: ${valueName(selection.attribute, selection.value)}`;
}

/** The name of a level: the base clusters are the finest. */
export function levelName(level: number, levels: number): string {
  if (levels === 1) return "Clusters";
  if (level === 0) return "Base clusters";
  if (level === levels - 1) return "Top clusters";
  return levels === 3 ? "Middle clusters" : `Level ${level}`;
}

interface Exactness {
  /** What every figure is rounded to, and the largest standard deviation of its noise. */
  readonly rounding: number;
  readonly noise: number;
}

/** What leaves figures open, beside themselves. */
export const openBy = ({ noise }: Exactness) => (noise > 0 ? "sampling and noise" : "sampling and rounding");

/** How exact figures are, in a sentence. Noise is within two of its standard deviations nearly always. */
export const exactness = ({ rounding, noise }: Exactness) =>
  noise > 0
    ? `Noise moves figures by up to about ±${formatNumber(Math.round(2 * noise))}, and of people who do much a part is counted.`
    : `Figures are rounded to ${formatNumber(rounding)}.`;

export type Unit = "conversations" | "people";

/** What the figures of an atlas count. */
export const unitOf = (atlas: { readonly counted: "conversation" | "user" }): Unit =>
  atlas.counted === "user" ? "people" : "conversations";

export const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
