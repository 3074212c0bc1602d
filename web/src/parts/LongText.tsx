import { useState } from "preact/hooks";
import { Name, printable } from "./Name";

/** A text that is cut after `most` characters, with all of it on demand. */
export function LongText({ text, most }: { text: string; most: number }) {
  const [all, setAll] = useState(false);
  const whole = printable(text);
  if (whole.length <= most) return <Name text={whole} whole />;
  return (
    <>
      <span class={all ? "long-text" : ""}>
        <Name text={all ? whole : `${cut(whole, most)}…`} whole />
      </span>{" "}
      <button type="button" class="link-button" aria-expanded={all} onClick={() => setAll(!all)}>
        {all ? "Show less" : "Show all"}
      </button>
    </>
  );
}

/** Cut between words where there are any, and never within a character. */
function cut(text: string, most: number): string {
  const short = [...text.slice(0, most + 2)].slice(0, most).join("");
  const space = short.lastIndexOf(" ");
  return space > most * 0.6 ? short.slice(0, space) : short;
}
