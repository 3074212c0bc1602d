import { useState } from "preact/hooks";
import type { Conversation } from "../../api";
import { Name } from "../../parts/Name";
import { useOpened } from "../../views/atlas_context";
import { askRaw } from "../asking";
import { Problem } from "../parts/Problem";
import { Time } from "../parts/Time";
import { useSending } from "../parts/sending";
import { MessageText } from "./MessageText";
import { ReasonForm } from "./ReasonForm";

interface Props {
  readonly conversation: Conversation;
  readonly cluster: string;
  readonly page: number;
}

/** One conversation, redacted; as it was after a second request, with a reason of its own. */
export function ConversationCard({ conversation, cluster, page }: Props) {
  const { atlas } = useOpened();
  const [asking, setAsking] = useState(false);
  const [raw, setRaw] = useState<{ readonly conversation: Conversation; readonly logged: number } | null>(
    null,
  );
  const { sending, problem, send } = useSending();
  const shown = raw?.conversation ?? conversation;
  const ask = (reason: string) =>
    send(async () => {
      setRaw(await askRaw(atlas.id, { cluster, page, reason, conversation: conversation.key }));
      setAsking(false);
    });
  return (
    <article class="conversation">
      <p class="note conversation-head">
        <span>
          {raw && shown.time !== null ? <Time time={shown.time} /> : (shown.time ?? "time unknown")}
          {raw && `, as it was (line ${raw.logged} of the audit log)`}
        </span>
        {raw ? (
          <button type="button" class="link-button" onClick={() => setRaw(null)}>
            Redacted
          </button>
        ) : (
          <button type="button" class="link-button" aria-expanded={asking} onClick={() => setAsking(!asking)}>
            As it was…
          </button>
        )}
      </p>
      <Problem text={problem} />
      {asking && (
        <ReasonForm
          label="Why do you need to see this one as it was?"
          button="Show it as it was"
          sending={sending}
          onGive={ask}
        />
      )}
      <dl class="messages">
        {shown.messages.map((message, i) => (
          <div key={i} class={`message ${message.role === "user" ? "user" : ""}`}>
            <dt>
              <Name text={message.role} />
            </dt>
            <dd>
              <MessageText text={message.text} />
              {message.is_cut && <span class="note"> It is longer than what is shown.</span>}
            </dd>
          </div>
        ))}
      </dl>
      {shown.is_cut && <p class="note">There are more messages than are shown.</p>}
    </article>
  );
}
