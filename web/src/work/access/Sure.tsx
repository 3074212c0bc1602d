import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Problem } from "../parts/Problem";
import { useSending } from "../parts/sending";

interface Props {
  readonly label: string;
  /** What the button is of, for who does not see what stands beside it. */
  readonly of: string;
  readonly question: string;
  readonly act: () => Promise<void>;
}

/** A button for what cannot be taken back: it asks once more, and Escape is no. */
export function Sure({ label, of, question, act }: Props) {
  const [asking, setAsking] = useState(false);
  const { sending, problem, send } = useSending();
  const first = useRef<HTMLButtonElement>(null);
  const second = useRef<HTMLButtonElement>(null);
  const asked = useRef(false);
  useLayoutEffect(() => {
    if (asking) second.current?.focus();
    else if (asked.current) first.current?.focus();
    asked.current = asking;
  }, [asking]);
  if (!asking) {
    return (
      <button
        type="button"
        class="button small"
        ref={first}
        aria-label={`${label}: ${of}`}
        onClick={() => setAsking(true)}
      >
        {label}
      </button>
    );
  }
  return (
    <div
      class="sure"
      role="group"
      aria-label={`${label}: ${of}`}
      onKeyDown={(event) => event.key === "Escape" && setAsking(false)}
    >
      <span>{question}</span>
      <span class="button-row">
        <button type="button" class="button small" onClick={() => setAsking(false)}>
          Keep
        </button>
        <button
          type="button"
          class="button small primary"
          ref={second}
          disabled={sending}
          onClick={() => send(act)}
        >
          {label}
        </button>
      </span>
      <Problem text={problem} />
    </div>
  );
}
