import type { Attribute } from "../api";
import { attributeName, valueName } from "../model/words";
import type { Selection } from "../state/state";

interface Props {
  readonly attributes: readonly Attribute[];
  readonly label: string;
  readonly value: Selection | null;
  /** What stands for no selection. */
  readonly none: string;
  readonly onChange: (selection: Selection | null) => void;
}

/** An attribute and one of its values, as two lists. */
export function SelectionField({ attributes, label, value, none, onChange }: Props) {
  const known = attributes.filter((attribute) => attribute.values.length > 0);
  const chosen = known.find((attribute) => attribute.name === value?.attribute);
  return (
    <div class="field selection" role="group" aria-label={label}>
      <span aria-hidden="true">{label}</span>
      <select
        aria-label={`${label}: attribute`}
        value={chosen?.name ?? ""}
        onChange={(event) => {
          const attribute = known.find((one) => one.name === event.currentTarget.value);
          const first = attribute?.values[0];
          onChange(attribute && first !== undefined ? { attribute: attribute.name, value: first } : null);
        }}
      >
        <option value="">{none}</option>
        {known.map((attribute) => (
          <option key={attribute.name} value={attribute.name}>
            {attributeName(attribute.name).slice(0, 60)}
          </option>
        ))}
      </select>
      {chosen && (
        <select
          aria-label={`${label}: value`}
          value={value?.value}
          onChange={(event) => onChange({ attribute: chosen.name, value: event.currentTarget.value })}
        >
          {chosen.values.map((one) => (
            <option key={one} value={one}>
              {valueName(chosen.name, one).slice(0, 60)}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}
