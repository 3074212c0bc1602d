import { useState } from "preact/hooks";
import type { AccessRules, ApiToken, Session } from "../../api";
import { NewToken } from "./NewToken";
import { TokenFields } from "./TokenFields";
import { TokenTable } from "./TokenTable";

interface Props {
  readonly session: Session;
  readonly rules: AccessRules;
  readonly tokens: readonly ApiToken[];
  readonly onChange: (done: string) => void;
}

/** One's own tokens, and the way to another. */
export function OwnTokens({ session, rules, tokens, onChange }: Props) {
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<string | null>(null);
  return (
    <section aria-labelledby="own-tokens">
      <div class="page-head">
        <h2 id="own-tokens">Your API tokens</h2>
        {!making && made === null && (
          <button type="button" class="button" onClick={() => setMaking(true)}>
            New token
          </button>
        )}
      </div>
      <p class="note">
        For programs. A token may do at most what you may at that moment, and never look at conversations,
        make tokens or end sessions.
      </p>
      {making && (
        <TokenFields
          session={session}
          rules={rules}
          onCancel={() => setMaking(false)}
          onMade={(secret) => {
            setMaking(false);
            setMade(secret);
            onChange("");
          }}
        />
      )}
      {made !== null && <NewToken secret={made} onDone={() => setMade(null)} />}
      <TokenTable tokens={tokens} none="You have no token." onChange={onChange} />
    </section>
  );
}
