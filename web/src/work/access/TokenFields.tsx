import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { AccessRules, Session } from "../../api";
import { askToken } from "../asking";
import { SelectField, TextField } from "../parts/Fields";
import { Problem } from "../parts/Problem";
import { useSending } from "../parts/sending";
import { rolesWithin, tokenMay } from "./rights";
import { readForm, type TokenForm, type TokenProblems } from "./tokens";

interface Props {
  readonly session: Session;
  readonly rules: AccessRules;
  readonly onMade: (secret: string) => void;
  readonly onCancel: () => void;
}

/** What a token is for, what it may do, and how long. */
export function TokenFields({ session, rules, onMade, onCancel }: Props) {
  const roles = rolesWithin(session, rules);
  const [form, setForm] = useState<TokenForm>({
    label: "",
    role: roles[0] ?? "viewer",
    runs: "",
    days: String(rules.usual_days),
  });
  const [problems, setProblems] = useState<TokenProblems>({});
  const { sending, problem, send } = useSending();
  const here = useRef<HTMLFormElement>(null);
  useLayoutEffect(() => here.current?.querySelector("input")?.focus(), []);
  const wrong = JSON.stringify(problems);
  useLayoutEffect(() => here.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus(), [wrong]);
  const set = (change: Partial<TokenForm>) => setForm({ ...form, ...change });
  const make = () => {
    const found = readForm(form, session, rules);
    if ("problems" in found) return setProblems(found.problems);
    setProblems({});
    void send(async () => onMade((await askToken(found.asked)).secret));
  };
  return (
    <form
      class="panel"
      aria-label="New token"
      ref={here}
      onSubmit={(event) => {
        event.preventDefault();
        make();
      }}
      onKeyDown={(event) => event.key === "Escape" && onCancel()}
    >
      <div class="option-grid">
        <TextField
          label="Name"
          placeholder="nightly export"
          most={100}
          value={form.label}
          problem={problems.label}
          onChange={(label) => set({ label })}
        />
        <SelectField
          label="Role"
          value={form.role}
          choices={roles.map((role) => [role, role] as const)}
          hint={`May ${tokenMay(rules, form.role)}.`}
          onChange={(role) => set({ role })}
        />
        <TextField
          label="Runs"
          placeholder="all"
          most={2000}
          value={form.runs}
          hint="Names, or patterns such as support-*, with commas between."
          problem={problems.runs}
          onChange={(runs) => set({ runs })}
        />
        <TextField
          label="Days until it ends"
          numeric
          most={5}
          value={form.days}
          hint={`At most ${rules.most_days}.`}
          problem={problems.days}
          onChange={(days) => set({ days })}
        />
      </div>
      <Problem text={problem} />
      <div class="button-line">
        <button type="submit" class="button primary" disabled={sending}>
          Make the token
        </button>
        <button type="button" class="button" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </form>
  );
}
