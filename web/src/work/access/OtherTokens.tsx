import type { ApiToken } from "../../api";
import { TokenTable } from "./TokenTable";

interface Props {
  readonly tokens: readonly ApiToken[];
  readonly onChange: (done: string) => void;
}

/** Everybody's tokens but one's own. */
export function OtherTokens({ tokens, onChange }: Props) {
  return (
    <section aria-labelledby="other-tokens">
      <h2 id="other-tokens">Tokens of others</h2>
      <TokenTable tokens={tokens} withOwner none="Nobody else has a token." onChange={onChange} />
    </section>
  );
}
