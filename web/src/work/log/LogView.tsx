import { useEffect, useState } from "preact/hooks";
import type { AuditLine } from "../../api";
import { useAsked } from "../../parts/asked";
import { useAddress, useStore } from "../../state/store";
import { askLog, logExport } from "../asking";
import { Problem } from "../parts/Problem";
import { TakeFromServer } from "../parts/TakeFromServer";
import { useSending } from "../parts/sending";
import { KINDS } from "./lines";
import { LogTable } from "./LogTable";
import { Verify } from "./Verify";

const AT_A_TIME = 100;

/** Who did what, newest first. `mayVerify`: whether who looks may read the lines of all runs, which the whole log has. */
export function LogView({ mayVerify }: { mayVerify: boolean }) {
  const { kind, person } = useAddress();
  return (
    <main class="prose-page log" id="main" tabIndex={-1}>
      <div class="page-head">
        <h1>Audit log</h1>
      </div>
      <p class="note">
        Nothing in it is changed or removed, and each line holds the hash of the one before. Looking at this
        page is not written down.
      </p>
      {mayVerify ? <Verify /> : null}
      <Filters kind={kind} person={person} />
      <TakeLog kind={kind} person={person} />
      <Lines key={`${kind} ${person}`} kind={kind} person={person} />
    </main>
  );
}

interface Filter {
  readonly kind: string | null;
  readonly person: string | null;
}

/** All lines that are asked for, as a file that the server makes: it writes that down, and adds the hashes. */
function TakeLog({ kind, person }: Filter) {
  return (
    <TakeFromServer
      title="Audit log"
      addressOf={(format) => logExport({ kind, person }, format)}
      note="Taking it along is written down in it."
    />
  );
}

function Filters({ kind, person }: Filter) {
  const store = useStore();
  const [typed, setTyped] = useState(person ?? "");
  useEffect(() => setTyped(person ?? ""), [person]);
  return (
    <form
      class="filters"
      onSubmit={(event) => {
        event.preventDefault();
        store.set({ person: typed.trim() || null });
      }}
    >
      <label class="field">
        <span>Kind</span>
        <select
          value={kind ?? ""}
          onChange={(event) => store.set({ kind: event.currentTarget.value || null })}
        >
          <option value="">all</option>
          {KINDS.map(([one, name]) => (
            <option key={one} value={one}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>Person</span>
        <input
          type="text"
          dir="auto"
          placeholder="everybody"
          maxLength={200}
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button small">
        Show
      </button>
    </form>
  );
}

function Lines({ kind, person }: Filter) {
  const store = useStore();
  const first = useAsked("lines", () => askLog({ kind, person, before: null }, AT_A_TIME));
  const [older, setOlder] = useState<readonly AuditLine[]>([]);
  const [isAll, setIsAll] = useState(false);
  const { sending, problem, send } = useSending();
  const lines = [...(first.value?.lines ?? []), ...older];
  const last = lines.at(-1);
  const more = () =>
    send(async () => {
      const found = await askLog({ kind, person, before: last?.line ?? null }, AT_A_TIME);
      setOlder([...older, ...found.lines]);
      setIsAll(found.lines.length < AT_A_TIME);
    });
  if (!first.value) return <Problem text={first.problem} />;
  return (
    <>
      {lines.length === 0 ? (
        <p>No line is like that.</p>
      ) : (
        <LogTable lines={lines} onPerson={(one) => store.set({ person: one })} />
      )}
      <Problem text={problem} />
      {first.value.lines.length === AT_A_TIME && !isAll && (
        <div class="button-line">
          <button type="button" class="button" disabled={sending} onClick={more}>
            Older lines
          </button>
        </div>
      )}
    </>
  );
}
