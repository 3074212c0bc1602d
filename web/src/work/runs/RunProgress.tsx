import type { RunEntry } from "../../api";
import { formatNumber, formatShare } from "../../model/words";
import { Icon } from "../../parts/Icon";
import { LongText } from "../../parts/LongText";
import { isUnderWay } from "./listing";
import { formatSeconds, partOf, type Stage } from "./progress";
import { useProgress } from "./watching";

/** The stages of a run as they go on, and what it says. */
export function RunProgress({ run, onEnd }: { run: RunEntry; onEnd: () => void }) {
  const live = isUnderWay(run);
  const { stages, notes, errors, lost } = useProgress(run.id, () => live && onEnd());
  const now = stages.findLast((stage) => stage.state === "under way");
  return (
    <section class="progress" aria-label="Progress">
      <p class="hidden" role="status">
        {live && now && `${now.name} is under way`}
      </p>
      {stages.length === 0 && <p class="note">{live ? "Starting…" : "It told nothing."}</p>}
      <ol class="stages">
        {stages.map((stage, i) => (
          <StageLine key={i} stage={stage} live={live} />
        ))}
      </ol>
      {[...notes, ...errors].map((text, i) => (
        <p key={i} class="note user-text">
          <LongText text={text} most={300} />
        </p>
      ))}
      {lost && live && <p class="note">The connection was lost. Trying again…</p>}
    </section>
  );
}

function StageLine({ stage, live }: { stage: Stage; live: boolean }) {
  const part = partOf(stage);
  const isDone = stage.state === "done";
  return (
    <li class={`stage ${isDone ? "done" : ""}`}>
      <span class="stage-mark">
        {isDone ? <Icon name="done" /> : <span class={live ? "pulse" : "halted"} aria-hidden="true" />}
      </span>
      <span class="stage-name">
        {stage.name}
        <span class="hidden">{isDone ? ", done" : live ? ", under way" : ", not finished"}</span>
      </span>
      {isDone ? (
        <span class="note figure">{stage.seconds !== null && formatSeconds(stage.seconds)}</span>
      ) : (
        <>
          <progress aria-label={stage.name} max={1} {...(part === null ? {} : { value: part })} />
          <span class="note figure">{amount(stage, part)}</span>
        </>
      )}
    </li>
  );
}

function amount(stage: Stage, part: number | null): string {
  if (part === null) return stage.done > 0 ? `${formatNumber(Math.round(stage.done))} ${stage.unit}` : "";
  if (stage.unit === "bytes" || stage.total === null) return formatShare(part);
  return `${formatNumber(Math.round(stage.done))} of ${formatNumber(Math.round(stage.total))} ${stage.unit}`;
}
