/** What a run tells while it goes on, as one attempt. */
export interface Stage {
  readonly name: string;
  readonly state: "under way" | "done";
  readonly done: number;
  /** `null` is not known. */
  readonly total: number | null;
  readonly unit: string;
  readonly seconds: number | null;
}

export interface Progress {
  readonly attempt: number;
  readonly stages: readonly Stage[];
  readonly notes: readonly string[];
  readonly errors: readonly string[];
  /** How it ended; `null` while it goes on. */
  readonly end: { readonly status: string; readonly problem: string | null } | null;
}

export const NO_PROGRESS: Progress = { attempt: 1, stages: [], notes: [], errors: [], end: null };

const KINDS = ["attempt", "stage", "note", "error", "end"] as const;
export const EVENT_KINDS: readonly string[] = KINDS;

/** `progress` after one more event. What it does not know leaves it as it was. */
export function after(progress: Progress, kind: string, data: Readonly<Record<string, unknown>>): Progress {
  switch (kind) {
    case "attempt":
      return { ...NO_PROGRESS, attempt: number(data.attempt) ?? 1 };
    case "stage":
      return { ...progress, stages: withStage(progress.stages, data) };
    case "note":
      return { ...progress, notes: [...progress.notes, String(data.text)] };
    case "error":
      return { ...progress, errors: [...progress.errors, String(data.text)] };
    case "end":
      return {
        ...progress,
        end: { status: String(data.status), problem: typeof data.problem === "string" ? data.problem : null },
      };
    default:
      return progress;
  }
}

function withStage(stages: readonly Stage[], data: Readonly<Record<string, unknown>>): Stage[] {
  const name = String(data.stage);
  const at = stages.findLastIndex((stage) => stage.name === name && stage.state !== "done");
  const before = stages[at];
  if (data.state === "done") {
    const total = before?.total ?? null;
    const begun = before ?? { name, done: 0, total, unit: "" };
    const done: Stage = { ...begun, done: total ?? begun.done, state: "done", seconds: number(data.seconds) };
    return before ? stages.with(at, done) : [...stages, done];
  }
  const now: Stage = {
    name,
    state: "under way",
    done: number(data.done) ?? 0,
    total: number(data.total) ?? before?.total ?? null,
    unit: typeof data.unit === "string" ? data.unit : (before?.unit ?? ""),
    seconds: null,
  };
  return before ? stages.with(at, now) : [...stages, now];
}

const number = (value: unknown) => (typeof value === "number" && Number.isFinite(value) ? value : null);

/** The part of a stage that is done, 0 to 1; `null` where its whole is not known. */
export function partOf(stage: Stage): number | null {
  if (stage.state === "done") return 1;
  return stage.total ? Math.min(1, stage.done / stage.total) : null;
}

/** `3.2 s`, `4 min 5 s`. */
export function formatSeconds(seconds: number): string {
  const rounded = Math.round(seconds);
  if (rounded >= 3600) return `${Math.floor(rounded / 3600)} h ${Math.floor((rounded % 3600) / 60)} min`;
  if (rounded >= 60) return `${Math.floor(rounded / 60)} min ${rounded % 60} s`;
  return `${seconds.toFixed(1)} s`;
}
