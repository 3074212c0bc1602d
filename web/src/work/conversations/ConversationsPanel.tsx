import { useState } from "preact/hooks";
import type { Cluster, Conversations } from "../../api";
import { useAsked } from "../../parts/asked";
import { useOpened } from "../../views/atlas_context";
import { askAllowed, askConversations } from "../asking";
import { Problem } from "../parts/Problem";
import { useSending } from "../parts/sending";
import { ConversationCard } from "./ConversationCard";
import { ReasonForm } from "./ReasonForm";

/** Down to the conversations of a cluster: where the run allows it, with a reason, redacted at first. */
export function ConversationsPanel({ cluster }: { cluster: Cluster }) {
  const { atlas } = useOpened();
  const allowed = useAsked(atlas.id, () => askAllowed(atlas.id));
  return (
    <section class="panel" aria-label="Conversations">
      <Problem text={allowed.problem} />
      {allowed.value?.allowed === false && (
        <p>
          This run does not allow a look at conversations. Only one that was made with{" "}
          <code>clioscope run … --drill-down</code> does.
        </p>
      )}
      {allowed.value?.allowed && <Pages cluster={cluster} />}
    </section>
  );
}

interface Seen {
  readonly reason: string;
  readonly page: Conversations;
}

function Pages({ cluster }: { cluster: Cluster }) {
  const { atlas } = useOpened();
  const [seen, setSeen] = useState<Seen | null>(null);
  const { sending, problem, send } = useSending();
  const look = (reason: string, page: number) =>
    send(async () => {
      const found = await askConversations(atlas.id, { cluster: cluster.id, page, reason });
      setSeen({ reason, page: found });
    });
  if (!seen) {
    return (
      <>
        <Problem text={problem} />
        <ReasonForm
          label="Why do you need to see conversations of this cluster?"
          button="Show redacted texts"
          sending={sending}
          onGive={(reason) => look(reason, 0)}
        />
      </>
    );
  }
  const { page, reason } = seen;
  const first = page.page * 20 + 1;
  return (
    <>
      <p class="note" role="status">
        {page.conversations.length === 0
          ? "No conversation is kept here."
          : `Conversations ${first} to ${first + page.conversations.length - 1}, redacted.`}{" "}
        Line {page.logged} of the audit log tells of it.
      </p>
      <ol class="conversations">
        {page.conversations.map((one) => (
          <li key={one.key}>
            <ConversationCard conversation={one} cluster={cluster.id} page={page.page} />
          </li>
        ))}
      </ol>
      <Problem text={problem} />
      <div class="button-line">
        <button
          type="button"
          class="button small"
          disabled={page.page === 0 || sending}
          onClick={() => look(reason, page.page - 1)}
        >
          Before
        </button>
        <button
          type="button"
          class="button small"
          disabled={!page.more || sending}
          onClick={() => look(reason, page.page + 1)}
        >
          Next twenty
        </button>
        <span class="note">Each look is a line of its own, with the same reason.</span>
      </div>
    </>
  );
}
