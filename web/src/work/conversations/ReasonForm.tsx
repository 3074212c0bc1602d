import { useId, useState } from "preact/hooks";

const LONGEST = 500;

interface Props {
  readonly label: string;
  readonly button: string;
  readonly sending: boolean;
  readonly onGive: (reason: string) => void;
}

/** A reason, typed by the person, before anything is shown. */
export function ReasonForm({ label, button, sending, onGive }: Props) {
  const [reason, setReason] = useState("");
  const id = useId();
  const isEmpty = reason.trim() === "";
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isEmpty && !sending) onGive(reason.trim());
      }}
    >
      <label class="stacked">
        <span>{label}</span>
        <textarea
          dir="auto"
          rows={2}
          maxLength={LONGEST}
          aria-describedby={id}
          value={reason}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      </label>
      <p class="note" id={id}>
        At least three different words. It is written into the audit log with your name before anything is
        read.
      </p>
      <div class="button-line">
        <button type="submit" class="button" disabled={isEmpty || sending}>
          {button}
        </button>
      </div>
    </form>
  );
}
