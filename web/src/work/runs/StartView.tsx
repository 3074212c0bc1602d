import { useMemo, useState } from "preact/hooks";
import type { Estimate } from "../../api";
import { useAsked } from "../../parts/asked";
import { LongText } from "../../parts/LongText";
import { Name } from "../../parts/Name";
import type { Source } from "../../source/source";
import { INITIAL } from "../../state/state";
import { useAddress, useStore } from "../../state/store";
import { askEstimate, askRuns, askStart } from "../asking";
import { Problem } from "../parts/Problem";
import { useSending } from "../parts/sending";
import { chosenIn } from "./chosen";
import { EstimateSection } from "./EstimateSection";
import { FileChooser } from "./FileChooser";
import {
  EMPTY_FORM,
  formatForm,
  nameFor,
  optionsOf,
  ownChoices,
  parseForm,
  problemsOf,
  requestOf,
  type RunForm,
} from "./form";
import { HowToStart } from "./HowToStart";
import { OptionsForm } from "./OptionsForm";

/** From a file to a run. `first`: there is no run yet, and this is what one sees instead of the list. */
export function StartView({ source, first = false }: { source: Source; first?: boolean }) {
  const { value, problem } = useAsked("what can be started", async () => {
    const [runs, atlases] = await Promise.all([askRuns(), source.atlases()]);
    const taken = new Set([...runs.runs.map((run) => run.id), ...atlases.map((atlas) => atlas.run)]);
    return { canStart: runs.can_start, taken };
  });
  return (
    <main class="prose-page start" id="main" tabIndex={-1}>
      <div>
        <h1>{first ? "Start here" : "Start a run"}</h1>
        <p class="lead">
          {first && "There is no run here yet. "}A run reads conversations, finds what people do in them, and
          releases what enough people share.
        </p>
      </div>
      <Problem text={problem} />
      {value && !value.canStart && <HowToStart />}
      {value?.canStart && <Steps taken={value.taken} />}
    </main>
  );
}

function Steps({ taken }: { taken: ReadonlySet<string> }) {
  const { file, options } = useAddress();
  const store = useStore();
  const [own, setOwn] = useState(ownChoices(EMPTY_FORM));
  const typed = useMemo(() => ({ ...parseForm(options), ...own }), [options, own]);
  const form = typed.name !== "" || file === null ? typed : { ...typed, name: nameFor(file, taken) };
  const problems = problemsOf(form);
  const isRight = file !== null && Object.keys(problems).length === 0;
  const starting = useSending();
  const start = () =>
    starting.send(async () => {
      const run = await askStart(requestOf(form, file ?? ""));
      store.set({ ...INITIAL, run: run.id });
    });
  const change = (more: Partial<RunForm>) => {
    const next = { ...typed, ...more };
    setOwn(ownChoices(next));
    store.set({ options: formatForm(next) }, true);
  };
  return (
    <form
      class="steps"
      onSubmit={(event) => {
        event.preventDefault();
        if (isRight && !starting.sending) void start();
      }}
    >
      <section class="step" aria-labelledby="step-file">
        <h2 id="step-file">Choose conversations</h2>
        <FileChooser />
        <p class="note">
          JSONL, JSON, CSV or Parquet, also as .gz, .zst or .zip: exports of ChatGPT and Claude, OpenAI chat,
          ShareGPT, WildChat and the like are told by their content.
        </p>
      </section>
      <section class="step" aria-labelledby="step-options">
        <h2 id="step-options">Say how</h2>
        <OptionsForm form={form} problems={problems} onChange={change} />
      </section>
      <section class="step" aria-labelledby="step-start">
        <h2 id="step-start">See what it takes, and start</h2>
        <EstimateStep form={form} file={file} isRight={isRight} />
        <Problem text={starting.problem} />
        <div class="button-line">
          <button type="submit" class="button primary large" disabled={!isRight || starting.sending}>
            {starting.sending ? "Starting…" : "Start the run"}
          </button>
          <span class="note">
            {file === null ? (
              "Choose a file or a folder first."
            ) : !isRight ? (
              "Something above is missing or not right."
            ) : (
              <>
                On <Name text={file} />, as <Name text={form.name} />
              </>
            )}
          </span>
        </div>
        <Chosen form={form} />
      </section>
    </form>
  );
}

/** What is not as it is at first: some of it may have come with a link. */
function Chosen({ form }: { form: RunForm }) {
  const chosen = chosenIn(form);
  if (chosen.length === 0) return null;
  return (
    <div class="note chosen">
      Not as it is at first:
      <ul>
        {chosen.map(([label, value]) => (
          <li key={label}>
            {label}
            {value !== null && (
              <>
                : <LongText text={value} most={200} />
              </>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

interface EstimateProps {
  readonly form: RunForm;
  readonly file: string | null;
  readonly isRight: boolean;
}

function EstimateStep({ form, file, isRight }: EstimateProps) {
  const [made, setMade] = useState<{ readonly of: string; readonly estimate: Estimate } | null>(null);
  const { sending, problem, send } = useSending();
  const options = useMemo(() => (file === null ? null : optionsOf(form, file)), [form, file]);
  const of = JSON.stringify(options);
  const estimate = () =>
    send(async () => {
      if (options) setMade({ of, estimate: await askEstimate(options) });
    });
  return (
    <>
      <div class="button-line">
        <button type="button" class="button" disabled={!isRight || sending} onClick={estimate}>
          {sending ? "Estimating…" : made ? "Estimate again" : "Estimate"}
        </button>
        <span class="note">Reads the file. Spends nothing.</span>
      </div>
      <Problem text={problem} />
      <div role="status">{made && <EstimateSection estimate={made.estimate} isOld={made.of !== of} />}</div>
    </>
  );
}
