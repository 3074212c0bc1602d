/** A small writer of SVG. Texts are escaped, so that a name stays a name. */

export interface Colours {
  readonly background: string;
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly accent: string;
  readonly second: string;
}

const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";

export function escape(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;");
}

type Attributes = Readonly<Record<string, string | number>>;

export function tag(name: string, attributes: Attributes, inside = ""): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escape(String(value))}"`);
  return `<${name}${written.join("")}>${inside}</${name}>`;
}

export function text(x: number, y: number, content: string, attributes: Attributes = {}): string {
  return tag("text", { x, y, ...attributes }, escape(content));
}

/** A picture of `width` by `height` with its title above and where it comes from below. */
export function picture(
  width: number,
  height: number,
  body: string,
  frame: { readonly title: string; readonly caption: readonly string[]; readonly colours: Colours },
): string {
  const { title, caption, colours } = frame;
  const lines = caption.flatMap((line) => wrapped(line, (width - 32) / 5.6));
  const below = lines.map((line, i) =>
    text(16, height + 56 + i * 15, line, { "font-size": 10, fill: colours.muted }),
  );
  const whole = height + 64 + lines.length * 15;
  return tag(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      width,
      height: whole,
      viewBox: `0 0 ${width} ${whole}`,
      "font-family": FONT,
      "font-size": 12,
      fill: colours.ink,
    },
    tag("rect", { width, height: whole, fill: colours.background }) +
      text(16, 26, title, { "font-size": 15, "font-weight": 600 }) +
      tag("g", { transform: "translate(0 40)" }, body) +
      below.join(""),
  );
}

/** `line` in parts of at most `most` letters, divided between words; a word that is longer is a part by itself. */
export function wrapped(line: string, most: number): string[] {
  const parts: string[] = [];
  for (const word of line.split(" ")) {
    const last = parts.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most)
      parts[parts.length - 1] = `${last} ${word}`;
    else parts.push(word);
  }
  return parts;
}

/** `content` cut to about `width` pixels at 12 pixels a letter's height. */
export function cutTo(content: string, width: number): string {
  const most = Math.floor(width / 6.4);
  const letters = [...content];
  return letters.length <= most ? content : `${letters.slice(0, most - 1).join("")}…`;
}
