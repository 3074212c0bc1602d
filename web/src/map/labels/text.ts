/** Names made fit to be written on a map. They are not trusted: nothing in them may turn, stack or run off. */

const LONGEST = 140;

/** Letters of some scripts, and emoji, are joined or parted by these. */
const JOINERS = new Set(["\u200c", "\u200d"]);

export type Measure = (text: string) => number;
export type Direction = "ltr" | "rtl";

/** One line without control and direction characters, without stacks of marks, and not too long. */
export function cleanName(text: string): string {
  return text
    .slice(0, LONGEST * 8)
    .replace(/[\p{Cc}\s]+/gu, " ")
    .replace(/[\p{Cf}\p{Co}\p{Cs}]/gu, (hidden) => (JOINERS.has(hidden) ? hidden : ""))
    .replace(/(\p{M}{3})\p{M}+/gu, "$1")
    .trim()
    .slice(0, LONGEST);
}

/** The direction of the first letter that has one. */
export function directionOf(text: string): Direction {
  const letter = /\p{L}/u.exec(text)?.[0] ?? "";
  return /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u.test(
    letter,
  )
    ? "rtl"
    : "ltr";
}

/** A name on at most two lines of about the same length, cut with an ellipsis where it is longer. */
export function wrapName(name: string, measure: Measure, widest: number): string[] {
  if (measure(name) <= widest) return [name];
  const words = wordsOf(name).flatMap((word) =>
    measure(word.trimEnd()) > widest ? graphemesOf(word) : [word],
  );
  const whole = filled(words, measure, widest);
  const lines = whole.length > 2 ? [whole[0] as string[], cut(words, whole, measure, widest)] : whole;
  const written = whole.length > 2 ? lines : balanced(words, measure, widest, whole);
  return written.map((line) => line.join("").trim());
}

/** The narrowest two lines. */
function balanced(words: string[], measure: Measure, widest: number, whole: string[][]): string[][] {
  let [low, high, best] = [widest / 2, widest, whole];
  for (let step = 0; step < 5; step += 1) {
    const middle = (low + high) / 2;
    const tried = filled(words, measure, middle);
    if (tried.length <= 2 && tried.every((line) => measure(line.join("").trim()) <= middle)) {
      [high, best] = [middle, tried];
    } else low = middle;
  }
  return best;
}

/** Words line by line, as many on each as fit. */
function filled(words: string[], measure: Measure, widest: number): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  for (const word of words) {
    if (line.length > 0 && measure((line.join("") + word).trim()) > widest) {
      lines.push(line);
      line = [];
    }
    line.push(word);
  }
  return line.length > 0 ? [...lines, line] : lines;
}

/** What fits of the second line and an ellipsis, in whole words. */
function cut(words: string[], lines: string[][], measure: Measure, widest: number): string[] {
  const rest = words.slice((lines[0] as string[]).length);
  let kept = (lines[1] as string[]).length;
  const text = () => rest.slice(0, kept).join("").trimEnd();
  while (kept > 1 && measure(`${text()}…`) > widest) kept -= 1;
  return [`${text().replace(/\p{P}+$/u, "")}…`];
}

/** Words with the spaces behind them; languages that put none between words are broken where words end. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const { segment, isWordLike } of segmenter("word").segment(text)) {
    if (isWordLike || words.length === 0) words.push(segment);
    else words[words.length - 1] += segment;
  }
  return words;
}

function graphemesOf(text: string): string[] {
  return Array.from(segmenter("grapheme").segment(text), ({ segment }) => segment);
}

const segmenters = new Map<"word" | "grapheme", Intl.Segmenter>();

function segmenter(granularity: "word" | "grapheme"): Intl.Segmenter {
  const known = segmenters.get(granularity) ?? new Intl.Segmenter(undefined, { granularity });
  segmenters.set(granularity, known);
  return known;
}
