import type { Estimate } from "../../api";
import { formatDollars, formatNumber } from "../../model/words";

const UNKNOWN = "price unknown";

/** What a run will ask and cost. */
export function EstimateSection({ estimate, isOld }: { estimate: Estimate; isOld: boolean }) {
  return (
    <div class={`estimate ${isOld ? "faint" : ""}`}>
      <p class="estimate-lead">
        <strong class="figure">{formatNumber(estimate.conversations)}</strong> conversations,{" "}
        <strong class="figure">{estimate.dollars === null ? UNKNOWN : money(estimate.dollars)}</strong>
      </p>
      {estimate.stages.length === 0 ? (
        <p class="note">
          No model is asked: everything is computed on the server’s machine, and nothing is sent anywhere.
        </p>
      ) : (
        <div class="estimate-scroll" tabIndex={0} role="region" aria-label="Estimate by stage">
          <table class="estimate-table">
            <thead>
              <tr>
                <th scope="col">Stage</th>
                <th scope="col">Model</th>
                <th scope="col">Calls</th>
                <th scope="col">Tokens in</th>
                <th scope="col">Tokens out</th>
                <th scope="col">Cost</th>
              </tr>
            </thead>
            <tbody>
              {estimate.stages.map((stage) => (
                <tr key={`${stage.name} ${stage.judgement}`}>
                  <th scope="row">{stage.name}</th>
                  <td class="model">{stage.model}</td>
                  <td>{formatNumber(stage.calls)}</td>
                  <td>{formatNumber(stage.prompt_tokens)}</td>
                  <td>{formatNumber(stage.completion_tokens)}</td>
                  <td>{stage.dollars === null ? UNKNOWN : money(stage.dollars)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {estimate.thinks && (
        <p class="note">A model thinks before it answers: that costs too, and is not in the estimate.</p>
      )}
      {isOld && <p class="note">The options were changed since. Estimate again.</p>}
    </div>
  );
}

/** Nothing is nothing, and less than a cent is told as that. */
function money(dollars: number): string {
  if (dollars === 0) return "no cost";
  return dollars < 0.01 ? "under $0.01" : formatDollars(dollars);
}
