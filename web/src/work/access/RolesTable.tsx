import type { AccessRules } from "../../api";
import { Icon } from "../../parts/Icon";
import { Name } from "../../parts/Name";
import { actionName, actionsOf } from "./rights";

/** Which role may do what, and where it is said who has which. */
export function RolesTable({ rules }: { rules: AccessRules }) {
  return (
    <section aria-labelledby="roles">
      <h2 id="roles">Roles</h2>
      <p class="note">
        {rules.provider === null ? (
          "Here only tokens have a role other than admin: the one that they were made with."
        ) : (
          <>
            Who has which role is not set here, but in the access file that the server was started with (
            <code>--access</code>): it gives roles to the groups that <Name text={rules.provider} /> sends. A
            change counts once the server is started again.
          </>
        )}
      </p>
      <table class="roles-table">
        <thead>
          <tr>
            <th scope="col">May</th>
            {rules.roles.map(({ role }) => (
              <th key={role} scope="col">
                <span>{role}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {actionsOf(rules).map((action) => (
            <tr key={action}>
              <th scope="row">
                {actionName(action)}
                {rules.not_by_token.includes(action) && <span class="note"> (no token)</span>}
              </th>
              {rules.roles.map(({ role, may }) => (
                <td key={role}>
                  {may.includes(action) ? (
                    <>
                      <Icon name="done" />
                      <span class="hidden">yes</span>
                    </>
                  ) : (
                    <>
                      <span aria-hidden="true" class="no">
                        –
                      </span>
                      <span class="hidden">no</span>
                    </>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
