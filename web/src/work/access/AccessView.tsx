import { useRef, useState } from "preact/hooks";
import type { AccessRules, Session } from "../../api";
import { useAsked } from "../../parts/asked";
import { Name } from "../../parts/Name";
import { leadToSignIn } from "../../source/signing_in";
import { askRules, askSessions, askTokens } from "../asking";
import { Problem } from "../parts/Problem";
import { OtherTokens } from "./OtherTokens";
import { OwnTokens } from "./OwnTokens";
import { otherRoles } from "./rights";
import { RolesTable } from "./RolesTable";
import { Sessions } from "./Sessions";

/** What lets people and programs in: one's own tokens and, for those who administer, everybody's and all sessions. */
export function AccessView({ session }: { session: Session }) {
  const [round, setRound] = useState(0);
  const [done, setDone] = useState("");
  const main = useRef<HTMLElement>(null);
  const administers = session.may.includes("administer");
  const { value, problem } = useAsked(`access ${round}`, async () => {
    const [rules, own, all, sessions] = await Promise.all([
      askRules(),
      askTokens(),
      administers ? askTokens(true) : [],
      administers ? askSessions() : [],
    ]).catch((error: unknown) => {
      void leadToSignIn(); // who has ended their own session
      throw error;
    });
    const ids = new Set(own.map((token) => token.id));
    return { rules, own, others: all.filter((token) => !ids.has(token.id)), sessions };
  });
  const changed = (text: string) => {
    setDone(text);
    setRound((before) => before + 1);
    // What was pressed is gone with its row.
    if (text !== "") main.current?.focus();
  };
  return (
    <main class="prose-page access" id="main" tabIndex={-1} ref={main}>
      <div class="page-head">
        <h1>Access</h1>
      </div>
      <Problem text={problem} />
      <div role="status" class="access-done">
        {done}
      </div>
      {!value && problem === null && <p role="status">Opening…</p>}
      {value && (
        <>
          <WhoIsHere session={session} rules={value.rules} />
          <OwnTokens session={session} rules={value.rules} tokens={value.own} onChange={changed} />
          {administers && (
            <>
              <Sessions session={session} rules={value.rules} sessions={value.sessions} onChange={changed} />
              <OtherTokens tokens={value.others} onChange={changed} />
              <RolesTable rules={value.rules} />
            </>
          )}
        </>
      )}
    </main>
  );
}

function WhoIsHere({ session, rules }: { session: Session; rules: AccessRules }) {
  if (rules.provider === null) {
    return (
      <p>
        No sign-in provider is configured. The links that the terminal prints let the owner in, with the role{" "}
        <strong>{session.role}</strong>. Programs get in with API tokens, each with a role of its own. To let
        several people in, and say which groups have which role, write an access file and start the server
        with <code>--access access.toml</code>.
      </p>
    );
  }
  const others = otherRoles(session);
  return (
    <p>
      You are <Name text={session.user} />, signed in at <Name text={rules.provider} />
      {session.role === "" ? "" : ", with the role "}
      <strong>{session.role}</strong>
      {others.map(([role, runs], i) => (
        <span key={role}>
          {i === 0 && session.role === "" ? ", with the role " : "; "}
          <strong>{role}</strong> on <RunNames runs={runs} />
        </span>
      ))}
      .
    </p>
  );
}

const MOST_NAMES = 5;

function RunNames({ runs }: { runs: readonly string[] }) {
  return (
    <>
      {runs.slice(0, MOST_NAMES).map((run, i) => (
        <span key={run}>
          {i > 0 && ", "}
          <Name text={run} />
        </span>
      ))}
      {runs.length > MOST_NAMES && ` and ${runs.length - MOST_NAMES} more`}
    </>
  );
}
