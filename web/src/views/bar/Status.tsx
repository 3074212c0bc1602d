import { filterName } from "../../model/filtering";
import { exactness, formatNumber, levelName, unitOf } from "../../model/words";
import { whyNotReleased } from "../../model/why";
import { type Shown, useOpened } from "../atlas_context";

/** Why a column of what is shown is empty under the filter, as far as it is a reason of its own. */
function reasonOf(shown: Shown, level: number, levels: string): string | null {
  if (!shown.filter) return null;
  const [counts, growth, concern] = [shown.why(level), shown.time?.why(level), shown.concern?.why(level)];
  if (counts) return `${levels}: ${counts}`;
  if (growth) return `Growth: ${growth}`;
  return concern ? `Concern: ${concern}` : null;
}

/** What all figures are of, and what they stand on. */
export function Status({ shown, level }: { shown: Shown; level: number }) {
  const { atlas, privacy, hierarchy } = useOpened();
  const { filter, total } = shown;
  const why = reasonOf(shown, level, levelName(level, hierarchy.levels.length));
  if (shown.loading) {
    return (
      <footer class="status-bar">
        <p role="status">{shown.problem === null ? "Loading figures…" : "No figures"}</p>
      </footer>
    );
  }
  return (
    <footer class="status-bar">
      <p role="status" class="figure">
        {total ? `${formatNumber(total.conversations)} ${unitOf(atlas)}` : "Not released"}
        {total?.users != null && atlas.counted !== "user" && ` of ${formatNumber(total.users)} people`}
        {filter && `, ${filterName(filter)}`}
      </p>
      {why && <p class="why-nothing">{why}</p>}
      <p class="cut">
        {exactness(atlas)} {whyNotReleased(privacy)}
      </p>
    </footer>
  );
}
