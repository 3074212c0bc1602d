import { useState } from "preact/hooks";
import { Name, printable } from "./Name";

interface Props {
  readonly text: string;
  /** Characters. */
  readonly most: number;
  /** Whether all of it is shown, where that is remembered elsewhere, and what is called when that is to change. */
  readonly whole?: boolean;
  readonly onWhole?: (whole: boolean) => void;
}

/** A text that is cut after `most` characters, with all of it on demand. */
export function LongText({ text, most, whole, onWhole }: Props) {
  const [own, setOwn] = useState(false);
  const all = whole ?? own;
  const said = printable(text);
  if (said.length <= most) return <Name text={said} whole />;
  return (
    <>
      <span class={all ? "long-text" : ""}>
        <Name text={all ? said : `${cut(said, most)}…`} whole />
      </span>{" "}
      <button type="button" class="link-button" aria-expanded={all} onClick={() => (onWhole ?? setOwn)(!all)}>
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
