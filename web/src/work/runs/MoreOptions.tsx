import { useEffect, useState } from "preact/hooks";
import { CheckField, SelectField, TextField } from "../parts/Fields";
import { differs, LABELS, MORE } from "./chosen";
import type { RunForm } from "./form";
import type { FormProps } from "./OptionsForm";

/** What most runs leave as it is. */
export function MoreOptions({ form, problems, onChange }: FormProps) {
  const isChanged = MORE.some((field) => differs(form, field));
  const [open, setOpen] = useState(isChanged);
  // What a link brought must be seen. Opened alone: what one just emptied stays in sight.
  useEffect(() => {
    if (isChanged) setOpen(true);
  }, [isChanged]);
  const count = (field: NumberField) => (
    <TextField
      label={LABELS[field]}
      value={form[field]}
      numeric
      problem={problems[field]}
      placeholder={DEFAULTS[field]}
      onChange={(value) => onChange({ [field]: value })}
    />
  );
  return (
    <details class="more-options" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>More options</summary>
      <div class="option-grid">
        {count("sample")}
        {count("maxPerUser")}
        <TextField
          label={LABELS.since}
          type="date"
          value={form.since}
          onChange={(since) => onChange({ since })}
        />
        <TextField
          label={LABELS.until}
          type="date"
          value={form.until}
          problem={problems.until}
          onChange={(until) => onChange({ until })}
        />
        <SelectField
          label={LABELS.period}
          value={form.period}
          choices={[
            ["", "Month"],
            ["week", "Week"],
          ]}
          onChange={(period) => onChange({ period })}
        />
        <TextField
          label={LABELS.facets}
          value={form.facets}
          hint="Names of metadata columns, with commas between them."
          problem={problems.facets}
          onChange={(facets) => onChange({ facets })}
        />
        {count("minUsers")}
        {count("minConversations")}
        {count("clusterSize")}
        {count("seed")}
        <SelectField
          label={LABELS.keep}
          value={form.keep}
          choices={[
            ["", "Everything"],
            ["facets", "Facets, and no conversation"],
            ["nothing", "Nothing but the atlas"],
          ]}
          onChange={(keep) => onChange({ keep })}
        />
        <div class="stack">
          <CheckField checked={form.expire} onChange={(expire) => onChange({ expire })}>
            {LABELS.expire}
          </CheckField>
          <CheckField checked={form.drillDown} onChange={(drillDown) => onChange({ drillDown })}>
            {LABELS.drillDown}
          </CheckField>
        </div>
      </div>
    </details>
  );
}

type NumberField = keyof Pick<
  RunForm,
  "sample" | "maxPerUser" | "minUsers" | "minConversations" | "clusterSize" | "seed"
>;

const DEFAULTS: Record<NumberField, string> = {
  sample: "all",
  maxPerUser: "all",
  minUsers: "as the profile says",
  minConversations: "as the profile says",
  clusterSize: "the square root of all",
  seed: "0",
};
