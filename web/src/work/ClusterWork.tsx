import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import type { Cluster } from "../api";
import type { Panel } from "../state/state";
import { useAddress, useStore } from "../state/store";
import { useOpened } from "../views/atlas_context";
import { ConversationsPanel } from "./conversations/ConversationsPanel";
import { EditPanel } from "./edits/EditPanel";
import { ReviewPanel } from "./review/ReviewPanel";

const PANELS: readonly { readonly panel: Panel; readonly label: string; readonly action: string }[] = [
  { panel: "edit", label: "Edit", action: "edit" },
  { panel: "review", label: "Review", action: "review" },
  { panel: "conversations", label: "Conversations", action: "reveal" },
];

/** What the person may do about a cluster: one panel at a time. `children` stand before the buttons. */
export function ClusterWork({ cluster, children }: { cluster: Cluster; children: ComponentChildren }) {
  const { may } = useOpened();
  const { view, panel: chosen } = useAddress();
  const store = useStore();
  const id = useId();
  const closed = view === "review" ? "none" : null;
  const open = chosen ?? (view === "review" ? "review" : null);
  const allowed = PANELS.filter((one) => may.has(one.action));
  const shown = allowed.some((one) => one.panel === open) ? open : null;
  return (
    <>
      <div class="details-actions">
        {children}
        {allowed.map(({ panel, label }) => (
          <button
            key={panel}
            type="button"
            class="button small"
            aria-expanded={panel === shown}
            aria-controls={panel === shown ? id : undefined}
            onClick={() => store.set({ panel: panel === shown ? closed : panel })}
          >
            {label}
          </button>
        ))}
      </div>
      {shown && (
        <div id={id}>
          {shown === "edit" && <EditPanel cluster={cluster} />}
          {shown === "review" && <ReviewPanel cluster={cluster} />}
          {shown === "conversations" && <ConversationsPanel cluster={cluster} />}
        </div>
      )}
    </>
  );
}
