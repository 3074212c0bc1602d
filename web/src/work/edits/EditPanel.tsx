import type { Cluster } from "../../api";
import { StateLink } from "../../parts/StateLink";
import { Problem } from "../parts/Problem";
import { useEditing } from "./editing";
import { NameForm } from "./NameForm";
import { HideForm, MergeForm, MoveForm } from "./PlaceForms";

/** What can be changed about how a cluster is shown. */
export function EditPanel({ cluster }: { cluster: Cluster }) {
  const editing = useEditing();
  return (
    <section class="panel" aria-label="Edit">
      <Problem text={editing.problem} />
      <NameForm cluster={cluster} editing={editing} />
      <MergeForm cluster={cluster} editing={editing} />
      <MoveForm cluster={cluster} editing={editing} />
      <HideForm cluster={cluster} editing={editing} />
      <p class="note">
        Edits are for everybody who looks, and change no figure.{" "}
        <StateLink to={{ view: "edits" }}>All edits</StateLink>
      </p>
    </section>
  );
}
