import { useContext, useState } from "preact/hooks";
import type { Session } from "../../api";
import { Icon } from "../../parts/Icon";
import { useWide } from "../../parts/media";
import { Name, printable } from "../../parts/Name";
import { Popover } from "../../parts/Popover";
import { endSession } from "../../source/signing_in";
import { INITIAL } from "../../state/state";
import { LeavingContext } from "../leaving";
import { StateLink } from "../../parts/StateLink";

/** Who is signed in, where a provider said so, and the way out; on narrow screens behind a button. */
export function Account({ session }: { session: Session }) {
  const wide = useWide();
  const leave = useContext(LeavingContext);
  const [leaving, setLeaving] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const named = session.by === "sign-in";
  if (session.by === "token") return null;
  const signOut = async () => {
    setLeaving(true);
    setProblem(null);
    try {
      const address = await endSession(session.by);
      leave(session.by);
      if (address !== null) location.assign(address);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : "The session could not be ended.");
      setLeaving(false);
    }
  };
  const parts = (
    <>
      {named && (
        <StateLink to={{ ...INITIAL, home: "access" }} className="account-name">
          <Name text={session.user} />
        </StateLink>
      )}
      <button type="button" class="button small" disabled={leaving} onClick={signOut}>
        Sign out
      </button>
      <div role="alert" class="account-problem">
        {problem !== null && <p class="warning">{problem}</p>}
      </div>
    </>
  );
  if (wide) return <div class="account">{parts}</div>;
  return (
    <Popover
      className="account"
      name={named ? `Signed in as ${printable(session.user)}` : "This session"}
      label={<Icon name="person" />}
    >
      {() => parts}
    </Popover>
  );
}
