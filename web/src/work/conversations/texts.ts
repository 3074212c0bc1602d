const HIDDEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]/g;

/** `text` with its line breaks, without characters that draw nothing or reorder what stands around them. */
export const visibleLines = (text: string) =>
  text.replace(/\r\n?/g, "\n").replace(HIDDEN, "").trim() || "(empty)";

/** The first `most` signs of `text`, never half of one; `null` where it is not longer. */
export function shortened(text: string, most: number): string | null {
  if (text.length <= most) return null;
  const signs = [...text.slice(0, most * 2)];
  return signs.length <= most && text.length <= most * 2 ? null : signs.slice(0, most).join("").trimEnd();
}
