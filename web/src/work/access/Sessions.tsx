import type { AccessRules, Session, SessionEntry } from "../../api";
import { Name, printable } from "../../parts/Name";
import { askPersonRevoked, askSessionRevoked } from "../asking";
import { Time } from "../parts/Time";
import { formatTime } from "../parts/times";
import { Sure } from "./Sure";
import { Cell } from "./TokenTable";
import { byPerson, counted } from "./tokens";

interface Props {
  readonly session: Session;
  readonly rules: AccessRules;
  readonly sessions: readonly SessionEntry[];
  readonly onChange: (done: string) => void;
}

/** Who is signed in. */
export function Sessions({ session, rules, sessions, onChange }: Props) {
  return (
    <section aria-labelledby="sessions">
      <h2 id="sessions">Sessions</h2>
      {rules.provider === null ? (
        <p class="note">
          Sessions that began with a link are not listed. They end twelve hours after their last use, when
          somebody signs out, and with the server.
        </p>
      ) : (
        <>
          <p class="note">
            A session that is ended is refused at its next request. Take somebody’s access away at{" "}
            <Name text={rules.provider} /> first: who may still sign in there comes back.
          </p>
          <table class="access-table">
            <thead>
              <tr>
                <th scope="col">Begun</th>
                <th scope="col">Last used</th>
                <th scope="col">Ends at the latest</th>
                <th scope="col">
                  <span class="hidden">End</span>
                </th>
              </tr>
            </thead>
            {byPerson(sessions).map(([user, theirs]) => (
              <Person
                key={user}
                user={user}
                isSelf={user === session.user}
                sessions={theirs}
                onChange={onChange}
              />
            ))}
          </table>
        </>
      )}
    </section>
  );
}

interface PersonProps {
  readonly user: string;
  readonly isSelf: boolean;
  readonly sessions: readonly SessionEntry[];
  readonly onChange: (done: string) => void;
}

function Person({ user, isSelf, sessions, onChange }: PersonProps) {
  const name = printable(user);
  return (
    <tbody>
      <tr class="access-person">
        <th scope="rowgroup" colSpan={3}>
          <Name text={user} /> {isSelf && <span class="badge">you</span>}
        </th>
        <td class="access-act">
          <Sure
            label="End everything"
            of={name}
            question="All sessions and API tokens?"
            act={async () => {
              const { sessions, tokens } = await askPersonRevoked(user);
              onChange(`Of ${name} ended: ${counted(sessions, "session")} and ${counted(tokens, "token")}.`);
            }}
          />
        </td>
      </tr>
      {sessions.map((one) => (
        <tr key={one.id}>
          <Cell label="Begun">
            <Time time={one.begun} />
          </Cell>
          <Cell label="Last used">
            <Time time={one.used} />
          </Cell>
          <Cell label="Ends at the latest">
            <Time time={one.ends} />
          </Cell>
          <td class="access-act">
            <Sure
              label="End"
              of={`${name}, begun ${formatTime(one.begun)}`}
              question="This session?"
              act={async () => {
                await askSessionRevoked(one.id);
                onChange(`A session of ${name} has ended.`);
              }}
            />
          </td>
        </tr>
      ))}
    </tbody>
  );
}
