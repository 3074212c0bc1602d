import { useEffect, useState } from "preact/hooks";
import { Icon } from "../parts/Icon";
import { printable } from "../parts/Name";
import type { Known } from "./useKnown";

interface Props {
  readonly known: Known;
  /** Why the figures that the address asks for could not be had. */
  readonly problem: string | null;
}

/** Says what of the address is not shown. */
export function Missed({ known, problem }: Props) {
  const { missed, forget } = known;
  // Only what comes into a region that is there already is read out.
  const [isThere, setIsThere] = useState(false);
  useEffect(() => setIsThere(true), []);
  return (
    <div class="missed" role="status">
      {isThere && missed.length > 0 && (
        <p class="warning">
          <span>
            The address names <bdi>{printable(missed.join(" and "))}</bdi>, which this atlas does not have.
            What is shown is without {missed.length === 1 ? "it" : "them"}.
          </span>
          <button
            type="button"
            class="button small icon-only"
            aria-label="Close this message"
            onClick={forget}
          >
            <Icon name="close" />
          </button>
        </p>
      )}
      {isThere && problem !== null && (
        <p class="warning">
          <span>{problem} What is shown is what was there before.</span>
          <button type="button" class="button small" onClick={() => location.reload()}>
            Try again
          </button>
        </p>
      )}
    </div>
  );
}
