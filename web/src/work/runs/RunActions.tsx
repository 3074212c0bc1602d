import type { RunEntry } from "../../api";
import { INITIAL } from "../../state/state";
import { useAddress, useStore } from "../../state/store";
import { StateLink } from "../../parts/StateLink";
import { askResume, askStop } from "../asking";
import { Problem } from "../parts/Problem";
import { useSending } from "../parts/sending";

interface Props {
  readonly run: RunEntry;
  readonly canOpen: boolean;
  readonly canResume: boolean;
  readonly onChange: () => void;
}

/** Stop, resume, open, and what it told. */
export function RunActions({ run, canOpen, canResume, onChange }: Props) {
  const store = useStore();
  const { run: watched } = useAddress();
  const { sending, problem, send } = useSending();
  const act = (ask: (run: string) => Promise<RunEntry>) =>
    send(
      async () => {
        await ask(run.id);
        store.set({ run: run.id }, true);
        onChange();
      },
      () => onChange(),
    );
  const isOver = run.status !== "running" && run.status !== "stopping";
  const isWatched = watched === run.id;
  return (
    <div class="run-actions">
      {canOpen && (
        <StateLink className="button small primary" to={{ ...INITIAL, atlas: run.id }}>
          Open
        </StateLink>
      )}
      {run.status === "running" && (
        <button type="button" class="button small" disabled={sending} onClick={() => act(askStop)}>
          Stop
        </button>
      )}
      {run.status === "stopping" && <span class="note">Stopping: what is under way is waited for.</span>}
      {(run.status === "stopped" || run.status === "failed") && canResume && (
        <button type="button" class="button small primary" disabled={sending} onClick={() => act(askResume)}>
          Resume
        </button>
      )}
      {isOver && (
        <button
          type="button"
          class="button small"
          aria-expanded={isWatched}
          onClick={() => store.set({ run: isWatched ? null : run.id }, true)}
        >
          What it told
        </button>
      )}
      <Problem text={problem} />
    </div>
  );
}
