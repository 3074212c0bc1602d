import type { EditEntry } from "../../api";
import { useAsked } from "../../parts/asked";
import { Name } from "../../parts/Name";
import { formatAddress } from "../../state/address";
import { useAddress } from "../../state/store";
import { useOpened } from "../../views/atlas_context";
import { useSelect } from "../../views/select";
import { askEdits } from "../asking";
import { Problem } from "../parts/Problem";
import { TakeShown } from "../parts/TakeShown";
import { Time } from "../parts/Time";
import { type Editing, useEditing } from "./editing";
import { editsRows, editsSheet } from "./rows";
import { Said } from "./Said";
import { sentenceOf, standing } from "./sentences";

/** All edits, newest first: who made them, when, and whether they still fit. */
export function EditsView() {
  const { atlas, edits: version } = useOpened();
  const asked = useAsked(`${atlas.id} ${version}`, () => askEdits(atlas.id));
  const editing = useEditing();
  const state = useAddress();
  const { value } = asked;
  return (
    <div class="work-view">
      <div class="pane-head">
        <h2>Edits</h2>
        <span class="spring" />
        {value && value.edits.length > 0 && (
          <TakeShown
            title="Edits"
            what="edits"
            address={formatAddress(state)}
            sheet={() => editsSheet(value.edits)}
            rows={() => editsRows(value.edits, atlas)}
          />
        )}
        <button
          type="button"
          class="button small"
          disabled={!value?.undoes || editing.busy}
          onClick={() => editing.step("undo")}
        >
          Undo
        </button>
        <button
          type="button"
          class="button small"
          disabled={!value?.redoes || editing.busy}
          onClick={() => editing.step("redo")}
        >
          Redo
        </button>
      </div>
      <div class="work-scroll" tabIndex={0} role="region" aria-label="List of edits">
        <Problem text={editing.problem ?? asked.problem} />
        <Hidden editing={editing} />
        {value?.edits.length === 0 && (
          <p class="empty">Nothing was edited yet. Choose a cluster, and Edit in its details.</p>
        )}
        <ol class="entries">
          {value?.edits.map((entry) => (
            <Entry key={entry.version} entry={entry} isNext={entry.version === value.undoes} />
          ))}
        </ol>
      </div>
    </div>
  );
}

function Entry({ entry, isNext }: { entry: EditEntry; isNext: boolean }) {
  const { hierarchy } = useOpened();
  const select = useSelect();
  const target = targetOf(entry);
  const how = standing(entry);
  return (
    <li class={`entry ${entry.state === "applied" ? "" : "faint"}`}>
      <p>
        <Said parts={sentenceOf(entry)} />
        {how !== "" && <span class="badge">{how}</span>}
        {isNext && <span class="badge">undone next</span>}
      </p>
      {entry.edit?.kind === "describe" && entry.edit.description !== null && (
        <p class="note two-lines">
          <Name text={entry.edit.description} />
        </p>
      )}
      {entry.why && <p class="note">{entry.why}</p>}
      <p class="note entry-foot">
        <span>
          <Name text={entry.author} />, <Time time={entry.time} />
        </span>
        {target !== null && hierarchy.byId.has(target) && (
          <button type="button" class="link-button" onClick={() => select(target)}>
            Show
          </button>
        )}
      </p>
    </li>
  );
}

/** The cluster to look at after an edit. */
function targetOf({ edit }: EditEntry): string | null {
  if (!edit) return null;
  return edit.kind === "merge" ? edit.into : edit.cluster;
}

function Hidden({ editing }: { editing: Editing }) {
  const { hierarchy } = useOpened();
  if (hierarchy.hidden.length === 0) return null;
  return (
    <section class="work-section">
      <h3>Hidden now</h3>
      <ul class="stack">
        {hierarchy.hidden.map((cluster) => (
          <li key={cluster.id} class="member">
            <span class="two-lines">
              <Name text={cluster.name} />
            </span>
            <button
              type="button"
              class="button small"
              disabled={editing.busy}
              onClick={() => editing.make([{ kind: "show", cluster: cluster.id }], "Shown again.")}
            >
              Show again
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
