import type { ComponentChildren } from "preact";
import type { ApiToken } from "../../api";
import { Name, printable } from "../../parts/Name";
import { askTokenRevoked } from "../asking";
import { Time } from "../parts/Time";
import { Sure } from "./Sure";
import { endOf } from "./tokens";

interface Props {
  readonly tokens: readonly ApiToken[];
  readonly withOwner?: boolean;
  /** Where none lets anybody in. */
  readonly none: string;
  readonly onChange: (done: string) => void;
}

/** Tokens that let somebody in, and those that have ended on demand. */
export function TokenTable({ tokens, none, ...is }: Props) {
  const now = new Date();
  const live = tokens.filter((token) => endOf(token, now) === null);
  const ended = tokens.filter((token) => endOf(token, now) !== null);
  return (
    <>
      {live.length === 0 ? <p class="note">{none}</p> : <Rows tokens={live} now={now} {...is} />}
      {ended.length > 0 && (
        <details>
          <summary>Ended or revoked: {ended.length}</summary>
          <Rows tokens={ended} now={now} {...is} />
        </details>
      )}
    </>
  );
}

type RowsProps = Omit<Props, "none"> & { readonly now: Date };

function Rows({ tokens, now, withOwner = false, onChange }: RowsProps) {
  return (
    <table class="access-table">
      <thead>
        <tr>
          <th scope="col">Name</th>
          {withOwner && <th scope="col">Of</th>}
          <th scope="col">Role and runs</th>
          <th scope="col">Last used</th>
          <th scope="col">Ends</th>
          <th scope="col">
            <span class="hidden">Revoke</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {tokens.map((token) => (
          <tr key={token.id}>
            <th scope="row">
              <Name text={token.label} />
              <span class="note">{token.id}</span>
            </th>
            {withOwner && (
              <Cell label="Of">
                <Name text={token.owner} />
              </Cell>
            )}
            <Cell label="May">
              {token.role} on {token.runs === null ? "all runs" : <Name text={token.runs.join(", ")} />}
            </Cell>
            <Cell label="Last used">{token.used === null ? "never" : <Time time={token.used} />}</Cell>
            <Cell label="Ends">
              <End token={token} now={now} />
            </Cell>
            <td class="access-act">
              {endOf(token, now) === null && (
                <Sure
                  label="Revoke"
                  of={printable(token.label)}
                  question="For ever?"
                  act={async () => {
                    await askTokenRevoked(token.id);
                    onChange(`The token “${printable(token.label)}” lets nobody in any more.`);
                  }}
                />
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function End({ token, now }: { token: ApiToken; now: Date }) {
  if (endOf(token, now) !== "revoked" || token.revoked === null) return <Time time={token.ends} />;
  return (
    <>
      revoked <Time time={token.revoked} />
    </>
  );
}

/** On narrow screens the label stands before what is in it. */
export function Cell({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <td>
      <span class="cell-label" aria-hidden="true">
        {label}
      </span>
      <span>{children}</span>
    </td>
  );
}
