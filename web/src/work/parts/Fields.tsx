import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface Labelled {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly problem?: string | undefined;
}

interface TextProps extends Labelled {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly type?: "text" | "date";
  readonly numeric?: boolean;
  readonly placeholder?: string;
  readonly most?: number;
}

/** One line of text, with what it is for, or what is wrong with it, below. */
export function TextField({ label, hint, problem, value, onChange, ...is }: TextProps) {
  const id = useId();
  const said = problem ?? hint;
  const common = {
    value,
    "aria-invalid": problem !== undefined,
    "aria-describedby": said === undefined ? undefined : id,
    onInput: (event: { readonly currentTarget: HTMLInputElement }) => onChange(event.currentTarget.value),
  };
  return (
    <div class="stacked">
      <label class="stacked">
        <span>{label}</span>
        {is.type === "date" ? (
          <input type="date" {...common} />
        ) : (
          <input
            type="text"
            inputMode={is.numeric ? "decimal" : "text"}
            autocomplete="off"
            spellcheck={false}
            maxLength={is.most ?? 200}
            placeholder={is.placeholder ?? ""}
            {...common}
          />
        )}
      </label>
      {said !== undefined && (
        <small id={id} class={problem === undefined ? "note" : "field-problem"}>
          {said}
        </small>
      )}
    </div>
  );
}

interface SelectProps<Value extends string> extends Labelled {
  readonly value: Value;
  readonly choices: readonly (readonly [Value, string])[];
  readonly onChange: (value: Value) => void;
}

export function SelectField<Value extends string>(props: SelectProps<Value>) {
  const { label, hint, value, choices, onChange } = props;
  const id = useId();
  return (
    <div class="stacked">
      <label class="stacked">
        <span>{label}</span>
        <select
          value={value}
          aria-describedby={hint === undefined ? undefined : id}
          onChange={(event) => {
            const chosen = choices.find(([one]) => one === event.currentTarget.value);
            if (chosen) onChange(chosen[0]);
          }}
        >
          {choices.map(([one, name]) => (
            <option key={one} value={one}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {hint !== undefined && (
        <small id={id} class="note">
          {hint}
        </small>
      )}
    </div>
  );
}

interface CheckProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly children: ComponentChildren;
}

export function CheckField({ checked, onChange, children }: CheckProps) {
  return (
    <label class="check wrapping">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>{children}</span>
    </label>
  );
}
