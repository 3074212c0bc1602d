const LONGEST = 300;

/** A text from an atlas: isolated, in its own direction, and cut where it is longer than any name. */
export function Name({ text, whole = false }: { text: string; whole?: boolean }) {
  const shown = printable(text);
  return <bdi dir="auto">{whole || shown.length <= LONGEST ? shown : `${shown.slice(0, LONGEST)}…`}</bdi>;
}

/** `text` without characters that draw nothing or reorder what stands around them. */
export function printable(text: string): string {
  return text.replace(HIDDEN, "").replace(/\s+/g, " ").trim() || "(no name)";
}

const HIDDEN =
  /[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]/g;
