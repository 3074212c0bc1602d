import { CheckField, SelectField, TextField } from "../parts/Fields";
import { MoreOptions } from "./MoreOptions";
import type { Problems, RunForm } from "./form";

export interface FormProps {
  readonly form: RunForm;
  readonly problems: Problems;
  readonly onChange: (change: Partial<RunForm>) => void;
}

const PROFILES = [
  ["default", "Default: 10 people, 15 conversations"],
  ["strict", "Strict: 25 people, 40 conversations"],
  ["public", "Public: as strict, larger clusters"],
  ["personal", "Personal: no minimums"],
] as const;

const PROFILE_HINTS: Record<RunForm["profile"], string> = {
  default: "Behind every figure; nobody has more than a fifth of it.",
  strict: "Behind every figure; nobody has more than a fifth of it.",
  public: "Rounded to 10, and 250 people and 500 conversations in every cluster.",
  personal: "For your own export alone. Not for publishing.",
};

/** How to run: a closed list, what matters most first. */
export function OptionsForm(props: FormProps) {
  const { form, problems, onChange } = props;
  return (
    <div class="options">
      <div class="option-grid">
        <TextField
          label="Name of the run"
          value={form.name}
          problem={problems.name}
          most={60}
          onChange={(name) => onChange({ name })}
        />
        <SelectField
          label="Privacy profile"
          value={form.profile}
          choices={PROFILES}
          hint={PROFILE_HINTS[form.profile]}
          onChange={(profile) => onChange({ profile })}
        />
      </div>
      <ModelChoice {...props} />
      {form.withModel && (
        <div class="option-grid">
          <TextField
            label="Model"
            value={form.model}
            placeholder="openai/gpt-5-nano"
            hint="PROVIDER/MODEL. Its key is in the server’s environment."
            problem={form.model === "" ? undefined : problems.model}
            onChange={(model) => onChange({ model })}
          />
          <TextField
            label="May cost at most, in US dollars"
            value={form.maxCost}
            numeric
            hint="The run stops before it has cost more."
            problem={problems.maxCost}
            onChange={(maxCost) => onChange({ maxCost })}
          />
          <SelectField
            label="What the model sees of a cluster that it names"
            value={form.namesFrom}
            choices={[
              ["", "Facets of members"],
              ["words", "Only words that enough people share"],
            ]}
            onChange={(namesFrom) => onChange({ namesFrom })}
          />
          <CheckField checked={form.batch} onChange={(batch) => onChange({ batch })}>
            In batches: half the price, up to 24 hours
          </CheckField>
        </div>
      )}
      <MoreOptions {...props} />
    </div>
  );
}

function ModelChoice({ form, onChange }: FormProps) {
  const choices = [
    [
      false,
      "Without a model",
      "Free, and nothing leaves the server’s machine. Clusters are named by their words.",
    ],
    [
      true,
      "With a language model",
      "Clusters get names and descriptions, and facets such as concern. It costs money.",
    ],
  ] as const;
  return (
    <fieldset class="cards">
      <legend>How clusters are named</legend>
      {choices.map(([withModel, title, text]) => (
        <label key={title} class="card">
          <input
            type="radio"
            name="with-model"
            checked={form.withModel === withModel}
            onChange={() => onChange({ withModel })}
          />
          <span>
            <strong>{title}</strong>
            <span class="note">{text}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
