import type { Label } from "../src/map/props";

const NAMES = [
  '<img src=x onerror="window.broken=1"><script>window.broken=1</script>',
  "\u202eesrever ni nettirw saw siht\u202c and goes on",
  `=HYPERLINK("http://example.com")`,
  "x".repeat(10_000),
  "מכתבים ללקוחות עם שאלות על תשלום",
  "أسئلة عن السفر إلى بلدان بعيدة مع الأطفال 2024",
  "回答日常问题并翻译简短的文字给家人和朋友们阅读",
  `Z${"\u0301".repeat(300)}algo names`,
  "line\nbreaks\tand\u0000nothing",
  "\ud800 lone surrogates \udfff",
  "   ",
  "👩‍👩‍👧‍👦 family emoji 👩‍👩‍👧‍👦 again 👩‍👩‍👧‍👦",
];

/** The same labels with names that nobody would want. */
export function hostileNames(labels: readonly Label[]): Label[] {
  return labels.map((label, i) => ({ ...label, text: NAMES[i % NAMES.length] as string }));
}
