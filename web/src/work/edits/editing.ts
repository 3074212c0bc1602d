import type { Edit, Edits } from "../../api";
import { useOpened } from "../../views/atlas_context";
import { askEdit, askStep } from "../asking";
import { type Sending, useSending } from "../parts/sending";
import { told } from "./told";

const CONFLICT = 409;

export interface Editing extends Pick<Sending, "problem"> {
  /** Whether an edit is on its way, or not yet shown. */
  readonly busy: boolean;
  /** Whether all of `edits` were made. `text` tells of them. */
  make(edits: readonly Edit[], text: string): Promise<boolean>;
  step(step: "undo" | "redo"): Promise<boolean>;
}

/** Editing on the state that is shown. Where somebody was faster, theirs is shown, and nothing is overwritten. */
export function useEditing(): Editing {
  const { atlas, edits: version, reload } = useOpened();
  const { sending, problem, send } = useSending();
  const last = told.use();
  const behind = last !== null && last.atlas === atlas.id && last.version > version;
  const tell = (answer: Edits, text: string, canUndo: boolean) => {
    told.set({ atlas: atlas.id, text, version: answer.version, canUndo });
    reload();
  };
  const refused = (status: number) => status === CONFLICT && reload();
  return {
    busy: sending || behind,
    problem,
    make: (edits, text) =>
      send(async () => {
        let at = version;
        for (const edit of edits) {
          const answer = await askEdit(atlas.id, at, edit);
          at = answer.version;
          tell(answer, text, true);
        }
      }, refused),
    step: (step) =>
      send(
        async () =>
          tell(await askStep(atlas.id, version, step), step === "undo" ? "Undone." : "Made again.", false),
        refused,
      ),
  };
}
