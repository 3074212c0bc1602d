import { useLayoutEffect, useRef, useState } from "preact/hooks";

/** A token that was just made: told this once, and not kept. */
export function NewToken({ secret, onDone }: { secret: string; onDone: () => void }) {
  const [said, setSaid] = useState("");
  const button = useRef<HTMLButtonElement>(null);
  const text = useRef<HTMLElement>(null);
  useLayoutEffect(() => button.current?.focus(), []);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(secret);
      setSaid("Copied.");
    } catch {
      if (text.current) getSelection()?.selectAllChildren(text.current);
      setSaid("The browser does not let the page copy: it is selected, copy it by hand.");
    }
  };
  return (
    <section class="panel" aria-label="The new token">
      <p>
        <strong>Copy the token now.</strong> It is shown this once and not kept.
      </p>
      <code class="secret" ref={text}>
        {secret}
      </code>
      <div class="button-line">
        <button type="button" class="button primary" ref={button} onClick={copy}>
          Copy
        </button>
        <button type="button" class="button" onClick={onDone}>
          Done
        </button>
        <span class="note" role="status">
          {said}
        </span>
      </div>
      <p class="note">
        Send it as <code>Authorization: Bearer TOKEN</code>.
      </p>
    </section>
  );
}
