import { useState } from "preact/hooks";
import type { AuditVerdict } from "../../api";
import { formatNumber } from "../../model/words";
import { askVerdict } from "../asking";
import { Problem } from "../parts/Problem";
import { useSending } from "../parts/sending";

/** Goes through the whole log. */
export function Verify() {
  const [verdict, setVerdict] = useState<AuditVerdict | null>(null);
  const { sending, problem, send } = useSending();
  const verify = () => send(async () => setVerdict(await askVerdict()));
  return (
    <section class="verify" aria-label="Verify">
      <div class="button-line">
        <button type="button" class="button" disabled={sending} onClick={verify}>
          {sending ? "Verifying…" : "Verify the log"}
        </button>
        <span class="note">Goes through every line.</span>
      </div>
      <Problem text={problem} />
      <div role="status">{verdict && <Verdict verdict={verdict} />}</div>
    </section>
  );
}

function Verdict({ verdict }: { verdict: AuditVerdict }) {
  if (verdict.broken !== null) {
    return (
      <p class="warning">
        Line {formatNumber(verdict.broken)} is not as it was written: {verdict.why}. The{" "}
        {formatNumber(verdict.broken - 1)} before it are.
      </p>
    );
  }
  return (
    <>
      <p>
        <strong>
          {verdict.lines === 1
            ? "The one line is as it was written."
            : `All ${formatNumber(verdict.lines)} lines are as they were written.`}
        </strong>
      </p>
      <p class="note">
        Keep the hash of the last one somewhere else, and later{" "}
        <code>clioscope audit-log verify --known HASH</code> tells a log that was written anew:{" "}
        <code class="hash">{verdict.hash}</code>
      </p>
    </>
  );
}
