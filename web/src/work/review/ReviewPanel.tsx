import { useState } from "preact/hooks";
import type { Cluster } from "../../api";
import { useAsked } from "../../parts/asked";
import { useOpened } from "../../views/atlas_context";
import { askReviewed } from "../asking";
import { Problem } from "../parts/Problem";
import { reviewed } from "./changed";
import { History } from "./History";
import { useReviewing } from "./reviewing";
import { StateButtons } from "./StateButtons";

const LONGEST_NOTE = 4000;

/** Whether a cluster is open, watched or closed; notes, and what was said before. */
export function ReviewPanel({ cluster }: { cluster: Cluster }) {
  const { atlas } = useOpened();
  const round = reviewed.use();
  const asked = useAsked(`${atlas.id} ${cluster.id} ${round}`, () => askReviewed(atlas.id, cluster.id));
  const reviewing = useReviewing();
  const [note, setNote] = useState("");
  const { value } = asked;
  const busy = reviewing.sending || !asked.current;
  const version = value?.item.version ?? 0;
  const add = async () => {
    if (await reviewing.decide(cluster.id, { version, note: note.trim() })) setNote("");
  };
  return (
    <section class="panel" aria-label="Review">
      <Problem text={reviewing.problem ?? asked.problem} />
      {!value && !asked.problem && <p class="note">Opening…</p>}
      {value && (
        <>
          <StateButtons
            state={value.item.state}
            onDecide={(state) => !busy && reviewing.decide(cluster.id, { version, state })}
          />
          <form
            class="stack"
            onSubmit={(event) => {
              event.preventDefault();
              if (note.trim() !== "" && !busy) void add();
            }}
          >
            <label class="stacked">
              <span>Note</span>
              <textarea
                dir="auto"
                rows={3}
                maxLength={LONGEST_NOTE}
                value={note}
                onInput={(event) => setNote(event.currentTarget.value)}
              />
            </label>
            <div class="button-line">
              <button type="submit" class="button" disabled={note.trim() === "" || busy}>
                Add note
              </button>
            </div>
          </form>
          {value.history.length > 0 && <History events={value.history} />}
        </>
      )}
    </section>
  );
}
