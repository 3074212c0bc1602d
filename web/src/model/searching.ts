import type { Cluster, Found } from "../api";

const MOST = 50;
const WORD = /[\p{L}\p{N}_]+/gu;

/** The clusters that hold every word of `query`, best first: in the name, with the terms, with the description. */
export function byWords(clusters: readonly Cluster[], query: string): Found[] {
  const words = query.toLowerCase().match(WORD) ?? [];
  if (words.length === 0) return [];
  const found = clusters.flatMap((cluster) => {
    const score = scoreOf(cluster, words);
    return score === null ? [] : [{ cluster, score }];
  });
  found.sort(
    (a, b) =>
      b.score - a.score ||
      (b.cluster.conversations ?? 0) - (a.cluster.conversations ?? 0) ||
      (a.cluster.id < b.cluster.id ? -1 : 1),
  );
  return found.slice(0, MOST).map(({ cluster, score }) => ({ id: cluster.id, score, by: "words" }));
}

function scoreOf(cluster: Cluster, words: readonly string[]): number | null {
  let text = "";
  const parts: [number, string][] = [
    [1, cluster.name],
    [0.9, cluster.terms.join(" ")],
    [0.75, cluster.description],
  ];
  for (const [score, part] of parts) {
    text += ` ${part.toLowerCase()}`;
    if (words.every((word) => holds(text, word))) return score;
  }
  return null;
}

/** Whether a word of `text` begins with `word`; anywhere in scripts that do not part words by spaces. */
function holds(text: string, word: string): boolean {
  if (/[^\x00-\x7f]/.test(word)) return text.includes(word);
  return new RegExp(`(?<![\\p{L}\\p{N}_])${word}`, "u").test(text);
}
