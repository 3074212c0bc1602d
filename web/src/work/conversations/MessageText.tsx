import { useState } from "preact/hooks";
import { shortened, visibleLines } from "./texts";

const MOST = 500;

/** What somebody wrote: with its lines, isolated, and cut with all of it on demand. */
export function MessageText({ text }: { text: string }) {
  const [all, setAll] = useState(false);
  const whole = visibleLines(text);
  const short = shortened(whole, MOST);
  return (
    <>
      <bdi dir="auto" class="user-text">
        {all || short === null ? whole : `${short}…`}
      </bdi>
      {short !== null && (
        <>
          {" "}
          <button type="button" class="link-button" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? "Show less" : "Show all"}
          </button>
        </>
      )}
    </>
  );
}
