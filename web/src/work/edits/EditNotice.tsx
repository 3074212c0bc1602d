import { Icon } from "../../parts/Icon";
import { useOpened } from "../../views/atlas_context";
import { Problem } from "../parts/Problem";
import { useEditing } from "./editing";
import { told } from "./told";

/** What was just edited, with the way back. */
export function EditNotice() {
  const { atlas } = useOpened();
  const last = told.use();
  const editing = useEditing();
  const shown = last?.atlas === atlas.id ? last : null;
  return (
    <div class="notice" role="status">
      {shown && (
        <p class="notice-line">
          <span>{shown.text}</span>
          {shown.canUndo && (
            <button
              type="button"
              class="button small"
              disabled={editing.busy}
              onClick={() => editing.step("undo")}
            >
              Undo
            </button>
          )}
          <button type="button" class="icon-button" aria-label="Close" onClick={() => told.set(null)}>
            <Icon name="close" />
          </button>
        </p>
      )}
      <Problem text={editing.problem} />
    </div>
  );
}
